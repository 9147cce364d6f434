"""Each run has a database and a Redis index of its own, and leaves none behind."""

import os
from urllib.parse import urlsplit

import psycopg
import pytest
import redis
from psycopg import sql

from tools import services

pytestmark = [pytest.mark.processes, pytest.mark.needs("postgres", "redis")]


def databases(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        return {name for (name,) in connection.execute("SELECT datname FROM pg_database")}


def test_the_database_is_new_and_goes_with_everything_derived_from_it() -> None:
    server = os.environ["DATABASE_URL"]

    with services.postgres() as url:
        name = urlsplit(url).path.strip("/")
        assert name not in server
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(f"test_{name}_gw0")))
        assert {name, f"test_{name}_gw0"} <= databases(server)

    assert not {each for each in databases(server) if name in each}


def test_the_index_is_empty_and_not_shared() -> None:
    with services.redis_index() as one, services.redis_index() as other:
        assert one != other
        with redis.Redis.from_url(one) as client:
            client.set("key", "value")

    with redis.Redis.from_url(one) as client:
        assert client.get("key") is None
