"""The processes of docker-compose.yml start against real PostgreSQL and Redis and are well."""

import os
from pathlib import Path

import pytest
from celery import Celery

from config.demo.processes import Process, free_port, started
from tests.support import production

pytestmark = [pytest.mark.processes, pytest.mark.needs("postgres", "redis"), pytest.mark.timeout(900)]


def celery_answers(name: str) -> bool:
    """What the health check of the compose file asks, without starting a program for each question."""
    with Celery(broker=os.environ["REDIS_URL"]) as app:
        return bool(app.control.ping(destination=[f"{name}@localhost"], timeout=0.5))


def is_well(process: Process) -> bool:
    return celery_answers(process.program.name)


def test_all_processes_start_on_an_empty_database_and_are_well(tmp_path: Path) -> None:
    with production.fresh_database() as database_url:
        variables = production.environment(database_url, tmp_path)
        production.manage("migrate --noinput --verbosity 0", variables)
        port = free_port()
        programs = [
            production.web(port, variables),
            production.deployed("worker", variables, tmp_path, is_well),
            production.deployed("signer", variables, tmp_path, is_well),
            production.deployed("beat", variables, tmp_path, lambda _: (tmp_path / "beat.pid").exists()),
        ]
        with started(programs, tmp_path / "logs") as processes:
            # the one that answers is the one whose turn it is: kill it, and the others go on
            processes["worker"].kill()
            assert processes["web"].program.ready(processes["web"])
            assert celery_answers("signer")
            processes["worker"].start()
            assert all(process.is_alive for process in processes.values())
