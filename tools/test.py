"""All tests: `make test`.

Two passes of pytest, the embedded product (SQLite, no broker) and the production one (PostgreSQL, Redis),
and vitest for the front end. What the machine could not run is named in the last line, `NOT RUN: …`; that is
not a failure, unless REQUIRE_SERVICES=1. Arguments go to pytest: `python -m tools.test -k seal`.
"""

import os
import sys
import tempfile
from pathlib import Path

import pytest

from tools.services import ROOT, provided, run_to_its_end, without_services

# A file at a time, in the order of tests/conftest.py: its tests share a browser or an installation.
BY_FILE = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")
PYTEST = (sys.executable, "-m", "pytest", "-q", *BY_FILE)
VITEST = (ROOT / "node_modules" / ".bin" / "vitest", "run", "--dir", "frontend")


def main(arguments: list[str]) -> int:
    """Run everything; returns the exit code."""
    with tempfile.TemporaryDirectory(prefix="qianbei-") as folder, provided() as (found, missing):
        report = Path(folder) / "not-run"
        plain = without_services() | {"QIANBEI_NOT_RUN": str(report)}
        failed = [
            name
            for name, passed in (
                ("front end", _passes("Front end", VITEST, plain)),
                ("production pass", _production_pass(arguments, plain | found, missing)),
                ("embedded pass", _pytest("embedded", "Embedded: SQLite, no broker", arguments, plain)),
            )
            if not passed
        ]
        not_run = report.read_text(encoding="utf-8").splitlines() if report.exists() else []
    if failed:
        print(f"FAILED: {', '.join(failed)}")
    if not_run:
        print("NOT RUN: " + "; ".join(dict.fromkeys(not_run)))
    return 1 if failed or (not_run and os.environ.get("REQUIRE_SERVICES") == "1") else 0


def _production_pass(arguments: list[str], environment: dict[str, str], missing: dict[str, str]) -> bool:
    if "DATABASE_URL" not in environment:
        with Path(environment["QIANBEI_NOT_RUN"]).open("a", encoding="utf-8") as report:
            report.write(f"the tests on PostgreSQL because {missing['PostgreSQL']}\n")
        return True
    return _pytest("production", "Production: PostgreSQL, Redis", arguments, environment)


def _pytest(name: str, title: str, arguments: list[str], environment: dict[str, str]) -> bool:
    nothing_selected = int(pytest.ExitCode.NO_TESTS_COLLECTED)
    return _passes(
        title, (*PYTEST, *arguments), environment | {"QIANBEI_PASS": name}, good=(0, nothing_selected)
    )


def _passes(
    title: str, command: tuple[str | Path, ...], environment: dict[str, str], good: tuple[int, ...] = (0,)
) -> bool:
    print(f"\n== {title}", flush=True)
    return run_to_its_end(command, environment) in good


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
