"""The browser of the tests."""

import shutil

from playwright.sync_api import Browser, Playwright

from tests.support.needs import BROWSERS


def launch(playwright: Playwright) -> Browser:
    """Start it; the caller closes it. Tests that need one are not run where there is none."""
    program = next(found for name in BROWSERS if (found := shutil.which(name)))
    return playwright.chromium.launch(
        executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"]
    )
