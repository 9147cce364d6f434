"""Celery as the doorbell: tasks carry a channel's name, the rows say what is due."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

app = Celery("qianbei")


@app.on_after_configure.connect
def _configure(sender: Celery, **_: object) -> None:
    from core import work

    sender.add_periodic_task(30, sweep.s(work.GENERAL).set(queue=work.GENERAL), name="sweep general")
    sender.add_periodic_task(30, sweep.s(work.SIGNING).set(queue=work.SIGNING), name="sweep signing")


@app.task(ignore_result=True)
def answer(channel: str) -> None:
    """Run what is due on the channel until nothing is."""
    from core import work

    while work.run_due(channel, limit=20):
        pass


@app.task(ignore_result=True)
def sweep(channel: str) -> None:
    """Run the periodic jobs of the channel, then whatever is due."""
    from core import work

    for job in work.PERIODIC:
        if job.channel == channel:
            job.run()
    answer(channel)


def ring(channel: str) -> None:
    """Wake a worker. A broker that is away must not fail the caller: the sweep will find the row."""
    answer.apply_async((channel,), queue=channel, retry=False)
