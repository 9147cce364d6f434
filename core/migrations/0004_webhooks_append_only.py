"""Events and attempts of webhooks are only ever inserted."""

from django.db import migrations

from core.append_only import guard, release

TABLES = ("core_webhookevent", "core_webhookattempt")


def forwards(apps, schema_editor):
    for table in TABLES:
        guard(schema_editor, table)


def backwards(apps, schema_editor):
    for table in TABLES:
        release(schema_editor, table)


class Migration(migrations.Migration):
    dependencies = [("core", "0003_webhooks")]
    operations = [migrations.RunPython(forwards, backwards)]
