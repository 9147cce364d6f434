"""One machine, no services: SQLite, files, no broker. For `make demo` and `make run`."""

from config.settings.base import *  # noqa: F403  (settings build on one another)
from config.settings.base import STORAGES

# Static files straight from the bundle, without collectstatic.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
