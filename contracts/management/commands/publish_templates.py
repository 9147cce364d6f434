"""Publish the contract templates that come with this release: `manage.py publish_templates`."""

from typing import Any

from django.core.management.base import BaseCommand

from contracts.services.publishing import publish_own_templates


class Command(BaseCommand):
    help = "Publish our own contract templates; versions that are published already stay as they are."

    def handle(self, *args: Any, **options: Any) -> None:
        for version in publish_own_templates():
            self.stdout.write(f"published {version.slug} version {version.number}")
