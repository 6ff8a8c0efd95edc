"""Sort the area paths of batches and cases by their bytes on PostgreSQL, so that a subtree is one range of the index."""

from typing import ClassVar

from django.db import migrations

from portal.areas.collation import by_bytes


class Migration(migrations.Migration):
    """PostgreSQL only; COLLATE "C" is an error on SQLite, which sorts so anyway."""

    dependencies: ClassVar = [("workflows_engine", "0001_initial")]
    operations: ClassVar = [
        by_bytes("workflows_engine_batch", "area_path", 40),
        by_bytes("workflows_engine_case", "area_path", 40),
    ]
