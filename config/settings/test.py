"""Settings of the test suite."""

SECRET_KEY = "only-for-tests"
USE_TZ = True
