"""A progress bar and the seconds of each stage, for a terminal or a log."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

BAR = 28


class Progress:
    """Prints one line per stage; in a terminal the line moves, in a log only its end is written."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._lock = threading.Lock()
        self._title = ""
        self._total = self._done = 0
        self._began = 0.0

    @contextmanager
    def stage(self, name: str, title: str, total: int) -> Iterator[None]:
        """Time a stage; call `step` for each of its `total` parts."""
        self._title, self._total, self._done, self._began = title, total, 0, time.monotonic()
        self._show()
        yield
        self.seconds[name] = round(time.monotonic() - self._began, 3)
        self._done = self._total
        self._show(end="\n")

    def step(self) -> None:
        """One part of the present stage is done."""
        with self._lock:
            self._done += 1
            self._show()

    def _show(self, end: str = "") -> None:
        if not end and not sys.stdout.isatty():
            return
        filled = BAR * self._done // max(self._total, 1)
        bar = "█" * filled + "·" * (BAR - filled)
        seconds = time.monotonic() - self._began
        sys.stdout.write(f"\r{bar} {self._done:>5}/{self._total:<5} {seconds:>6.1f} s  {self._title}{end}")
        sys.stdout.flush()
