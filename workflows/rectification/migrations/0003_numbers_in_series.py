"""Numbers are given by a locked series from now on: it goes on behind those that were counted."""

from django.db import migrations

from workflows.engine.numbers import note_given


def fill(apps, schema_editor):
    given = apps.get_model("workflows_rectification", "Ticket").objects
    note_given(apps, given.values_list("number", flat=True), "Z")


class Migration(migrations.Migration):
    dependencies = [
        ("workflows_rectification", "0002_fortnight_reports"),
        ("workflows_engine", "0003_countersigns_and_tasks"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
