"""The product's processes on loopback: started, awaited, killed and started again.

Used by the demonstration and by the tests of faults and of production processes. Each program writes to a log
file of its own, which goes on over restarts, and runs in a process group of its own, so that a kill takes the
children of a server with it.
"""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

HOST = "127.0.0.1"
POLL = 0.02  # seconds between two looks at a process that is starting


class ProcessNotReady(Exception):  # noqa: N818  (says what is wrong with the process)
    """A process ended, or was not ready in time; the text holds the last lines of its output."""


@dataclass(frozen=True)
class Program:
    """What to start, and how to tell that it is ready."""

    name: str  # also the name of its log file
    command: tuple[str, ...]
    ready: "Ready"
    environment: Mapping[str, str] = field(default_factory=dict)  # on top of our own


class Process:
    """One program in a state of being started, stopped, killed and started again. One thread uses it."""

    def __init__(self, program: Program, folder: Path) -> None:
        self.program = program
        self.log = folder / f"{program.name}.log"
        self._popen: subprocess.Popen[bytes] | None = None
        self._group_ended = False
        self._this_start = 0  # where in the log the output of the latest start begins

    def start(self, within: float = 60.0) -> None:
        """Start and wait until ready; raises `ProcessNotReady`. Starting a living process is an error."""
        if self.is_alive:
            raise ValueError(f"{self.program.name} is running")
        with self.log.open("ab") as log:
            self._this_start = log.tell()
            self._group_ended = False
            self._popen = subprocess.Popen(  # noqa: S603  (programs of this repository)
                self.program.command,
                env={**os.environ, **self.program.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._wait_until_ready(within)
        except BaseException:  # an interrupt leaves no process behind either
            self.kill()
            raise

    def stop(self, within: float = 10.0) -> int:
        """SIGTERM, then SIGKILL when that does not help; returns the exit code (negative: the signal)."""
        popen = self._started()
        popen.terminate()  # does nothing to a process that has been waited for
        with contextlib.suppress(subprocess.TimeoutExpired):
            popen.wait(within)
        self.kill()
        return popen.returncode

    def kill(self) -> None:
        """SIGKILL to the process and all its children; returns when it is gone. May be repeated."""
        popen = self._started()
        if self._group_ended:  # its number may belong to somebody else by now
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(popen.pid, signal.SIGKILL)
        popen.wait()
        self._group_ended = True

    @property
    def is_alive(self) -> bool:
        """Whether it has been started and has not ended."""
        return self._popen is not None and self._popen.poll() is None

    @property
    def pid(self) -> int:
        """Process id of the latest start."""
        return self._started().pid

    def output(self) -> str:
        """What it wrote since its latest start, both streams."""
        with self.log.open("rb") as log:
            log.seek(self._this_start)
            return log.read().decode(errors="replace")

    def _wait_until_ready(self, within: float) -> None:
        deadline = time.monotonic() + within
        while not self.program.ready(self):
            problem = "ended" if not self.is_alive else "not ready" if time.monotonic() > deadline else ""
            if problem:
                raise ProcessNotReady(f"{self.program.name}: {problem}\n{self.output()[-2000:]}")
            time.sleep(POLL)

    def _started(self) -> subprocess.Popen[bytes]:
        if self._popen is None:
            raise ValueError(f"{self.program.name} was never started")
        return self._popen


Ready = Callable[[Process], bool]


def says(text: str) -> Ready:
    """Ready when `text` appears in the output."""
    return lambda process: text in process.output()


def answers(port: int, path: str = "/health/", headers: Mapping[str, str] = MappingProxyType({})) -> Ready:
    """Ready when a GET of `path` on the loopback port answers 200."""

    def ready(_process: Process) -> bool:
        connection = http.client.HTTPConnection(HOST, port, timeout=5)
        try:
            connection.request("GET", path, headers=dict(headers))
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    return ready


def free_port() -> int:
    """A loopback port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def started(programs: Iterable[Program], folder: Path) -> Iterator[dict[str, Process]]:
    """Start the programs in this order; stop them in reverse order at the end, whatever happens."""
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        processes: dict[str, Process] = {}
        for program in programs:
            process = processes[program.name] = Process(program, folder)
            process.start()
            stack.callback(process.stop)
        yield processes
