"""The tests' own PostgreSQL server."""

import pytest
from django.db import connection


@pytest.mark.postgres(only=True)
@pytest.mark.django_db
def test_the_throw_away_server_sorts_by_code_point_and_speaks_utf8() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select datcollate, pg_encoding_to_char(encoding) from pg_database"
            " where datname = current_database()"
        )
        assert cursor.fetchone() == ("C.UTF-8", "UTF8")
