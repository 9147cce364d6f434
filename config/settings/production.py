"""Production: every secret and address comes from the environment, and no stand-in is accepted."""

import os

os.environ.setdefault("SMS_PROVIDER", "http")
os.environ.setdefault("REAL_NAME_PROVIDER", "http")
os.environ.setdefault("CERTIFICATE_AUTHORITY", "http")
os.environ.setdefault("EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")

from config.settings.base import *  # noqa: F403  (settings build on one another)
from config.settings.base import STORAGES, env

PRODUCTION = True
SECRET_KEY = env("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
PUBLIC_URL = env("PUBLIC_URL")
DATABASES = {"default": {**env.db("DATABASE_URL"), "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}}
FIELD_KEYS = env.json("FIELD_KEYS")
FIELD_KEY_ACTIVE = env("FIELD_KEY_ACTIVE")
BLIND_INDEX_KEY = env("BLIND_INDEX_KEY")
AUTHORISATION_KEY = env("AUTHORISATION_KEY")
PROVINCE_TOKEN = env("PROVINCE_TOKEN")
PROVINCES = env.json("PROVINCES")
PLATFORM_SYSTEM_CODE = env("PLATFORM_SYSTEM_CODE")

REDIS_URL = env("REDIS_URL")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
WORK_DOORBELL = "config.celery.ring"

STORAGES = {
    **STORAGES,
    "blobs": {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": env("S3_BUCKET"),
            "endpoint_url": env("S3_ENDPOINT_URL", default=None),
            "file_overwrite": False,
            "default_acl": "private",
        },
    },
}

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
