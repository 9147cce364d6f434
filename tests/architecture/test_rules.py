"""Rules of ARCHITECTURE.md that import-linter cannot express. Its own contracts are in pyproject.toml."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES: list[str] = PYPROJECT["tool"]["importlinter"]["root_packages"]
FRAMEWORK_FREE: list[str] = next(
    contract["source_modules"]
    for contract in PYPROJECT["tool"]["importlinter"]["contracts"]
    if contract["name"] == "The published parts work without Django"
)

# What a province's developer gets from us. The stand-in province may use this and nothing else of ours.
PUBLISHED = (
    "contracts.changes",
    "contracts.checks",
    "contracts.endings",
    "contracts.facts",
    "contracts.suspensions",
    "core.canonical",
    "core.codes",
    "core.numbers",
    "core.papers",
    "filing_bridge.correction",
    "filing_bridge.fields",
    "filing_bridge.mapping",
    "filing_bridge.profiles",
    "filing_bridge.protocol",
    "filing_bridge.record_check",
    "filing_bridge.review",
    "filing_bridge.sandbox",
    "filing_bridge.schemas",
    "signing.keys",
    "signing.pades",
)


def is_within(module: str, packages: tuple[str, ...] | list[str]) -> bool:
    """Whether the module is one of the packages or inside one."""
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def sources() -> Iterator[tuple[str, ast.Module]]:
    """Dotted name and syntax tree of every module of the product, migrations aside."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if "migrations" not in parts:
                yield ".".join(parts).removesuffix(".__init__"), ast.parse(path.read_bytes())


def calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """Every call, with the last two parts of what is called: `timezone.now`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ".".join(ast.unparse(node.func).split(".")[-2:]), node


def test_the_stand_in_province_uses_only_the_published_parts() -> None:
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    foreign = {
        f"{module} imports {imported}"
        for module in graph.modules
        if is_within(module, ["filing_bridge.sandbox"])
        for imported in graph.find_modules_directly_imported_by(module)
        if not is_within(imported, PUBLISHED)
    }

    assert foreign == set()


@pytest.mark.parametrize("module", FRAMEWORK_FREE)
def test_published_parts_can_be_imported_where_django_is_not_installed(module: str) -> None:
    # The linter looks at import statements; this also runs the __init__ modules of the parents.
    code = f"import sys; sys.modules['django'] = None; sys.modules['celery'] = None; import {module}"

    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)

    assert result.returncode == 0, result.stderr


def test_time_is_read_through_the_clock() -> None:
    direct = {
        f"{module} calls {name}"
        for module, tree in sources()
        if module != "core.clock" and not is_within(module, [*FRAMEWORK_FREE, "config.demo"])
        for name, _ in calls(tree)
        if name
        in {"timezone.now", "datetime.now", "datetime.utcnow", "date.today", "datetime.today", "time.time"}
    }

    assert direct == set()


def test_states_change_only_in_transitions() -> None:
    direct = {
        f"{module}, line {call.lineno}"
        for module, tree in sources()
        if module != "core.transitions"
        for name, call in calls(tree)
        if name.endswith(".update") and any(keyword.arg == "state" for keyword in call.keywords)
    }

    assert direct == set()


def test_events_travel_on_the_bus_and_not_by_django_signals() -> None:
    forbidden = {"django.dispatch", "django.db.models.signals", "django.core.signals"}
    listeners = {
        module
        for module, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in forbidden
    }

    assert listeners == set()
