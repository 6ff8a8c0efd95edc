"""Say of every list that stands what it is about, from the flow of its matter."""

from django.db import migrations
from django.db.models import F

ENTERED = ("纳入帮扶对象", "返贫再纳入")


def fill(apps, schema_editor):
    """A programme's list is of applications, and of payments once it is a result; the register has its own."""
    PublicList = apps.get_model("disclosure_publicity", "PublicList")
    ListRow = apps.get_model("disclosure_publicity", "ListRow")
    lists = PublicList.objects.all()
    lists.filter(kind="result").update(content="payments")
    lists.filter(scheme__startswith="aid:").update(content="aid")
    changes = lists.filter(scheme__startswith="change:")
    changes.filter(scheme__contains="exit").update(content="exits")
    others = changes.exclude(scheme__contains="exit")
    others.update(content="changes")
    for one in others.only("pk").iterator():
        items = ListRow.objects.filter(list=one.pk).values_list("shown__item", flat=True)
        if any(str(item).startswith(ENTERED) for item in items):
            PublicList.objects.filter(pk=one.pk).update(content="additions")
    lists.update(board_until=F("closes_on"))


class Migration(migrations.Migration):
    dependencies = [("disclosure_publicity", "0009_contents_outages_redactions")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
