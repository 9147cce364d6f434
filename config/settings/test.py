"""Settings of the test suite: the embedded ones, with fast password hashing and folders of their own."""

import tempfile
from pathlib import Path

from config.settings.base import *  # noqa: F403  (settings build on one another)
from config.settings.base import DATABASES, STORAGES

VAR = Path(tempfile.mkdtemp(prefix="qianbei-test-"))
OUTBOX_DIR = VAR / "outbox"
SIGNER_KEYS_DIR = VAR / "signer"
SIGNER_PASSPHRASE = "only-for-tests"  # noqa: S105  (protects keys of the test PKI only)
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "blobs": {"BACKEND": "core.blobs.DurableFileSystemStorage", "OPTIONS": {"location": VAR / "blobs"}},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# A file, not memory: threads of one test must meet the locks that processes meet in earnest.
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["TEST"] = {"NAME": str(VAR / "test.sqlite3")}
# Static files straight from the bundle, without collectstatic.
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
