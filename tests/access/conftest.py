"""The stage is set once for a file of tests, inside a transaction that is taken back at its end."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.template.base import Template
from django.test.utils import _TestState

from workflows.engine import catalogue
from workflows.flows.apps import shipped

from .stage import Stage, play_the_village, set_the_county


@pytest.fixture(scope="module", autouse=True)
def only_the_portals_flows() -> Iterator[None]:
    """Put away flows that other tests brought: their seats would open the filing to roles of their own."""
    ours = {(flow.key, flow.version) for flow in shipped()}
    brought = {key: flow for key, flow in catalogue._flows.items() if key not in ours}
    for key in brought:
        del catalogue._flows[key]
    yield
    catalogue._flows.update(brought)


@pytest.fixture(scope="module", autouse=True)
def rendered_as_in_life() -> Iterator[None]:
    """Nobody asks here of which templates an answer was made: render without Django's notes on each."""
    noting = Template._render
    Template._render = _TestState.saved_data.template_render
    yield
    Template._render = noting


@pytest.fixture(scope="module")
def ground(django_db_setup: None, django_db_blocker: object) -> Iterator[Stage]:
    """Yield the county before anything is filed in it."""
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        cache.clear()
        yield set_the_county()
        transaction.set_rollback(True)
    cache.clear()


@pytest.fixture(scope="module")
def own_database(
    django_db_setup: None, django_db_blocker: object, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Give the file of tests a database of its own, a copy of the empty one: writes are really committed.

    SQLite takes ten times as long for the whole demo within one transaction. Elsewhere one is taken back.
    """
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        cache.clear()
        if connection.vendor == "sqlite":
            connection.ensure_connection()
            before, after = connection.settings_dict["NAME"], tmp_path_factory.mktemp("demo") / "demo.sqlite3"
            with closing(sqlite3.connect(after)) as target:
                connection.connection.backup(target)
            connection.close()
            connection.settings_dict["NAME"] = str(after)
            yield
            connection.close()
            connection.settings_dict["NAME"] = before
        else:
            with transaction.atomic():
                yield
                transaction.set_rollback(True)
        cache.clear()


@pytest.fixture(scope="module")
def stage(ground: Stage) -> Stage:
    """Return the county with a village's batches played to several steps."""
    play_the_village(ground)
    return ground
