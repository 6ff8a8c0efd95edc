"""A county's server: the production settings, in a process of their own."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.deployment import ENVIRONMENT, environment

ROOT = Path(__file__).resolve().parents[3]
DEVELOPMENT_KEY = "ZGV2ZWxvcG1lbnQtb25seS1maWVsZC1rZXktMDAwMDE="


def start(*words: str, **changes: str | None) -> subprocess.CompletedProcess[str]:
    """Run a management command on the server whose environment differs by `changes`."""
    command = [sys.executable, "-m", "django", *words]
    return subprocess.run(
        command, cwd=ROOT, env=environment(PYTHONPATH=str(ROOT), **changes), capture_output=True, text=True
    )


def test_the_deployment_check_gives_no_warning() -> None:
    checked = start("check", "--deploy", "--fail-level", "WARNING")
    assert checked.returncode == 0, checked.stderr
    # One is silenced, axes.W006, for the reason that stands beside the setting.
    assert "(1 silenced)" in checked.stdout


def test_every_missing_secret_is_named_at_once_with_what_it_is_for() -> None:
    names = [name for name in ENVIRONMENT if name != "DJANGO_SETTINGS_MODULE"]
    started = start("check", **dict.fromkeys(names))
    assert started.returncode != 0
    assert all(f"{name}：没有设置" in started.stderr for name in names)


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("SECRET_KEY", "short", "太短"),
        ("SECRET_KEY", "development-only-key-that-guards-nothing-but-invented-people", "开发环境"),
        ("FIELD_KEYS", "not-base64!", "32 字节的 base64"),
        ("FIELD_KEYS", DEVELOPMENT_KEY, "开发环境"),
        ("SITE_ADDRESS", "http://mingbai.example.gov.cn", "https://"),
        ("SECRET_KEY_FILE", "/nonexistent/secret", "读不到文件"),
        ("MAIL_HOST", "mail.example.gov.cn", "MAIL_FROM"),
    ],
)
def test_a_setting_that_is_no_good_stops_the_start_and_is_not_repeated(
    name: str, value: str, complaint: str
) -> None:
    started = start("check", **{name: value})
    assert started.returncode != 0
    refusal = started.stderr[started.stderr.index("正式环境的设置不完整") :]
    assert complaint in refusal
    assert name.endswith("_FILE") or value not in refusal.replace("例如 https://", "")


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(ENVIRONMENT["SECRET_KEY"] + "\n")
    started = start("check", SECRET_KEY=None, SECRET_KEY_FILE=str(secret))
    assert started.returncode == 0, started.stderr


def test_the_demo_and_a_set_clock_are_closed_on_a_countys_server() -> None:
    script = (
        "from django.conf import settings as s;"
        "print(s.DEBUG, s.DEMO_ALLOWED, s.CLOCK_MAY_BE_SET,"
        " s.WHITENOISE_USE_FINDERS, s.SESSION_COOKIE_SECURE)"
    )
    asked = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment(), capture_output=True, text=True
    )
    assert asked.stdout.split() == ["False", "False", "False", "False", "True"]
