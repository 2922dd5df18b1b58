"""The settings of the tests: production's, with a key of their own, files in a temporary place and fast hashing."""

import os
import tempfile
from pathlib import Path

# Tests never look at a demo that runs in this checkout. Without a DATABASE_URL they get a server of their own from
# tests/conftest.py, which fills in its address before the first connection.
for name in ("DEMO", "DEBUG", "SENTRY_DSN"):
    os.environ.pop(name, None)
# Only the tests that are about Redis use one. The workers of xdist find its address under the other name.
TEST_REDIS_URL = os.environ.setdefault("AFTERSALES_TEST_REDIS", os.environ.pop("REDIS_URL", ""))
os.environ.pop("REDIS_URL", None)
EMBEDDED_DATABASE = "postgres://postgres@/aftersales?host=/embedded"
os.environ["DATABASE_URL"] = os.environ.get("DATABASE_URL") or EMBEDDED_DATABASE
os.environ["SECRET_KEY"] = "tests-only-0123456789-abcdefghijklmnopqrstuvwxyz-0123456789"

from aftersales.settings import *  # noqa: E402, F403

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Every login of a test would count otherwise; the tests of the lock itself switch it on.
AXES_ENABLED = False
SECURE_SSL_REDIRECT = False
SESSION_COOKIE_SECURE = False
CSRF_COOKIE_SECURE = False
# A folder for each checkout and each worker of xdist: a file is named by what is in it, so two tests that run side by
# side with the same picture would otherwise sweep and erase each other's.
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "alone")
CHECKOUT = "-".join(BASE_DIR.parts[1:])  # noqa: F405
PRIVATE_ROOT = Path(tempfile.gettempdir()) / f"aftersales-tests-files-{os.getuid()}" / CHECKOUT / WORKER
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": PRIVATE_ROOT}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
LOGGING_CONFIG = None  # pytest captures
