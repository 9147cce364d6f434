"""What every run of the tests has in common: nothing is left out without being named."""

import os
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.support import needs

pytest_plugins = ["tests.support.append_only"]

# The tests that take longest go first, so that at the end no worker waits for another that has one of them.
FIRST = ("tests/processes/", "tests/browser/")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--keep-screens", action="store_true", help="write the pictures of docs/screens/ anew")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Runs in each worker before anything is distributed."""
    needs.deselect_what_cannot_run(config, items)
    items.sort(key=lambda item: not item.nodeid.startswith(FIRST))


def pytest_unconfigure() -> None:
    """Remove the folder that the test settings have made for this process."""
    if settings.configured:
        shutil.rmtree(settings.VAR, ignore_errors=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker tells its account to the process that reports."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["not_run"] = dict(needs.account_of(session.config))


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Every worker collects the same tests, so the accounts are the same and one of them is kept."""
    account = needs.account_of(node.config)
    account |= Counter(getattr(node, "workeroutput", {}).get("not_run", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Name what was not run, here and in the file that `make test` makes its last line from."""
    if hasattr(config, "workerinput"):  # a worker has told its account to the process that reports
        return
    account = needs.account_of(config)
    if nightly := needs.left_to_the_night(account):
        terminalreporter.write_line(nightly)
    lines = list(needs.sentences(account))
    for line in lines:
        terminalreporter.write_line(f"NOT RUN: {line}", yellow=True)
    if report := os.environ.get("QIANBEI_NOT_RUN"):
        with Path(report).open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)
