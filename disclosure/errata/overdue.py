"""A report that nobody answered in time goes to the county's heads, once; no clock answers it."""

from django.db import transaction
from django.utils.translation import gettext as _

from portal import clock
from portal.ledger.services import Draft, append
from portal.outbox.models import Kind
from portal.outbox.services import send
from portal.people.models import Role

from . import links
from .events import OVERDUE
from .models import ErrorReport
from .services import people_for


def escalate() -> int:
    """Tell county heads of each report newly overdue; return how many (a clock's job)."""
    due = ErrorReport.objects.open().filter(due_on__lt=clock.today(), escalated_at=None)
    return sum(_one(pk) for pk in due.order_by("pk").values_list("pk", flat=True))


def _one(report_id: int) -> int:
    with transaction.atomic():
        found = ErrorReport.objects.select_for_update().filter(pk=report_id, escalated_at=None).first()
        if found is None or found.outcome:
            return 0
        found.escalated_at = clock.now()
        found.save(update_fields=["escalated_at"])
        heads = people_for(found, Role.COUNTY_HEAD)
        send(heads, _("网页纠错超期没有答复，请督办"), links.of(found.pk), kind=Kind.PAGE)
        append(Draft(OVERDUE, "erratum", str(found.pk), body={"due_on": found.due_on.isoformat()}))
    return 1
