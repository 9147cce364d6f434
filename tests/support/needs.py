"""What tests need from the machine, and the account of those that could not run.

A test says `@pytest.mark.needs("postgres", "qpdf")`; `browser` implies Chromium. A test whose needs are not
met is not skipped out of sight: it is taken out of the run and named, with the reason, in a last line
`NOT RUN: …`.

`make test` makes two passes, named by QIANBEI_PASS: *embedded* (SQLite, no broker: everything that needs
neither server) and *production* (PostgreSQL and Redis: what uses the database or needs a server). What one
pass leaves to the other is not "not run". Without QIANBEI_PASS there is one pass with whatever is there.
"""

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SERVERS = frozenset({"postgres", "redis"})


@dataclass(frozen=True)
class Thing:
    """Something a test may need: whether it is here, and what to say when it is not."""

    is_here: Callable[[], bool]
    because: str


def _program(*names: str, package: str) -> Thing:
    return Thing(
        is_here=lambda: any(shutil.which(name) for name in names),
        because=f"{names[0]} is not installed (Debian package {package})",
    )


def _postgres_is_here() -> bool:
    return os.environ.get("DATABASE_URL", "").startswith(("postgres:", "postgresql:"))


# Debian's Chromium without a screen starts faster and takes less than half; the others do as well.
BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")
THINGS: dict[str, Thing] = {
    "postgres": Thing(_postgres_is_here, "no PostgreSQL was given (make test finds or starts one)"),
    "redis": Thing(lambda: "REDIS_URL" in os.environ, "no Redis was given (make test finds or starts one)"),
    "chromium": _program(*BROWSERS, package="chromium-headless-shell"),
    "pdfsig": _program("pdfsig", package="poppler-utils"),
    "pdftoppm": _program("pdftoppm", package="poppler-utils"),
    "certutil": _program("certutil", package="libnss3-tools"),
    "qpdf": _program("qpdf", package="qpdf"),
    "openssl": _program("openssl", package="openssl"),
    "rare_font": Thing(
        lambda: (ROOT / "var" / "fonts" / "HanaMinB.ttf").exists(),
        "the font HanaMinB could not be had (Debian package fonts-hanazono)",
    ),
}

NOT_RUN = pytest.StashKey[Counter[str]]()
NIGHTLY = "nightly"


def needs_of(item: pytest.Item) -> set[str]:
    """The names of all things that the test needs; raises `KeyError` for a thing that nobody knows."""
    names = {name for marker in item.iter_markers("needs") for name in marker.args}
    if item.get_closest_marker("browser"):
        names.add("chromium")
    for name in names:
        THINGS[name]
    return names


def uses_database(item: pytest.Item) -> bool:
    """Whether the test reads or writes through Django's database."""
    fixtures: list[str] = getattr(item, "fixturenames", [])
    return bool(item.get_closest_marker("django_db") or {"db", "transactional_db"} & set(fixtures))


def belongs_to_pass(item: pytest.Item, name: str | None) -> bool:
    """Whether this pass of `make test` runs the test."""
    match name:
        case "embedded":
            return not needs_of(item) & SERVERS
        case "production":
            return bool(needs_of(item) & SERVERS) or (
                uses_database(item) and not item.get_closest_marker("browser")
            )
        case _:
            return True


def account_of(config: pytest.Config) -> Counter[str]:
    """How many tests were left out for want of what. One account a run, to be added to."""
    return config.stash.setdefault(NOT_RUN, Counter())


def deselect_what_cannot_run(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave in `items` what this run can do, and keep account of the rest."""
    account = account_of(config)
    at_night = NIGHTLY in config.option.markexpr  # make nightly: pytest -m nightly
    here = {name: thing.is_here() for name, thing in THINGS.items()}
    kept, removed = [], []
    for item in items:
        if not belongs_to_pass(item, os.environ.get("QIANBEI_PASS")):
            removed.append(item)
        elif item.get_closest_marker(NIGHTLY) and not at_night:
            account[NIGHTLY] += 1
            removed.append(item)
        elif missing := sorted(name for name in needs_of(item) if not here[name]):
            account[missing[0]] += 1
            removed.append(item)
        else:
            kept.append(item)
    if removed:
        config.hook.pytest_deselected(items=removed)
        items[:] = kept


def sentences(account: Counter[str]) -> Iterator[str]:
    """`N tests because …`, one for each thing that is missing."""
    for name, count in sorted(account.items()):
        if name != NIGHTLY:
            yield f"{_tests(count)} because {THINGS[name].because}"


def left_to_the_night(account: Counter[str]) -> str:
    """How many slow tests this run leaves to `make nightly`, or nothing."""
    return f"{_tests(account[NIGHTLY])} left to make nightly" if account[NIGHTLY] else ""


def _tests(count: int) -> str:
    return f"{count} {'test' if count == 1 else 'tests'}"
