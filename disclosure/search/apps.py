"""App of the room disclosure.search."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SearchConfig(AppConfig):
    """Full text search of what is public."""

    name = "disclosure.search"
    label = "disclosure_search"
    verbose_name = "搜索"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Take pages and lists in, follow their changes; fill the index when its table has just been made."""
        from . import lists_source, pages_source

        pages_source.connect()
        lists_source.connect()
        post_migrate.connect(_fill, sender=self, dispatch_uid="search-fill")


def _fill(sender: Any, plan: Any = (), **kwargs: Any) -> None:
    """Index what a site that is brought up to date has published already."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from . import services

    if not any(migration.app_label == sender.label and not back for migration, back in plan):
        return
    executor = MigrationExecutor(connection)
    # While other rooms' tables are still to come (migrate of one app alone) there is nothing to read.
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        services.rebuild()
