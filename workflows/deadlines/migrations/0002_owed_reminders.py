"""What was told of lists that wait for their correction."""

import django.db.models.deletion
from django.db import migrations, models

import portal.clock


class Migration(migrations.Migration):
    dependencies = [
        ("disclosure_publicity", "0012_correct_by"),
        ("workflows_deadlines", "0001_stays_and_reminders"),
    ]

    operations = [
        migrations.CreateModel(
            name="OwedReminder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "mark",
                    models.CharField(
                        choices=[
                            ("yellow", "快到期提醒"),
                            ("red", "超期提醒"),
                            ("again", "超期再次提醒"),
                            ("escalated", "超期上报"),
                            ("total_yellow", "总时限快到提醒"),
                            ("total_red", "超过总时限上报"),
                        ],
                        max_length=12,
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(default=0)),
                ("at", models.DateTimeField(default=portal.clock.now)),
                ("days", models.PositiveIntegerField(default=0, help_text="working days past the deadline")),
                ("told", models.JSONField(default=list)),
                (
                    "objection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="owed_reminders",
                        to="disclosure_publicity.objection",
                    ),
                ),
            ],
            options={
                "verbose_name": "更正提醒",
                "verbose_name_plural": "更正提醒",
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("objection", "mark", "number"), name="told_once_of_what_is_owed"
                    )
                ],
            },
        )
    ]
