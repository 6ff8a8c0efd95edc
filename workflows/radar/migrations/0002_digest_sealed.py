"""The digest of a list from outside stands encrypted: who guesses a short list could try it out."""

from django.db import migrations

import portal.sealing.fields


def seal(apps, schema_editor):
    for one in apps.get_model("workflows_radar", "OutsideList").objects.order_by("pk"):
        one.sealed_digest = one.digest
        one.save(update_fields=["sealed_digest"])


class Migration(migrations.Migration):
    dependencies = [("workflows_radar", "0001_clues")]

    operations = [
        migrations.AddField(
            model_name="outsidelist",
            name="sealed_digest",
            field=portal.sealing.fields.EncryptedTextField(default=""),
            preserve_default=False,
        ),
        migrations.RunPython(seal, migrations.RunPython.noop),
        migrations.RemoveField(model_name="outsidelist", name="digest"),
        migrations.RenameField(model_name="outsidelist", old_name="sealed_digest", new_name="digest"),
    ]
