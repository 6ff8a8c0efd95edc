from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("disclosure_deliberations", "0004_assets_notice_and_papers"),
    ]

    operations = [
        migrations.AddField(
            model_name="deliberation",
            name="closed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="deliberation",
            name="closed_why",
            field=models.CharField(blank=True, max_length=200, verbose_name="撤下的原因"),
        ),
        migrations.AlterField(
            model_name="deliberation",
            name="state",
            field=models.CharField(
                choices=[
                    ("open", "进行中"),
                    ("passed", "已通过"),
                    ("failed", "未通过"),
                    ("replaced", "已因名单变动另行再议"),
                    ("withdrawn", "事情撤下了，没有议完"),
                ],
                default="open",
                max_length=12,
            ),
        ),
    ]
