"""Work on a stranger's file in a process of its own, bounded by the operating system.

The program is a module of ours that calls `bound()` first, reads the file from standard input and writes one
JSON object to standard output. Whatever a hostile file does to a parser ends with that process.
"""

import json
import resource
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Final

MEMORY: Final = 1024 * 1024 * 1024  # bytes of address space
PROCESSOR: Final = 20  # seconds
OPEN_FILES: Final = 64
AT_ONCE: Final = 2  # per web process; more wait
LONGEST_WAIT: Final = 10.0
ENVIRONMENT: Final = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "OMP_NUM_THREADS": "1"}
ROOT: Final = Path(__file__).parents[1]

_places = threading.BoundedSemaphore(AT_ONCE)


class BusyError(Exception):
    """As many processes as may run at once are running."""


def bound() -> None:
    """Have the operating system limit this process from now on."""
    for limit, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, PROCESSOR),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))


def run(module: str, *arguments: str, given: bytes, seconds: float) -> dict[str, Any] | None:
    """The answer of `python -m MODULE` to the file; None when the process ended without one, or in time.

    Raises BusyError after waiting for its turn.
    """
    if not _places.acquire(timeout=LONGEST_WAIT):
        raise BusyError
    try:
        done = subprocess.run(  # noqa: S603  (our own module, and no word of a visitor's among the arguments)
            [sys.executable, "-m", module, *arguments],
            input=given,
            capture_output=True,
            timeout=seconds,
            cwd=ROOT,
            env=ENVIRONMENT,
            check=False,
        )
        answer: dict[str, Any] | None = json.loads(done.stdout) if done.returncode == 0 else None
    except (subprocess.TimeoutExpired, ValueError):
        answer = None
    finally:
        _places.release()
    return answer
