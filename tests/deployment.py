"""An invented county server's environment: ``python -m tests.deployment COMMAND…`` runs COMMAND in it."""

import os
import subprocess
import sys

ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "portal.settings.production",
    "SECRET_KEY": "invented-for-the-tests-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFG",
    "FIELD_KEYS": "aW52ZW50ZWQtZm9yLXRoZS10ZXN0cy1rZXktMDAwMDE=",
    "LOOKUP_KEY": "invented-for-the-tests-lookup-key-0123456789",
    "INQUIRY_KEY": "9BFFMxjJJDd0FrkfqfFN2PTVVcZcWmPwVvSsHwkWUjM=",
    "ALLOWED_HOSTS": "mingbai.example.gov.cn",
    "SITE_ADDRESS": "https://mingbai.example.gov.cn",
    "DATABASE_URL": "sqlite:///:memory:",
    "MAIL_HOST": "none",
}


def environment(**changes: str | None) -> dict[str, str]:
    """Return this process's environment with the invented server's on top; None takes a name away."""
    # A worker that also drives a browser holds this for its own sake (tests/conftest.py); no server does.
    ours = {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    merged: dict[str, str | None] = {**ours, **ENVIRONMENT, **changes}
    return {name: value for name, value in merged.items() if value is not None}


if __name__ == "__main__":
    sys.exit(subprocess.run(sys.argv[1:], env=environment()).returncode)
