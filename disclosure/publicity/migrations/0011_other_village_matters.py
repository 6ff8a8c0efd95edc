"""Village matters that are no dividend, works or accounts have a kind of their own; nothing stored changes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("disclosure_publicity", "0010_fill_contents")]

    operations = [
        migrations.AlterField(
            model_name="publiclist",
            name="content",
            field=models.CharField(
                choices=[
                    ("additions", "纳入帮扶对象"),
                    ("exits", "退出帮扶对象"),
                    ("changes", "户档变更"),
                    ("applications", "项目申请"),
                    ("aid", "临时救助"),
                    ("allocations", "资金分配"),
                    ("payments", "资金发放"),
                    ("dividends", "收益分红"),
                    ("works", "工程项目"),
                    ("assessments", "考核结果"),
                    ("accounts", "村级账目"),
                    ("village", "其他村务"),
                ],
                db_index=True,
                default="applications",
                max_length=16,
                verbose_name="内容",
            ),
        ),
    ]
