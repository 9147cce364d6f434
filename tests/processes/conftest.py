"""One run of the demonstration for all tests that look at what it leaves behind."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from config.demo import main_job
from config.demo.people import SPECIAL
from tests.support.phone_browser import browser

__all__ = ["browser"]


@dataclass(frozen=True)
class Demo:
    """The folder that `make demo` leaves, and its exit code."""

    folder: Path
    code: int

    def read(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()

    def json(self, name: str) -> Any:
        return json.loads(self.read(name))


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The main job with one contract of each special kind."""
    folder = tmp_path_factory.mktemp("demo")
    return Demo(folder, main_job.run(folder, len(SPECIAL)))
