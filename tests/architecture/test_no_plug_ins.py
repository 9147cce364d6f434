"""Nothing has to be installed to use the product (A17)."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "templates").rglob("*.html"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a17_no_page_needs_a_plug_in(page: Path) -> None:
    """Not even one for PDF: documents are shown as pictures of their pages, or downloaded."""
    text = page.read_text(encoding="utf-8")
    assert not re.search(
        r"<(object|embed|applet|iframe)\b|ActiveX|clsid:|\.msi\b|\.exe\b", text, re.IGNORECASE
    )


def test_a17_scripts_ask_for_no_control_of_the_operating_system() -> None:
    for script in (ROOT / "frontend").rglob("*.ts"):
        text = script.read_text(encoding="utf-8")
        assert not re.search(r"ActiveXObject|navigator\.(plugins|usb|serial|hid)\b", text), script
