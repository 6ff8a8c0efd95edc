"""By when a list is to be corrected after an objection to it was upheld."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("disclosure_publicity", "0011_other_village_matters")]

    operations = [
        migrations.AddField(
            model_name="objection",
            name="correct_by",
            field=models.DateField(null=True, verbose_name="更正期限"),
        )
    ]
