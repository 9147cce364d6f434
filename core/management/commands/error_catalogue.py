"""Write docs/errors.md from the catalogue: `manage.py error_catalogue > docs/errors.md`."""

from typing import Any

from django.core.management.base import BaseCommand

from core.errors import CATALOGUE

HEAD = """# Error codes

Made from the catalogue by `manage.py error_catalogue`; a test compares. Every refusal of the API is a
problem document (RFC 9457) with one of these codes, its words and its remedy in both languages; `faults`
lists what is wrong with single fields, all at once. A refused request has changed nothing, except that
wrong codes are counted.

| Code | HTTP | 中文 | English | 怎么办 | Remedy |
|---|---|---|---|---|---|
"""


def catalogue_page() -> str:
    """The page as text, codes in alphabetical order."""
    rows = sorted(CATALOGUE.rows.values(), key=lambda row: row.code)
    return HEAD + "".join(
        f"| `{row.code}` | {row.status} | {row.zh} | {row.en} | {row.remedy_zh} | {row.remedy_en} |\n"
        for row in rows
    )


class Command(BaseCommand):
    help = "Print the error catalogue as a Markdown page."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(catalogue_page(), ending="")
