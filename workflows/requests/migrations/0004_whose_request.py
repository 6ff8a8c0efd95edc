"""Whose request it is, settled where several households have somebody of the asker's name."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("workflows_registry", "0004_income_found_by_a_check"),
        ("workflows_requests", "0003_own_forms_of_households"),
    ]

    operations = [
        migrations.AddField(
            model_name="helprequest",
            name="household",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="requests",
                to="workflows_registry.household",
            ),
        ),
        migrations.AlterField(
            model_name="requeststep",
            name="kind",
            field=models.CharField(
                choices=[
                    ("received", "收到"),
                    ("passed", "转交"),
                    ("filed", "立案"),
                    ("answered", "答复"),
                    ("told", "告知本人"),
                    ("yellow", "快到期，提醒承办"),
                    ("red", "超期，提醒承办"),
                    ("escalated", "超期，报上一级"),
                    ("reopened", "办件撤销，重新要办"),
                    ("whose", "认定是哪一户"),
                ],
                max_length=10,
            ),
        ),
    ]
