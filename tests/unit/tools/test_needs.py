"""No test drops out of a run unnamed."""

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parents[3]

CONFIGURATION = f"""[pytest]
addopts = -p no:django -p no:cacheprovider
pythonpath = {ROOT}
markers =
    needs(*things): what must be there
    browser: drives Chromium
    processes: starts processes
    nightly: slow
"""

SUITE = """
import pytest

def test_plain(): pass

@pytest.mark.needs("postgres")
def test_on_postgres(): pass

@pytest.mark.needs("redis", "postgres")
def test_with_both(): pass

@pytest.mark.browser
def test_page(): pass
"""


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A suite of its own that uses our conftest, on a machine without any server or browser."""
    for variable in ("DATABASE_URL", "REDIS_URL", "QIANBEI_PASS"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setenv("QIANBEI_NOT_RUN", str(pytester.path / "not-run"))
    pytester.makeini(CONFIGURATION)
    pytester.makeconftest((ROOT / "tests" / "conftest.py").read_text(encoding="utf-8"))
    pytester.makepyfile(SUITE)
    return pytester


def not_run(suite: pytest.Pytester) -> list[str]:
    return (suite.path / "not-run").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("workers", [[], ["-n", "2", "--dist", "loadfile"]], ids=["alone", "workers"])
def test_each_test_that_cannot_run_is_named_with_its_reason(
    suite: pytest.Pytester, workers: list[str]
) -> None:
    result = suite.runpytest_subprocess(*workers)

    assert result.ret == 0
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        [
            "NOT RUN: 1 test because chromium-headless-shell is not installed*",
            "NOT RUN: 2 tests because no PostgreSQL was given*",
        ]
    )
    assert len(not_run(suite)) == 2


def test_what_is_left_to_the_other_pass_is_not_reported(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QIANBEI_PASS", "embedded")

    suite.runpytest_subprocess().assert_outcomes(passed=1, deselected=3)

    assert not_run(suite) == [
        "1 test because chromium-headless-shell is not installed (Debian package chromium-headless-shell)"
    ]


def test_the_second_pass_runs_what_needs_a_server_and_names_the_missing_one(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QIANBEI_PASS", "production")
    monkeypatch.setenv("DATABASE_URL", "postgresql://somewhere/db")

    suite.runpytest_subprocess().assert_outcomes(passed=1, deselected=3)

    assert [line.partition(" because ")[0] for line in not_run(suite)] == ["1 test"]
    assert "Redis" in not_run(suite)[0]


def test_slow_campaigns_are_left_to_the_night_and_counted(suite: pytest.Pytester) -> None:
    suite.makepyfile("import pytest\n@pytest.mark.nightly\ndef test_slow(): pass\n")

    by_day = suite.runpytest_subprocess()
    by_night = suite.runpytest_subprocess("-m", "nightly")

    by_day.assert_outcomes(deselected=1)
    by_day.stdout.fnmatch_lines(["1 test left to make nightly"])
    by_night.assert_outcomes(passed=1)


def test_a_need_that_nobody_knows_is_an_error(suite: pytest.Pytester) -> None:
    suite.makepyfile('import pytest\n@pytest.mark.needs("postgress")\ndef test_typo(): pass\n')

    result = suite.runpytest_subprocess()

    assert result.ret == pytest.ExitCode.INTERNAL_ERROR
    result.stdout.fnmatch_lines(["*KeyError: 'postgress'*"])
