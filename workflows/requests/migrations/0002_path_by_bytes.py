"""Sort the paths of requests by their bytes on PostgreSQL, so that a subtree is one range of the index."""

from typing import ClassVar

from django.db import migrations

from portal.areas.collation import by_bytes


class Migration(migrations.Migration):
    """PostgreSQL only; COLLATE "C" is an error on SQLite, which sorts so anyway."""

    dependencies: ClassVar = [("workflows_requests", "0001_requests_and_their_steps")]
    operations: ClassVar = [
        by_bytes("workflows_requests_helprequest", "area_path", 40),
        by_bytes("workflows_requests_helprequest", "holder_path", 40),
    ]
