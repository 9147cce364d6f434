"""The sealed log, placements and spent authorisations are insert-only in the database itself."""

from django.db import migrations

from core.append_only import guard, release

TABLES = (
    "signing_logblock",
    "signing_logleaf",
    "signing_logstamp",
    "signing_placement",
    "signing_usednonce",
)


def forwards(apps, schema_editor):
    for table in TABLES:
        guard(schema_editor, table)


def backwards(apps, schema_editor):
    for table in TABLES:
        release(schema_editor, table)


class Migration(migrations.Migration):
    dependencies = [("signing", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
