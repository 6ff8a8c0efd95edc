"""Lists of changes and exits that were published before it was kept that they pay nothing."""

from typing import Any

from django.db import migrations


def mark(apps: Any, schema_editor: Any) -> None:
    """Take the amounts off the lists of every change of the register."""
    lists = apps.get_model("disclosure_publicity", "PublicList")
    lists.objects.filter(scheme__startswith="change:").update(with_money=False)


def unmark(apps: Any, schema_editor: Any) -> None:
    """Leave the column as it was before."""
    apps.get_model("disclosure_publicity", "PublicList").objects.update(with_money=True)


class Migration(migrations.Migration):
    """Sets with_money of the lists of changes."""

    dependencies = [
        ("workflows_changes", "0001_initial"),
        ("disclosure_publicity", "0005_lists_without_money"),
    ]
    operations = [migrations.RunPython(mark, unmark)]
