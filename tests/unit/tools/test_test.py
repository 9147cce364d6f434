"""What `make test` says last, and when it fails."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from tools import services, test

Outcome = Callable[[Sequence[Path | str], dict[str, str]], int]


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """A machine that has these services and on which commands end like this."""

    def make(found: dict[str, str], missing: dict[str, str], outcome: Outcome) -> None:
        @contextlib.contextmanager
        def provided() -> Iterator[tuple[dict[str, str], dict[str, str]]]:
            yield found, missing

        monkeypatch.setattr(test, "provided", provided)
        monkeypatch.setattr(test, "run_to_its_end", outcome)

    for variable in ("REQUIRE_SERVICES", "QIANBEI_PASS"):  # ours may be one of the runs that set them
        monkeypatch.delenv(variable, raising=False)
    return make


BOTH = {"DATABASE_URL": "postgresql://here/db", "REDIS_URL": "redis://here/1"}


def all_pass(command: Sequence[Path | str], environment: dict[str, str]) -> int:
    return 0


def without_chromium(command: Sequence[Path | str], environment: dict[str, str]) -> int:
    if environment.get("QIANBEI_PASS") == "embedded":
        with Path(environment["QIANBEI_NOT_RUN"]).open("a") as report:
            report.write("2 tests because chromium is not installed\n")
    return 0


def test_both_passes_and_the_front_end_run(machine: Callable[..., None]) -> None:
    seen = []

    def note(command: Sequence[Path | str], environment: dict[str, str]) -> int:
        seen.append((environment.get("QIANBEI_PASS"), environment.get("DATABASE_URL")))
        return 0

    machine(BOTH, {}, note)

    assert test.main([]) == 0
    assert seen == [(None, None), ("production", "postgresql://here/db"), ("embedded", None)]


def test_a_newcomer_is_told_in_the_last_line_what_was_not_run(
    machine: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    machine({}, {"PostgreSQL": "it is not installed"}, without_chromium)

    assert test.main([]) == 0

    assert capsys.readouterr().out.splitlines()[-1] == (
        "NOT RUN: the tests on PostgreSQL because it is not installed; "
        "2 tests because chromium is not installed"
    )


def test_where_services_are_required_a_test_that_cannot_run_is_a_failure(
    machine: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUIRE_SERVICES", "1")
    machine(BOTH, {}, without_chromium)

    assert test.main([]) == 1


@pytest.mark.parametrize("which", ["vitest", "production", "embedded"])
def test_one_failing_part_fails_the_whole(machine: Callable[..., None], which: str) -> None:
    def fail(command: Sequence[Path | str], environment: dict[str, str]) -> int:
        return int(which in {environment.get("QIANBEI_PASS", "vitest")})

    machine(BOTH, {}, fail)

    assert test.main([]) == 1


def test_a_server_that_was_named_is_not_replaced_by_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")

    with services.provided() as (found, missing):
        assert found == {}
        assert missing == {
            "PostgreSQL": "the server of DATABASE_URL does not answer",
            "Redis": "the server of REDIS_URL does not answer",
        }
