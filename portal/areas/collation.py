"""Paths in the order of their bytes: a range of paths uses the index only where no language sorts them."""

from typing import Any

from django.db import migrations


def by_bytes(table: str, column: str, length: int = 255) -> migrations.RunPython:
    """Return the step that gives a path column COLLATE "C" on PostgreSQL, as SQLite sorts anyway."""

    def change(collation: str) -> Any:
        def run(apps: Any, schema_editor: Any) -> None:
            if schema_editor.connection.vendor != "postgresql":
                return
            quote = schema_editor.quote_name
            kind = f'varchar({length}) COLLATE "{collation}"'
            schema_editor.execute(f"ALTER TABLE {quote(table)} ALTER COLUMN {quote(column)} TYPE {kind}")

        return run

    return migrations.RunPython(change("C"), change("default"))
