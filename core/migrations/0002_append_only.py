"""The audit log refuses UPDATE and DELETE in the database itself, on both engines."""

from django.db import migrations

from core.append_only import guard, release


def forwards(apps, schema_editor):
    guard(schema_editor, "core_auditevent")


def backwards(apps, schema_editor):
    release(schema_editor, "core_auditevent")


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
