"""Settings of a developer's machine and of the demo: embedded database, no secrets of its own."""

import os

from .base import *  # noqa: F403
from .base import VAR_DIR

DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", "testserver"]
SECRET_KEY = "development-only-key-that-guards-nothing-but-invented-people"
FIELD_KEYS = ["ZGV2ZWxvcG1lbnQtb25seS1maWVsZC1rZXktMDAwMDE="]
LOOKUP_KEY = "development-only-lookup-key"
# Its opening half is in the demo (workflows/demo/build.py): it guards nothing but invented searches.
INQUIRY_KEY = "efw/cEkwuYXytDWvetSeijhLJioCI8iuXpIEW/FC6xs="
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
# The database, uploads and collected files of a developer's machine all stand in one folder.
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
MEDIA_SERVED = True
CLOCK_MAY_BE_SET = True
DEMO_ALLOWED = True
# The demo is easy to enter unless it is asked to be strict: SECOND_FACTOR=on make demo.
SIGN_IN_SECOND_FACTOR = SIGN_IN_WATCHED = os.environ.get("SECOND_FACTOR", "") == "on"
# Wagtail tells of every page it makes; the demo's own lines would drown in it.
LOGGING["loggers"]["wagtail"] = {"level": "WARNING"}  # type: ignore[index]  # noqa: F405
# The demo is to start quickly: today's pages and those of a weekend.
MIRROR_DAYS_AHEAD = 2
