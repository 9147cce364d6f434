"""The processes of docker-compose.yml, run directly on this machine with production settings.

For tests that need PostgreSQL and Redis. Commands are read from the compose file, so that what is tested is
what is deployed; only addresses and folders are this machine's.
"""

import base64
import contextlib
import json
import os
import re
import secrets
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import yaml
from celery import Celery
from psycopg import sql

from config.demo.processes import Process, Program, Ready, answers

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
HOST = "portal.example"
BEHIND_PROXY = {"Host": HOST, "X-Forwarded-Proto": "https"}


@contextlib.contextmanager
def fresh_database() -> Iterator[str]:
    """The address of a database of this test alone, on the server of DATABASE_URL."""
    server = os.environ["DATABASE_URL"]
    # tools/services.py drops whatever bears the run's name, should we be killed
    name = f"{urlsplit(server).path.strip('/')}_{secrets.token_hex(4)}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        finally:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def environment(database_url: str, folder: Path) -> dict[str, str]:
    """Production's variables with fresh secrets."""

    def key() -> str:
        return base64.b64encode(secrets.token_bytes(32)).decode()

    return {
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "PYTHONUNBUFFERED": "1",
        "QIANBEI_VAR": str(folder),
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": HOST,
        "PUBLIC_URL": f"https://{HOST}",
        "DATABASE_URL": database_url,
        "REDIS_URL": os.environ["REDIS_URL"],
        "CELERY_BROKER_URL": os.environ["REDIS_URL"],
        "S3_BUCKET": "qianbei",
        "FIELD_KEYS": json.dumps({"k1": key()}),
        "FIELD_KEY_ACTIVE": "k1",
        "BLIND_INDEX_KEY": key(),
        "AUTHORISATION_KEY": secrets.token_urlsafe(50),
        "PROVINCE_TOKEN": secrets.token_urlsafe(30),
        "PROVINCES": "{}",
        "PLATFORM_SYSTEM_CODE": "QIANBEI-TEST",
    }


def manage(command: str, variables: dict[str, str]) -> str:
    """Run a management command; returns what it printed, raises when it fails."""
    result = subprocess.run(
        [sys.executable, "manage.py", *shlex.split(command)],
        cwd=ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def deployed(name: str, variables: dict[str, str], folder: Path, ready: Ready) -> Program:
    """A process of the compose file other than web."""
    services: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))[
        "services"
    ]
    command = shlex.split(services[name]["command"].replace("/tmp/", f"{folder}/"))
    if "worker" in command:
        command.append(f"--hostname={name}@localhost")  # in the image each has a host name of its own
    return Program(name, (str(BIN / command[0]), *command[1:]), ready, variables)


def web(port: int, variables: dict[str, str]) -> Program:
    """The web process as the image starts it, on a loopback port."""
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    command: list[str] = json.loads(re.findall(r"^CMD (\[.*\])$", dockerfile, re.MULTILINE)[-1])
    command = [word for word in command if not word.startswith("--bind")] + [f"--bind=127.0.0.1:{port}"]
    return Program(
        "web", (str(BIN / command[0]), *command[1:]), answers(port, headers=BEHIND_PROXY), variables
    )


def celery_answers(process: Process) -> bool:
    """What the health check of the compose file asks, without starting a program for each question."""
    with Celery(broker=os.environ["REDIS_URL"]) as app:
        return bool(app.control.ping(destination=[f"{process.program.name}@localhost"], timeout=0.5))
