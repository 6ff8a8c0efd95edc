"""What every test can count on: both databases, the portal's clock, a browser, short or full counts."""

import gc
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests import nginx
from tests.prepared import copying, kept

FULL = os.environ.get("PROOF") == "1"
SHARED = Path(__file__).resolve().parent.parent.parent / "shared"

settings.register_profile("short", max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
settings.register_profile("full", max_examples=2000, deadline=None, suppress_health_check=list(HealthCheck))
settings.load_profile("full" if FULL else "short")


def chromium() -> str | None:
    """Return the path of the machine's Chromium, or None."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    return None


# Modules with something that is dear to make: one worker runs the whole of each. The marks of pytest-xdist
# 3.8 are lost on pytest 9.2, which no longer reads the name that they write to.
TOGETHER = (
    "tests/access/test_hidden_objects.py",
    "tests/access/test_whole_demo.py",
    "tests/portal/files/test_bounded_memory.py",
)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object:
    """Hand out tests one by one, in order, but those of a module in `TOGETHER` to one worker, first."""
    from xdist.scheduler import LoadGroupScheduling

    class Scheduling(LoadGroupScheduling):
        def _split_scope(self, nodeid: str) -> str:
            module = nodeid.partition("::")[0]
            return module if module in TOGETHER else nodeid

    return Scheduling(config, log)


def pytest_configure(config: pytest.Config) -> None:
    """Name the mark of tests that run the web server."""
    config.addinivalue_line("markers", "nginx: needs nginx")


def _on_postgresql() -> bool:
    return os.environ.get("DATABASE_URL", "").startswith("postgres")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave what only PostgreSQL can show to its own run, and name the tool that a test has to go without."""
    for item in items:
        marker = item.get_closest_marker("django_db")
        # Django empties the database behind a test that commits: one that does not stand up what migrations
        # wrote finds no content type, or ones with other keys than those that a neighbour brings back.
        if marker and marker.kwargs.get("transaction") and not marker.kwargs.get("serialized_rollback"):
            raise pytest.UsageError(f"{item.nodeid} commits: mark it serialized_rollback=True too")
    marked = [item for item in items if item.get_closest_marker("postgres")]
    config.stash[_tally] = {"postgres": len(marked), "browser": 0, "nginx": 0}
    if not _on_postgresql():
        only = {item for item in marked if item.get_closest_marker("postgres").kwargs.get("only")}  # type: ignore[union-attr]
        if only:
            config.hook.pytest_deselected(items=list(only))
            items[:] = [item for item in items if item not in only]
    if chromium() is None:
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason="Chromium is missing"))
                config.stash[_tally]["browser"] += 1
    if nginx.program() is None:
        for item in items:
            if item.get_closest_marker("nginx"):
                item.add_marker(pytest.mark.skip(reason="nginx is missing"))
                config.stash[_tally]["nginx"] += 1


def pytest_collection_finish() -> None:
    """Spare the collector what lives as long as the run: modules, models, tests."""
    gc.collect()
    gc.freeze()
    # And look through what is old more seldom than after every hundred requests or so.
    gc.set_threshold(700, 20, 50)


def pytest_runtest_logfinish() -> None:
    """Let no test find settings that another one confirmed: what a process keeps outlives a rollback."""
    from portal.configuration import services as configuration

    if configuration._held.rows:
        configuration.forget()


@pytest.fixture(autouse=True)
def _every_post_is_recorded() -> Iterator[None]:
    """Fail a test whose POST recorded what is not listed for its route, or changed things silently.

    What a fixture of a whole module posted is answered for by the first test that asks for it.
    """
    yield
    found = getattr(sys.modules.get("tests.recorder"), "WRONG", [])
    wrong = found.copy()
    found.clear()
    assert not wrong, "say so in tests/access/recorded.py, or record it:\n" + "\n".join(sorted(set(wrong)))


# How many tests need a tool: tests/__main__.py names those that a missing one cost.
_tally = pytest.StashKey[dict[str, int]]()
# Which routes were seen to record what, in any worker.
_recorded = pytest.StashKey[list[list[str]]]()


def _recorded_here() -> list[list[str]]:
    return [list(pair) for pair in getattr(sys.modules.get("tests.recorder"), "SEEN", ())]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand this worker's tally to the process that runs the workers."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["tally"] = session.config.stash.get(_tally, {})
        output["recorded"] = _recorded_here()


def pytest_testnodedown(node: object, error: object) -> None:
    """Take a worker's tally; every worker collects the same tests, so any one will do."""
    output = getattr(node, "workeroutput", {})
    config: pytest.Config = node.config  # type: ignore[attr-defined]
    if tally := output.get("tally"):
        config.stash[_tally] = tally
    config.stash[_recorded] = [*config.stash.get(_recorded, []), *output.get("recorded", [])]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Write the counts of this run where tests/__main__.py asks for them."""
    target = os.environ.get("TESTS_TALLY")
    if target and not hasattr(config, "workerinput"):
        counts = {name: len(reports) for name, reports in terminalreporter.stats.items() if name}
        said = {"counts": counts, "needs": config.stash.get(_tally, {})}
        said["recorded"] = [*config.stash.get(_recorded, []), *_recorded_here()]
        Path(target).write_text(json.dumps(said))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Begin with a copy of a migrated database: the kept one on SQLite, that of `make test` on PostgreSQL."""
    from django.db import connection

    source = os.environ.get("TESTS_PREPARED") if connection.vendor == "postgresql" else str(kept())
    if source:
        connection.creation.create_test_db = copying(connection.creation, source)  # type: ignore[method-assign]


@pytest.fixture
def rounds() -> Callable[[int, int], int]:
    """Return `rounds(short, full)`: how often to repeat; `make proof` repeats in full."""
    return lambda short, full: full if FULL else short


@pytest.fixture(scope="session")
def travel() -> Callable[[datetime], AbstractContextManager[None]]:
    """Return the portal clock's `travel(moment)`."""
    from portal.clock import travel as set_clock

    return set_clock


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """Yield a headless Chromium (Playwright's synchronous API) for tests marked `browser`."""
    from django.db import connections
    from playwright.sync_api import sync_playwright

    ours = {connection.alias: connection for connection in connections.all()}
    # Django refuses database work in a thread with an event loop; Playwright's greenlet keeps one there.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    arguments = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
    arguments += ["--disable-component-update", "--disable-sync"]
    with sync_playwright() as playwright:
        # Beside an event loop Django would open connections anew, which know nothing of the test database's
        # first rows.
        for alias, connection in ours.items():
            connections[alias] = connection
        running = playwright.chromium.launch(executable_path=chromium(), args=arguments)
        yield running
        running.close()


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of real documents and divisions beside the project; skips where it is not there."""
    if not SHARED.is_dir():
        pytest.skip("the folder of shared material is not beside the project")
    return SHARED
