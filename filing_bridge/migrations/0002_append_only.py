"""Attempts, their results and receipts are only ever inserted."""

from django.db import migrations

from core.append_only import guard, release

TABLES = ("filing_bridge_filingattempt", "filing_bridge_attemptresult", "filing_bridge_receipt")


def forwards(apps, schema_editor):
    for table in TABLES:
        guard(schema_editor, table)


def backwards(apps, schema_editor):
    for table in TABLES:
        release(schema_editor, table)


class Migration(migrations.Migration):
    dependencies = [("filing_bridge", "0001_initial"), ("core", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
