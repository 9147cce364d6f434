"""Contracts through all processes, from template to accepted filing with form and evidence: cost and stages.

Each size is an installation of its own. The cost of one contract must not grow with their number: `ratio` is
the cost at this size over the cost at the smallest, and may be 1.10 at most.
"""

import os
import tempfile
from pathlib import Path
from typing import Any

from config.demo.main_job import drive, summarise
from config.demo.processes import started
from config.demo.progress import Progress
from config.demo.system import Ports, System

SIZES = tuple(int(size) for size in os.environ.get("BENCH_CONTRACTS", "20,200,2000").split(","))
GROWTH_LIMIT = 1.10


def rows() -> list[dict[str, Any]]:
    """One row per size: milliseconds per contract, contracts per second, each stage's share of the time."""
    found: list[dict[str, Any]] = []
    for size in SIZES:
        summary = _measure(size)
        work = {name: seconds for name, seconds in summary["seconds"].items() if name != "employer"}
        total = sum(work.values())
        row: dict[str, Any] = {
            "name": f"end to end, {size} contracts",
            "ms": round(1000 * total / size, 1),
            "contracts_per_second": summary["contracts_per_second"],
            "shares": {name: round(seconds / total, 3) for name, seconds in work.items()},
        }
        if found:
            row |= {"ratio": round(row["ms"] / found[0]["ms"], 3), "limit": GROWTH_LIMIT}
        found.append(row)
    return found


def _measure(size: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="qianbei-bench-") as folder:
        system = System(Path(folder) / "system", Ports.free())
        operator_key = system.set_up()
        progress = Progress()
        with started(system.programs(), Path(folder) / "logs"):
            _, jobs = drive(system, operator_key, size, progress)
        return summarise(jobs, progress)
