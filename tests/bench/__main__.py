"""`make bench`: every bench_*.py beside this file, as one table and as JSON in var/bench/.

Each module has `rows()`: dicts with a `name`, measured figures, and for a promise its `ratio` and `limit`.
Ratios are taken within one run on one machine; absolute figures are for reading. A promise that is not kept
is a failure.
"""

import argparse
import importlib
import json
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
RESULTS = HERE.parents[1] / "var" / "bench"


def main() -> int:
    """Run the benches named on the command line, or all; returns the exit code."""
    names = sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("only", nargs="*", metavar="NAME", help=f"of {', '.join(names)}; default: all")
    results: dict[str, Any] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "cores": os.cpu_count(),
            "system": platform.platform(),
            "python": platform.python_version(),
        },
        "benches": {},
    }
    failed = False
    for name in parser.parse_args().only or names:
        print(f"== {name}", flush=True)
        rows: list[dict[str, Any]] = importlib.import_module(f"tests.bench.bench_{name}").rows()
        results["benches"][name] = rows
        for row in rows:
            kept = "limit" not in row or row["ratio"] <= row["limit"]
            failed = failed or not kept
            figures = "  ".join(f"{key} {_readable(value)}" for key, value in row.items() if key != "name")
            print(f"{row['name']:44} {figures}{'' if kept else '  OVER THE LIMIT'}", flush=True)
    RESULTS.mkdir(parents=True, exist_ok=True)
    file = RESULTS / "latest.json"
    file.write_text(json.dumps(results, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(f"\nAs JSON: {file.relative_to(HERE.parents[1])}")
    return 1 if failed else 0


def _readable(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    sys.exit(main())
