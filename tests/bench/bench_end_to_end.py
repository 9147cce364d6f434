"""Contracts through all processes, from template to accepted filing with form and evidence: cost and stages.

Each size is an installation of its own, on SQLite and files, everything on one machine. The cost of one
contract, in seconds that pass and in seconds of processor that the server processes take, must not grow
with their number: `ratio` is the worse of the two over the best of the smaller sizes, 1.10 at most.
"""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from config.demo.main_job import drive, summarise
from config.demo.processes import Process, started
from config.demo.progress import Progress
from config.demo.system import Ports, System

SIZES = tuple(int(size) for size in os.environ.get("BENCH_CONTRACTS", "20,200,2000").split(","))
GROWTH_LIMIT = 1.10
COSTS = ("ms", "processor_ms")


def rows() -> list[dict[str, Any]]:
    """One row per size: milliseconds per contract, contracts per second, each stage's share of the time."""
    found: list[dict[str, Any]] = []
    for size in SIZES:
        summary, processor_seconds = _measure(size)
        work = {name: seconds for name, seconds in summary["seconds"].items() if name != "employer"}
        total = sum(work.values())
        row: dict[str, Any] = {
            "name": f"end to end, {size} contracts",
            "ms": round(1000 * total / size, 1),
            "processor_ms": round(1000 * processor_seconds / size, 1),
            "contracts_per_second": summary["contracts_per_second"],
            "shares": {name: round(seconds / total, 3) for name, seconds in work.items()},
        }
        if found:
            growth = (row[cost] / min(smaller[cost] for smaller in found) for cost in COSTS)
            row |= {"ratio": round(max(growth), 3), "limit": GROWTH_LIMIT}
        found.append(row)
    return found


def _measure(size: int) -> tuple[dict[str, Any], float]:
    with tempfile.TemporaryDirectory(prefix="qianbei-bench-") as folder:
        system = System(Path(folder) / "system", Ports.free())
        operator_key = system.set_up()
        progress = Progress()
        with started(system.programs(), Path(folder) / "logs") as processes:
            before = _processor_seconds(processes.values())
            _, jobs = drive(system, operator_key, size, progress)
            taken = _processor_seconds(processes.values()) - before
        summary = summarise(jobs, progress)
        if summary["accepted"] != size:
            raise RuntimeError(f"{summary['accepted']} of {size} accepted")
        return summary, taken


def _processor_seconds(processes: Iterable[Process]) -> float:
    """What the processes and their living children have used, in user and kernel mode (proc(5), stat)."""
    groups = {process.pid for process in processes}
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        if int(fields[2]) in groups:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
