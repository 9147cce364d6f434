"""Everything that CI runs: `make check`. The quick checks first, each to its end, then all tests."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tools import test
from tools.services import ROOT

PYTHON = sys.executable
BIN = Path(PYTHON).parent
MANAGE = (PYTHON, "manage.py")
SETTINGS = "--settings=config.settings.embedded"
DESCRIPTION = Path("docs/openapi.yaml")

CHECKS: tuple[tuple[str, tuple[str | Path, ...]], ...] = (
    ("format", (BIN / "ruff", "format", "--check", ".")),
    ("lint", (BIN / "ruff", "check", ".")),
    ("import contracts", (BIN / "lint-imports", "--no-logo")),
    ("types", (BIN / "mypy", ".")),
    ("types of the front end", (ROOT / "node_modules" / ".bin" / "tsc",)),
    ("lock file of Python", (ROOT / "var" / "uv" / "bin" / "uv", "lock", "--check", "--offline")),
    ("settings", (*MANAGE, "check", "--fail-level=WARNING", SETTINGS)),
    ("missing migrations", (*MANAGE, "makemigrations", "--check", "--dry-run", SETTINGS)),
    ("message catalogues", (PYTHON, "-m", "tools.catalogues", "check")),
)


def description_drift() -> str:
    """What is wrong with the committed description of the API, or nothing."""
    with tempfile.TemporaryDirectory() as folder:
        current = Path(folder) / "openapi.yaml"
        made = subprocess.run(
            (*MANAGE, "spectacular", "--validate", "--fail-on-warn", f"--file={current}", SETTINGS),
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        if made.returncode:
            return made.stdout + made.stderr
        committed = ROOT / DESCRIPTION
        if not committed.exists() or committed.read_bytes() != current.read_bytes():
            return f"{DESCRIPTION} is not what the code says. Write it anew: make openapi\n"
    return ""


def output_of(command: tuple[str | Path, ...]) -> str:
    """What the command printed when it failed, or nothing."""
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    return (result.stdout + result.stderr or f"exit code {result.returncode}\n") if result.returncode else ""


def main() -> int:
    """Run all checks and then the tests; returns the exit code."""
    failed = []
    for name, problems_of in (
        *((name, lambda command=command: output_of(command)) for name, command in CHECKS),
        ("API description", description_drift),
    ):
        begun = time.monotonic()
        problems = problems_of()
        print(f"{'FAILED' if problems else 'ok':6} {name} ({time.monotonic() - begun:.1f} s)", flush=True)
        if problems:
            print(problems, flush=True)
            failed.append(name)
    tests = test.main([])
    if failed:
        print(f"FAILED: {', '.join(failed)}")
    return 1 if failed else tests


if __name__ == "__main__":
    sys.exit(main())
