"""Settings of a developer's machine and of the demo: embedded database, no secrets of its own."""

from .base import *  # noqa: F403

DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", "testserver"]
SECRET_KEY = "development-only-key-that-guards-nothing-but-invented-people"
FIELD_KEYS = ["ZGV2ZWxvcG1lbnQtb25seS1maWVsZC1rZXktMDAwMDE="]
LOOKUP_KEY = "development-only-lookup-key"
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
CLOCK_MAY_BE_SET = True
DEMO_ALLOWED = True
