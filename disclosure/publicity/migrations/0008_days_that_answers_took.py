"""Fill in how many days the answers given so far took."""

from django.db import migrations
from django.utils import timezone


def count_days(apps, schema_editor):
    """Count the calendar days from the day an objection came in to its answer."""
    objections = apps.get_model("disclosure_publicity", "Objection").objects.exclude(answered_at=None)
    for one in objections.only("answered_at", "received_on").iterator():
        one.days_taken = max(0, (timezone.localtime(one.answered_at).date() - one.received_on).days)
        one.save(update_fields=["days_taken"])


class Migration(migrations.Migration):
    dependencies = [("disclosure_publicity", "0007_appeals_complaints_and_proofs")]

    operations = [migrations.RunPython(count_days, migrations.RunPython.noop)]
