"""The processes of docker-compose.yml start against real PostgreSQL and Redis and are well."""

from pathlib import Path

import pytest

from config.demo.processes import free_port, started
from tests.support import production

pytestmark = [
    pytest.mark.processes,
    pytest.mark.needs("postgres", "redis"),
    pytest.mark.xdist_group("celery"),  # one broker: two installations at once would hear each other
    pytest.mark.timeout(900),
]


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
