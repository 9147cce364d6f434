"""A bulk sheet of 5,000 people: read, and every row judged with all its faults.

`ratio` is the time over the promise: ten seconds of processor for the check, and for the peak of memory what
ten times fewer rows take, times 1.5.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

SIZES = (500, 5_000)
PROMISED_SECONDS = 10
GROWTH_LIMIT = 1.5


def rows() -> list[dict[str, Any]]:
    """One row per size, each measured in a process and a database of its own."""
    found: list[dict[str, Any]] = []
    for size in SIZES:
        upload, check, memory = _measured(size)
        row: dict[str, Any] = {
            "name": f"bulk sheet, {size} rows",
            "upload_s": upload,
            "check_s": check,
            "ms_a_row": 1000 * check / size,
            "memory_mb": memory,
        }
        if found:
            slow, large = check / PROMISED_SECONDS, memory / found[0]["memory_mb"] / GROWTH_LIMIT
            row |= {"ratio": round(max(slow, large), 3), "limit": 1.0}
        found.append(row)
    return found


def _measured(size: int) -> tuple[float, float, float]:
    with tempfile.TemporaryDirectory(prefix="qianbei-bench-") as folder:
        environment = {
            **os.environ,
            "QIANBEI_VAR": folder,
            "DJANGO_SETTINGS_MODULE": "config.settings.embedded",
        }
        environment.pop("DATABASE_URL", None)
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.batch_job", str(size)],
            env=environment, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True,
        )  # fmt: skip
    upload, check, memory = map(float, done.stdout.split())
    return upload, check, memory
