"""Who filed a case, for its 审批表: the household itself, a helper or a clerk, and through which office."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from portal import clock
from portal.ledger.models import Event
from portal.people.models import Role
from workflows.engine.events import CASE_OPENED
from workflows.engine.models import Case
from workflows.requests.models import Channel, HelpRequest

# What `filed_words` reads of cases.
FILED_BY = ("self_filing__request", "self_filing__identified_by", "requests__registered_at")


def opening_roles(cases: Sequence[Case]) -> dict[str, str]:
    """Return by which role each of `cases` was opened, by its number, as the ledger has it (one query)."""
    numbers = [case.number for case in cases]
    found = Event.objects.filter(kind=CASE_OPENED, object_type="case", object_id__in=numbers)
    return dict(found.values_list("object_id", "role"))


def filed_words(case: Case, role: str | None) -> str:
    """Return who filed `case` and how it had come in; `role` is that by which it was opened."""
    who = _("%(place)s%(role)s %(name)s") % {
        "place": case.area,
        "role": Role(role).label if role and role in Role.values else "",
        "name": case.opened_by,
    }
    day = clock.day_of(case.opened_at).isoformat()
    own = getattr(case, "self_filing", None)
    if own is not None:
        return _("本户自己填表申报（%(how)s）；由 %(who)s 认定是这一户（%(sure)s），%(day)s 受理") % {
            "how": _came(own.request),
            "who": who,
            "sure": own.get_identified_how_display(),
            "day": day,
        }
    asked = min(case.requests.all(), key=lambda one: one.pk, default=None)
    if asked is not None:
        return _("本户提出申请（%(how)s）；由 %(who)s 代为填报，%(day)s") % {
            "how": _came(asked),
            "who": who,
            "day": day,
        }
    return _("由 %(who)s 替这户申报，%(day)s") % {"who": who, "day": day}


def _came(asked: HelpRequest) -> str:
    """Return how a request came in, on which day, and which office wrote it down."""
    day = asked.received_on.isoformat()
    if asked.channel == Channel.WEB or asked.registered_at is None:
        return _("%(day)s 网上") % {"day": day}
    return _("%(day)s %(how)s，%(office)s登记") % {
        "day": day,
        "how": asked.get_channel_display(),
        "office": asked.registered_at,
    }
