"""Every document out for signature gets a code by which anybody may ask what became of it."""

from django.db import migrations, models

import core.crypto
import signing.models.requests


def forwards(apps, schema_editor):
    requests = apps.get_model("signing", "SignatureRequest")
    for pk in requests.objects.filter(verify_code=None).values_list("pk", flat=True).iterator():
        requests.objects.filter(pk=pk).update(verify_code=signing.models.requests.new_verify_code())


class Migration(migrations.Migration):
    dependencies = [("signing", "0008_certificate_expiry")]
    operations = [
        migrations.AddField("signaturerequest", "verify_code", models.CharField(max_length=16, null=True)),
        migrations.RunPython(forwards, migrations.RunPython.noop),
        migrations.AlterField(
            "signaturerequest",
            "verify_code",
            models.CharField(default=signing.models.requests.new_verify_code, max_length=16, unique=True),
        ),
        migrations.AddIndex(
            "signaturerequest",
            models.Index(fields=["current_digest"], name="signing_sig_current_digest_idx"),
        ),
        migrations.CreateModel(
            "InspectedPage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("inspection", models.UUIDField()),
                ("number", models.PositiveSmallIntegerField()),
                ("picture", core.crypto.EncryptedTextField()),
                ("created_at", models.DateTimeField()),
            ],
        ),
        migrations.AddConstraint(
            "inspectedpage",
            models.UniqueConstraint(fields=["inspection", "number"], name="inspected_page_once"),
        ),
    ]
