"""A round may be called off before it is public, a score be put right by who gave it; the old ones stay."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import portal.sealing.fields

STATES = [
    ("scoring", "正在打分"),
    ("appeals", "可以申诉"),
    ("decided", "上一级已审定"),
    ("accepted", "市级已验收"),
    ("published", "结果已公开"),
    ("closed", "已办结"),
    ("called_off", "已作废"),
]


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("workflows_assessment", "0003_names_of_rows"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="round", name="one_round_a_kind_and_year"),
        migrations.RemoveConstraint(model_name="score", name="one_score_a_person"),
        migrations.AlterField(
            model_name="round",
            name="state",
            field=models.CharField(choices=STATES, default="scoring", max_length=10, verbose_name="状态"),
        ),
        migrations.AddField(
            model_name="round", name="called_off_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddField(
            model_name="round",
            name="called_off_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="round",
            name="called_off_words",
            field=portal.sealing.fields.EncryptedTextField(blank=True, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="score",
            name="replaces",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replaced_by",
                to="workflows_assessment.score",
            ),
        ),
        migrations.AddField(
            model_name="score",
            name="why",
            field=portal.sealing.fields.EncryptedTextField(blank=True, default=""),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="round",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "called_off"), _negated=True),
                fields=("area", "subjects_are", "kind", "year"),
                name="one_standing_round_a_year",
            ),
        ),
        migrations.AddConstraint(
            model_name="score",
            constraint=models.UniqueConstraint(
                condition=models.Q(("replaces", None)),
                fields=("subject", "by"),
                name="one_first_score_a_person",
            ),
        ),
    ]
