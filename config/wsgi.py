"""The web application, as servers load it."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.embedded")
application = get_wsgi_application()
# Every page's code is loaded now, not while the first visitor waits; and what start-up has made stays, so
# the collector need not walk through all of it (0.13 s) in the middle of requests.
get_resolver().url_patterns  # noqa: B018  (reading it loads it)
gc.collect()
gc.freeze()
