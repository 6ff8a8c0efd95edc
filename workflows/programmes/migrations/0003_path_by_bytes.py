"""Sort the area paths of programmes by their bytes on PostgreSQL, so that a subtree is one range of the index."""

from typing import ClassVar

from django.db import migrations

from portal.areas.collation import by_bytes


class Migration(migrations.Migration):
    """PostgreSQL only; COLLATE "C" is an error on SQLite, which sorts so anyway."""

    dependencies: ClassVar = [("workflows_programmes", "0002_initial")]
    operations: ClassVar = [
        by_bytes("workflows_programmes_programme", "area_path", 40),
    ]
