"""Index numbers, last days and changes of policies, withdrawals with reasons, views, kinds of columns."""

from typing import Any


import django.db.models.deletion
import modelcluster.fields
import portal.clock
from django.conf import settings
from django.db import migrations, models


def column_types(apps: Any, schema_editor: Any) -> None:
    """Say of the columns that every site has what kind they are."""
    section = apps.get_model("disclosure_pages", "SectionPage")
    for slug, kind in (("policies", "政策文件"), ("readings", "政策解读")):
        section.objects.filter(slug=slug, depth=3).update(column_type=kind)


class Migration(migrations.Migration):
    dependencies = [
        ("disclosure_pages", "0002_first_site"),
        ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="noticepage",
            name="index_number",
            field=models.CharField(blank=True, editable=False, max_length=60, verbose_name="索引号"),
        ),
        migrations.AddField(
            model_name="policydocumentpage",
            name="noted_state",
            field=models.CharField(blank=True, editable=False, max_length=10),
        ),
        migrations.AddField(
            model_name="policydocumentpage",
            name="valid_until",
            field=models.DateField(
                blank=True, help_text="过了这一天，网页自己写明“已失效”", null=True, verbose_name="有效期至"
            ),
        ),
        migrations.AddField(
            model_name="policyreadingpage",
            name="index_number",
            field=models.CharField(blank=True, editable=False, max_length=60, verbose_name="索引号"),
        ),
        migrations.AddField(
            model_name="sectionpage",
            name="column_type",
            field=models.CharField(
                choices=[
                    ("政策文件", "政策文件"),
                    ("政策解读", "政策解读"),
                    ("通知公告", "通知公告"),
                    ("工作动态", "工作动态"),
                    ("信息公开", "信息公开"),
                    ("办事服务", "办事服务"),
                    ("互动交流", "互动交流"),
                ],
                default="通知公告",
                max_length=10,
                verbose_name="栏目类别",
            ),
        ),
        migrations.AddField(
            model_name="sectionpage",
            name="keywords",
            field=models.CharField(
                blank=True, help_text="几个词，中间用分号隔开", max_length=100, verbose_name="关键词"
            ),
        ),
        migrations.AddField(
            model_name="siterecord",
            name="organ",
            field=models.CharField(blank=True, max_length=60, verbose_name="党政机关标识编号"),
        ),
        migrations.AlterField(
            model_name="policydocumentpage",
            name="validity",
            field=models.CharField(
                blank=True,
                choices=[("valid", "有效"), ("amended", "已修改"), ("expired", "失效"), ("repealed", "废止")],
                help_text="文件自己写明的；被别的文件废止、修改的，在那份文件里登记，这里不用改",
                max_length=10,
                verbose_name="有效性",
            ),
        ),
        migrations.CreateModel(
            name="PageViews",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("path", models.CharField(max_length=255)),
                ("day", models.DateField()),
                ("count", models.PositiveIntegerField()),
            ],
            options={
                "verbose_name": "浏览量",
                "constraints": [
                    models.UniqueConstraint(fields=("path", "day"), name="views_of_a_page_on_a_day")
                ],
            },
        ),
        migrations.CreateModel(
            name="PolicyChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sort_order", models.IntegerField(blank=True, editable=False, null=True)),
                (
                    "effect",
                    models.CharField(
                        choices=[("repeals", "废止"), ("amends", "修改")],
                        default="repeals",
                        max_length=8,
                        verbose_name="怎样",
                    ),
                ),
                (
                    "starts_on",
                    models.DateField(
                        blank=True, help_text="留空就是这份文件的发布日期", null=True, verbose_name="从哪天起"
                    ),
                ),
                (
                    "newer",
                    modelcluster.fields.ParentalKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes",
                        to="disclosure_pages.policydocumentpage",
                    ),
                ),
                (
                    "older",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changed_by",
                        to="disclosure_pages.policydocumentpage",
                        verbose_name="原来的文件",
                    ),
                ),
            ],
            options={
                "verbose_name": "废止或修改",
                "ordering": ["sort_order"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Withdrawal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=255, verbose_name="标题")),
                ("reason", models.CharField(max_length=300, verbose_name="撤下的原因")),
                ("withdrawn_on", models.DateField(default=portal.clock.today)),
                ("withdrawn_at", models.DateTimeField(default=portal.clock.now)),
                (
                    "page",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="withdrawals",
                        to="wagtailcore.page",
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "撤下的网页",
            },
        ),
        migrations.CreateModel(
            name="IndexNumber",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=60, unique=True, verbose_name="索引号")),
                ("issuer", models.CharField(blank=True, max_length=120, verbose_name="发文机关")),
                ("series", models.CharField(blank=True, max_length=60)),
                ("serial", models.PositiveIntegerField(null=True)),
                ("printed", models.BooleanField(default=False)),
                ("issued_on", models.DateField(default=portal.clock.today)),
                (
                    "page",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="index_record",
                        to="wagtailcore.page",
                    ),
                ),
            ],
            options={
                "verbose_name": "索引号",
                "constraints": [
                    models.UniqueConstraint(fields=("series", "serial"), name="index_numbers_in_a_row")
                ],
            },
        ),
        migrations.RunPython(column_types, migrations.RunPython.noop),
    ]
