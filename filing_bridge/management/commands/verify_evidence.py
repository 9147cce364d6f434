"""Verify an evidence package offline: `manage.py verify_evidence FILE --root root.pem`."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from filing_bridge.evidence_checks import CHECKS
from signing.evidence.verifier import verify_package


class Command(BaseCommand):
    help = "Check an evidence package with nothing but the file and a trust root; exit 1 when a check fails."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--root", type=Path, action="append", help="trusted root certificate (PEM)")
        parser.add_argument("--at", type=date_of, help="judge as of this day, e.g. 2041-01-01")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        paths = options["root"] or [Path(path) for path in settings.TRUST_ROOTS]
        roots = [x509.load_pem_x509_certificate(path.read_bytes()) for path in paths]
        report = verify_package(file.read_bytes(), roots=roots, at=options["at"], further=CHECKS)
        for check in report.checks:
            mark = "✓" if check.ok else "✗"
            detail = f"（{check.detail}）" if check.detail else ""
            self.stdout.write(f"{mark} {check.zh}{detail}\n  {check.en}")
        self.stdout.write("结论：可信 Verified" if report.ok else "结论：不可信 NOT verified")
        if not report.ok:
            sys.exit(1)


def date_of(text: str) -> datetime:
    """Midnight UTC of a day."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
