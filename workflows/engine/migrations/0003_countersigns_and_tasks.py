"""Countersigns, tasks for persons, the timeline of acts, and what an official vouched for."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import portal.clock


class Migration(migrations.Migration):
    dependencies = [
        ("workflows_engine", "0002_path_by_bytes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="act",
            name="instead_of",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="act",
            name="notes",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="batch",
            name="advised",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="batch",
            name="asked",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="batch",
            name="held_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="batch",
            name="needs",
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="batch",
            name="signed",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="batch",
            name="signers",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="batch",
            name="urged_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="decision",
            name="vouched",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AlterField(
            model_name="act",
            name="kind",
            field=models.CharField(
                choices=[
                    ("sign", "办理"),
                    ("sign_for", "签收"),
                    ("take_back", "撤回"),
                    ("clock", "公示期满"),
                    ("send_back", "异议成立退回"),
                    ("reassign", "转办"),
                    ("delegate", "委派"),
                    ("add_sign", "加签"),
                    ("cc", "抄送"),
                    ("answer", "回复意见"),
                    ("call_back", "收回"),
                    ("urge", "催办"),
                    ("note", "批注"),
                    ("read", "已阅"),
                ],
                max_length=12,
            ),
        ),
        migrations.CreateModel(
            name="Task",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("reassign", "转办"),
                            ("delegate", "委派"),
                            ("add_sign", "加签"),
                            ("cc", "抄送"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "未办"), ("done", "已办"), ("closed", "已收回")],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("step", models.CharField(max_length=32)),
                ("round", models.PositiveSmallIntegerField(default=1)),
                ("at", models.DateTimeField(default=portal.clock.now)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "act",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to="workflows_engine.act",
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to="workflows_engine.batch",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "交办事项",
                "verbose_name_plural": "交办事项",
                "indexes": [
                    models.Index(fields=["person", "kind", "state"], name="workflows_e_person__2b3662_idx"),
                    models.Index(fields=["batch", "state"], name="workflows_e_batch_i_b29c90_idx"),
                ],
            },
        ),
    ]
