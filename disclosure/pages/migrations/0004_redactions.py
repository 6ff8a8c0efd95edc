"""Tombstones of what was taken out of a page."""

from django.db import migrations, models

PAGES = ("homepage", "sectionpage", "noticepage", "policydocumentpage", "policyreadingpage")


class Migration(migrations.Migration):
    dependencies = [
        ("disclosure_pages", "0003_index_numbers_standing_withdrawals"),
    ]

    operations = [
        migrations.AddField(
            model_name=name,
            name="redactions",
            field=models.JSONField(blank=True, default=list, editable=False),
        )
        for name in PAGES
    ]
