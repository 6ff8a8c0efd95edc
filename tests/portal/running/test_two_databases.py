"""`python -m tests`: failures come through, and what a missing tool cost is named and counted."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.__main__ import marked

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = """
import sys
import tests.__main__ as runner
from tests.postgres import PostgresMissing

def absent():
    raise PostgresMissing("a PostgreSQL server")

runner.server = absent
sys.exit(runner.main(sys.argv[1:]))
"""
RULES = """
import pytest

def test_plain(): pass

@pytest.mark.postgres
def test_both(): pass

@pytest.mark.postgres(only=True)
def test_only(): pass

@pytest.mark.browser
def test_page(): pass
"""


def run_without_tools(folder: Path, rules: str, workers: str = "0") -> subprocess.CompletedProcess[str]:
    """Run `rules` as the whole suite on a machine without PostgreSQL and Chromium."""
    (folder / "conftest.py").write_text("from tests.conftest import *\nfrom tests.conftest import _tally\n")
    (folder / "test_rules.py").write_text(rules)
    arguments = ["-c", str(ROOT / "pyproject.toml"), "-p", "no:cacheprovider", "-n", workers, str(folder)]
    environment = {**os.environ, "PATH": "/nonexistent", "PYTHONPATH": str(ROOT)}
    for name in [name for name in environment if name.startswith(("PYTEST_", "DATABASE_URL"))]:
        del environment[name]
    return subprocess.run(
        [sys.executable, "-c", SCRIPT, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True
    )


def test_a_missing_tool_is_named_with_the_tests_that_it_cost(tmp_path: Path) -> None:
    ran = run_without_tools(tmp_path, RULES, workers="2")
    closing = ran.stdout.splitlines()
    assert closing[-1] == "2 passed, 0 failed, 3 skipped", ran.stdout + ran.stderr
    assert "missing: a PostgreSQL server: 2 tests did not run on PostgreSQL" in closing
    assert "missing: Chromium: 1 browser tests did not run" in closing
    assert ran.returncode == 0


def test_a_failure_fails_the_command_and_is_counted(tmp_path: Path) -> None:
    ran = run_without_tools(tmp_path, RULES + "\ndef test_wrong(): assert 1 == 2\n")
    assert ran.stdout.splitlines()[-1] == "2 passed, 1 failed, 3 skipped"
    assert ran.returncode == 1


def test_a_file_that_does_not_load_fails_the_command(tmp_path: Path) -> None:
    ran = run_without_tools(tmp_path, "import nothing_of_that_name\n")
    assert ran.returncode == 1
    assert ", 1 failed" in ran.stdout.splitlines()[-1]


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        (["tests"], ["tests", "-m", "postgres"]),
        (["-m", "proof or browser", "-x"], ["-x", "-m", "(proof or browser) and postgres"]),
    ],
)
def test_the_second_run_asks_for_its_mark_besides_the_callers(asked: list[str], given: list[str]) -> None:
    assert marked(asked, "postgres") == given
