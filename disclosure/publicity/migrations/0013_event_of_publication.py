from django.db import migrations, models


def number(apps, schema_editor):
    """Give the lists that are there the number of the event by which they were published."""
    PublicList = apps.get_model("disclosure_publicity", "PublicList")
    Event = apps.get_model("portal_ledger", "Event")
    kinds = ("list.published", "list.corrected")
    events = Event.objects.filter(object_type="list", kind__in=kinds).order_by("-sequence")
    for sequence, list_number in events.values_list("sequence", "object_id").iterator():
        PublicList.objects.filter(number=list_number).update(event=sequence)


class Migration(migrations.Migration):
    dependencies = [
        ("disclosure_publicity", "0012_correct_by"),
        ("portal_ledger", "0002_tiles_checkpoints_and_cosignatures"),
    ]

    operations = [
        migrations.AddField(
            model_name="publiclist",
            name="event",
            field=models.BigIntegerField(
                help_text="number of the ledger's event of the publication", null=True
            ),
        ),
        migrations.RunPython(number, migrations.RunPython.noop),
    ]
