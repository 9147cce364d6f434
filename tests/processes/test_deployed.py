"""The processes of docker-compose.yml against real PostgreSQL and Redis: they are well, and do the main job.

The tests share one broker, where two installations at once would hear each other: they stay in one file,
which is what one worker of the tests runs.
"""

import os
from pathlib import Path

import pytest

from config.demo.main_job import drive, summarise
from config.demo.processes import Program, free_port, started
from config.demo.progress import Progress
from config.demo.system import Ports, System
from tests.support import production

pytestmark = [
    pytest.mark.processes,
    pytest.mark.needs("postgres", "redis"),
    pytest.mark.timeout(900),
]
CONTRACTS = 4


class Deployed(System):
    """Processes of docker-compose.yml instead of `manage.py work`."""

    def worker(self) -> Program:
        return self._deployed("worker")

    def signer(self) -> Program:
        program = self._deployed("signer")
        return Program(
            program.name, program.command, program.ready, {**program.environment, **self.signer_secret}
        )

    def programs(self) -> list[Program]:
        pid = self.folder / "beat.pid"
        beat = production.deployed("beat", self.environment, self.folder, lambda _: pid.exists())
        return [*super().programs(), beat]

    def _deployed(self, name: str) -> Program:
        return production.deployed(name, self.environment, self.folder, production.celery_answers)


def test_contracts_are_signed_and_filed_with_a_broker(tmp_path: Path) -> None:
    with production.fresh_database() as database_url:
        system = Deployed(
            tmp_path / "system",
            Ports.free(),
            {
                "DJANGO_SETTINGS_MODULE": "tests.support.broker_settings",
                "DATABASE_URL": database_url,
                "REDIS_URL": os.environ["REDIS_URL"],
                "CELERY_BROKER_URL": os.environ["REDIS_URL"],
            },
        )
        operator_key = system.set_up()
        progress = Progress()
        with started(system.programs(), tmp_path / "logs"):
            _employer, jobs = drive(system, operator_key, CONTRACTS, progress)
    summary = summarise(jobs, progress)
    assert (summary["effective"], summary["accepted"]) == (CONTRACTS, CONTRACTS)


def test_all_processes_start_on_an_empty_database_and_are_well(tmp_path: Path) -> None:
    with production.fresh_database() as database_url:
        variables = production.environment(database_url, tmp_path)
        production.manage("migrate --noinput --verbosity 0", variables)
        port = free_port()
        programs = [
            production.web(port, variables),
            production.deployed("worker", variables, tmp_path, production.celery_answers),
            production.deployed("signer", variables, tmp_path, production.celery_answers),
            production.deployed("beat", variables, tmp_path, lambda _: (tmp_path / "beat.pid").exists()),
        ]
        with started(programs, tmp_path / "logs") as processes:
            # the one that answers is the one whose turn it is: kill it, and the others go on
            processes["worker"].kill()
            assert processes["web"].program.ready(processes["web"])
            assert production.celery_answers(processes["signer"])
            processes["worker"].start()
            assert all(process.is_alive for process in processes.values())
