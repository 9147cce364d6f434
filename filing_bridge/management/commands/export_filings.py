"""Filings of an employer for its counter: `manage.py export_filings --member MAIL --uscc CODE FILE ID…`."""

import argparse
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Employer, User
from accounts.selectors import principal_of
from core.errors import Refused
from filing_bridge.services.sheets import export_sheet
from filing_bridge.sheets import sheets


class Command(BaseCommand):
    help = "Write filings on the sheet that their counter takes, in the name of a member who may see them."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--member", required=True, help="e-mail address of the member who answers for it")
        parser.add_argument("--uscc", required=True, help="unified social credit code of the employer")
        parser.add_argument("--sheet", choices=list(sheets()), default="")
        parser.add_argument("file", type=Path)
        parser.add_argument("filing", type=UUID, nargs="+")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            principal = principal_of(
                User.objects.get(email=options["member"]), Employer.objects.get(uscc=options["uscc"])
            )
            made = export_sheet(principal=principal, filing_ids=options["filing"], name=options["sheet"])
        except (User.DoesNotExist, Employer.DoesNotExist) as error:
            raise CommandError("no such member of such an employer") from error
        except Refused as refused:
            raise CommandError(refused.code) from refused
        options["file"].write_bytes(made)
