"""Run due work without a broker: `manage.py work --channel general`."""

import signal
import threading
import time
from argparse import ArgumentParser
from typing import Any

import structlog
from django.core.management.base import BaseCommand
from django.db import close_old_connections, connection

from core import work

log = structlog.get_logger()
IDLE_SECONDS = 0.1


class Command(BaseCommand):
    help = "Run due work until told to stop (SIGTERM, SIGINT)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--channel", choices=[work.GENERAL, work.SIGNING], default=work.GENERAL)
        parser.add_argument("--threads", type=int, default=1)

    def handle(self, *args: Any, channel: str, threads: int, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        crew = [threading.Thread(target=_labour, args=(channel, stop)) for _ in range(threads)]
        crew.append(threading.Thread(target=_sweep, args=(channel, stop)))
        for thread in crew:
            thread.start()
        self.stdout.write(f"work: ready on channel {channel}")
        self.stdout.flush()
        for thread in crew:
            thread.join()


def _labour(channel: str, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            if not work.run_due(channel, limit=4):
                stop.wait(IDLE_SECONDS)
        except Exception:  # the database may be restarting: keep trying
            log.exception("work.loop")
            close_old_connections()
            stop.wait(1)
    connection.close()


def _sweep(channel: str, stop: threading.Event) -> None:
    jobs = [job for job in work.PERIODIC if job.channel == channel]
    due = dict.fromkeys((job.name for job in jobs), 0.0)
    while not stop.wait(0.5):
        for job in jobs:
            if time.monotonic() >= due[job.name]:
                due[job.name] = time.monotonic() + job.every.total_seconds()
                try:
                    job.run()
                except Exception:
                    log.exception("work.sweep", name=job.name)
                    close_old_connections()
    connection.close()
