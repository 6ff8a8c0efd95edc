"""The year of a round instead of typed days, the grades that held when it was opened, its numbers' series."""

from django.db import migrations, models

from workflows.engine.numbers import note_given

# The points of each grade in the one release that did not keep them.
GRADES = {"excellent": 90, "good": 80, "pass": 60}


def fill(apps, schema_editor):
    rounds = apps.get_model("workflows_assessment", "Round").objects.order_by("pk")
    for one in rounds:
        one.year, one.grades = one.first_day.year, GRADES
        one.save(update_fields=["year", "grades"])
    note_given(apps, rounds.values_list("number", flat=True), "K")


class Migration(migrations.Migration):
    dependencies = [
        ("workflows_assessment", "0001_rounds"),
        ("workflows_engine", "0003_countersigns_and_tasks"),
    ]

    operations = [
        migrations.AddField(
            model_name="round",
            name="year",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="年份"),
            preserve_default=False,
        ),
        migrations.AddField(model_name="round", name="grades", field=models.JSONField(default=dict)),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="round",
            constraint=models.UniqueConstraint(
                fields=("area", "subjects_are", "kind", "year"), name="one_round_a_kind_and_year"
            ),
        ),
    ]
