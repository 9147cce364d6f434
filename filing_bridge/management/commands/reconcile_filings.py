"""After an older database was restored: ask the province about everything before anything is pushed."""

from typing import Any

from django.core.management.base import BaseCommand

from filing_bridge.services.claims import doubt_everything


class Command(BaseCommand):
    help = "Treat every filing that is about to be sent as if it might have been sent already."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{doubt_everything()} filings will be asked about before they are sent")
