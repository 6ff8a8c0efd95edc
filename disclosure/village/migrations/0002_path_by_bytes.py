"""Sort the area paths of matters by their bytes on PostgreSQL, so that a subtree is one range of the index."""

from typing import ClassVar

from django.db import migrations

from portal.areas.collation import by_bytes


class Migration(migrations.Migration):
    """PostgreSQL only; COLLATE "C" is an error on SQLite, which sorts so anyway."""

    dependencies: ClassVar = [("disclosure_village", "0001_village_matters")]
    operations: ClassVar = [by_bytes("disclosure_village_villagematter", "area_path", 40)]
