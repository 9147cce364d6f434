"""The handbook and the answered questions of help.toml and the notice board, in the reader's language."""

import tomllib
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from accounts.services import notices
from accounts.web.words import by_language

MOST_NOTICES = 5
FILE = Path(__file__).parents[1] / "help.toml"


@dataclass(frozen=True)
class Task:
    """Something that people do, step by step. `routes`: the pages on which they do it."""

    id: str
    zh: str
    en: str
    routes: tuple[str, ...]
    steps_zh: tuple[str, ...]
    steps_en: tuple[str, ...]

    @property
    def title(self) -> str:
        return by_language(self.zh, self.en)

    @property
    def steps(self) -> tuple[str, ...]:
        return self.steps_zh if by_language("zh", "en") == "zh" else self.steps_en


@dataclass(frozen=True)
class Question:
    zh: str
    en: str
    answer_zh: str
    answer_en: str

    @property
    def title(self) -> str:
        return by_language(self.zh, self.en)

    @property
    def answer(self) -> str:
        return by_language(self.answer_zh, self.answer_en)


@cache
def tasks() -> tuple[Task, ...]:
    """Every task, in the order of the handbook."""
    rows = tomllib.loads(FILE.read_text(encoding="utf-8"))["tasks"]
    return tuple(
        Task(
            row["id"],
            row["zh"],
            row["en"],
            tuple(row["routes"]),
            tuple(row["steps_zh"]),
            tuple(row["steps_en"]),
        )
        for row in rows
    )


@cache
def questions() -> tuple[Question, ...]:
    """Every answered question."""
    return tuple(Question(**row) for row in tomllib.loads(FILE.read_text(encoding="utf-8"))["questions"])


@cache
def _task_of() -> dict[str, str]:
    return {route: task.id for task in tasks() for route in task.routes}


def task_on(route: str) -> str:
    """The task that a page belongs to; empty for a page that explains itself."""
    return _task_of().get(route, "")


@dataclass(frozen=True)
class NoticeShown:
    """A notice in the reader's language."""

    title: str
    text: str
    since: datetime


def notices_shown() -> list[NoticeShown]:
    """The notice board as it stands, the newest first."""
    return [
        NoticeShown(
            by_language(each.title_zh, each.title_en),
            by_language(each.text_zh, each.text_en),
            each.shown_from,
        )
        for each in notices.current()[:MOST_NOTICES]
    ]
