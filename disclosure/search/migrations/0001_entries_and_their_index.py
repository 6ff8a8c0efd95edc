"""The index's table, and each database's own full text index on it."""

from typing import Any

from django.db import migrations, models

from disclosure.search import backends
from portal.areas.collation import by_bytes


def install(apps: Any, editor: Any) -> None:
    """Make the index of the database that is being migrated."""
    backends.install(editor.connection)


def remove(apps: Any, editor: Any) -> None:
    """Take it away again."""
    backends.remove(editor.connection)


class Migration(migrations.Migration):
    initial = True

    dependencies: list[Any] = []

    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("document", models.CharField(max_length=80)),
                ("position", models.PositiveIntegerField()),
                ("kind", models.CharField(max_length=16)),
                ("path", models.CharField(max_length=500)),
                ("anchor", models.CharField(blank=True, max_length=80)),
                ("area_path", models.CharField(blank=True, max_length=40)),
                ("place", models.CharField(blank=True, max_length=200)),
                ("on", models.DateField(null=True)),
                ("mark", models.CharField(blank=True, max_length=20)),
                ("revision", models.CharField(blank=True, max_length=40)),
                ("title", models.CharField(max_length=255)),
                ("text", models.TextField(blank=True)),
                ("grams", models.TextField()),
            ],
            options={
                "verbose_name": "搜索条目",
                "verbose_name_plural": "搜索条目",
                "constraints": [
                    models.UniqueConstraint(fields=("document", "position"), name="one_entry_a_position")
                ],
            },
        ),
        # Ranges of paths are compared by bytes on PostgreSQL too (portal.areas).
        by_bytes("disclosure_search_entry", "area_path", 40),
        migrations.RunPython(install, remove),
    ]
