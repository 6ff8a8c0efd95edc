"""On PostgreSQL paths sort by their bytes, so that a subtree is one range of the index."""

import pytest
from django.db import connection

from portal.areas.models import Area
from tests.portal.people.invented import EAST, areas

pytestmark = [pytest.mark.postgres(only=True), pytest.mark.django_db]


def test_the_path_has_the_collation_of_bytes() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT collation_name FROM information_schema.columns"
            " WHERE table_name = %s AND column_name = 'path'",
            [Area._meta.db_table],
        )
        assert cursor.fetchone() == ("C",)


def test_a_subtree_is_read_from_the_index() -> None:
    east = areas()[EAST]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = Area.objects.within(east).order_by().explain()
    assert "Index Cond" in plan and "path" in plan
