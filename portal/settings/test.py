"""Settings of the tests."""

import atexit
import shutil
import tempfile
from pathlib import Path

from .development import *  # noqa: F403
from .development import DATABASES, MIDDLEWARE

# Sees of every POST whether the ledger recorded what it should (tests/access/recorded.py).
MIDDLEWARE = ["tests.recorder.Recorder", *MIDDLEWARE]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Tests of signing in turn these on; everybody else signs in by one line.
SIGN_IN_SECOND_FACTOR = SIGN_IN_WATCHED = False
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
_SCRATCH = Path(tempfile.mkdtemp(prefix="mingbai-test-"))
atexit.register(shutil.rmtree, _SCRATCH, ignore_errors=True)
MEDIA_ROOT = _SCRATCH / "media"
PRIVATE_ROOT = _SCRATCH / "private"
# Tests of the mirror give it a folder; elsewhere no test pays for it.
MIRROR_ROOT = None
# Empty: every test client reads it through, and beside pictures and files of cases it would be full of them.
STATIC_ROOT = _SCRATCH / "static"
STATIC_ROOT.mkdir()
LEDGER_TRUST_FILE = _SCRATCH / "trust"
# No other process confirms anything beside a test; a query now and then would make counts depend on the load.
CONFIGURATION_RECHECK_SECONDS = None
# Every test client would else look through all packages for static files, and keep what it found.
WHITENOISE_USE_FINDERS = False

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, as in life: in memory all threads share one connection, and races show nothing.
    DATABASES["default"]["TEST"] = {"NAME": str(_SCRATCH / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
