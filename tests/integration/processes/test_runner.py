"""The runner of processes, with little programs."""

import os
import sys
import time
from pathlib import Path

import pytest

from config.demo.processes import Process, ProcessNotReady, Program, answers, free_port, says, started

pytestmark = pytest.mark.processes


def program(code: str, name: str = "little", **environment: str) -> Program:
    return Program(name, (sys.executable, "-S", "-u", "-c", code), says("ready"), environment)


SLEEPER = "import time; print('ready'); time.sleep(600)"
PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, '-S', '-c', 'import time; time.sleep(600)'])
print('child', child.pid)
print('ready', flush=True)
time.sleep(600)
"""


def is_gone(pid: int) -> bool:
    """Ended; a child whose parent died may stay as a zombie until somebody collects it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def command_line(process: Path) -> str:
    try:
        return (process / "cmdline").read_text(errors="replace")
    except OSError:  # it ended while we looked
        return ""


def test_output_is_collected_and_the_end_is_clean(tmp_path: Path) -> None:
    code = "import os, time; print('ready', os.environ['GREETING']); time.sleep(600)"

    with started([program(code, GREETING="你好")], tmp_path) as processes:
        little = processes["little"]
        assert little.is_alive
        assert "ready 你好" in little.output()

    assert not little.is_alive


def test_a_killed_process_starts_again_and_shows_its_own_output_only(tmp_path: Path) -> None:
    with started([program(SLEEPER)], tmp_path) as processes:
        little = processes["little"]
        first = little.pid
        little.kill()
        assert not little.is_alive

        little.start()

        assert little.pid != first
        assert little.output() == "ready\n"
        assert little.log.read_text() == "ready\nready\n"


def test_a_kill_takes_the_children_along(tmp_path: Path) -> None:
    with started([program(PARENT)], tmp_path) as processes:
        child = int(processes["little"].output().split()[1])
        assert not is_gone(child)

        processes["little"].kill()

        deadline = time.monotonic() + 5
        while not is_gone(child):
            assert time.monotonic() < deadline
            os.sched_yield()


def test_a_process_that_ends_at_once_tells_why(tmp_path: Path) -> None:
    process = Process(program("print('no such setting'); raise SystemExit(3)"), tmp_path)

    with pytest.raises(ProcessNotReady, match=r"little: ended\n(?s:.*)no such setting"):
        process.start()


def test_a_process_that_is_never_ready_is_killed(tmp_path: Path) -> None:
    process = Process(program("import time; time.sleep(600)"), tmp_path)

    with pytest.raises(ProcessNotReady, match="not ready"):
        process.start(within=0.2)

    assert not process.is_alive


def test_when_a_later_program_fails_the_earlier_ones_are_stopped(tmp_path: Path) -> None:
    good = program(f"{SLEEPER} # {tmp_path}", "good")
    bad = program("raise SystemExit(1)", "bad")

    with pytest.raises(ProcessNotReady), started([good, bad], tmp_path):
        pass

    assert not [path for path in Path("/proc").glob("[0-9]*") if str(tmp_path) in command_line(path)]


def test_ready_means_answering_over_http(tmp_path: Path) -> None:
    port = free_port()
    server = Program(
        "web",
        (sys.executable, "-m", "http.server", "--bind", "127.0.0.1", "--directory", str(tmp_path), str(port)),
        answers(port, "/"),
    )

    with started([server], tmp_path / "logs") as processes:
        assert not answers(port, "/no-such-page")(processes["web"])
