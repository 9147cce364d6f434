"""The embedded installation's stand-ins with production's broker, doorbell, cache and database."""

from config.settings.base import env
from config.settings.embedded import *  # noqa: F403  (settings build on one another)

CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": env("REDIS_URL")}}
WORK_DOORBELL = "config.celery.ring"
