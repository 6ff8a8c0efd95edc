from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("disclosure_publicity", "0003_posting_offices_and_submissions")]

    operations = [
        migrations.AlterField(
            model_name="publiclist",
            name="kind",
            field=models.CharField(
                choices=[
                    ("resolution", "村决议公开"),
                    ("application", "名单公示"),
                    ("result", "结果公开"),
                    ("announcement", "公告"),
                ],
                max_length=16,
                verbose_name="种类",
            ),
        ),
    ]
