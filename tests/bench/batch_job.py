"""One measurement for `bench_batches`: seconds of processor for upload and check, peak megabytes."""

import resource
import sys
import time

import django


def main(size: int) -> None:
    """Make a database, an employer and a sheet; upload and check it."""
    django.setup()
    from django.core.management import call_command

    from contracts.services.batches.checking import check_batch
    from contracts.services.batches.uploading import upload_batch
    from contracts.services.publishing import publish_own_templates
    from core.principal import Role
    from tests.support.accounts import make_employer, make_principal
    from tests.support.sheets import person, sheet_of

    call_command("migrate", verbosity=0)
    publish_own_templates()
    clerk = make_principal(make_employer(), Role.CLERK)
    data = sheet_of(person(number) for number in range(1, size + 1))
    begun = time.process_time()
    batch = upload_batch(principal=clerk, template_slug="general", file_name="x.xlsx", data=data)
    uploaded = time.process_time()
    check_batch(batch.pk)
    checked = time.process_time()
    if batch.rows.filter(faults__gt=0).exists():
        raise RuntimeError("a row of the bench has faults")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(uploaded - begun, checked - uploaded, memory)


if __name__ == "__main__":
    main(int(sys.argv[1]))
