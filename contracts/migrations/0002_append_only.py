"""Published template versions refuse UPDATE and DELETE in the database itself, on both engines."""

from django.db import migrations

from core.append_only import guard, release


def forwards(apps, schema_editor):
    guard(schema_editor, "contracts_templateversion")


def backwards(apps, schema_editor):
    release(schema_editor, "contracts_templateversion")


class Migration(migrations.Migration):
    dependencies = [("contracts", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
