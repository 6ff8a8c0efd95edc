"""A notice for who waited and whose turn the money reached."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workflows_notices", "0002_kinds_of_notices")]

    operations = [
        migrations.AlterField(
            model_name="householdnotice",
            name="kind",
            field=models.CharField(
                choices=[
                    ("refused", "不予批准"),
                    ("reduced", "金额核减"),
                    ("returned", "退回补正"),
                    ("exited", "退出名单"),
                    ("waiting", "列入候补"),
                    ("promoted", "候补轮到，批准了"),
                ],
                max_length=10,
                verbose_name="种类",
            ),
        )
    ]
