"""One machine, no services: SQLite, files, no broker. For `make demo` and `make run`."""

from config.settings.base import *  # noqa: F403
