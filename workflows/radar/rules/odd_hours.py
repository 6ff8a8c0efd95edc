"""Decisions at odd hours: late at night or before dawn, by the clock of the portal. Aid first is excepted."""

from collections.abc import Iterator

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.configuration.services import value

from ..keys import SOURCE, count
from ..rule import Found, Rule, Threshold, Weight, Window, key_of
from ..signatures import clue, judging

CODE = "odd_hours"


def find(window: Window) -> Iterator[Found]:
    """Yield the signatures that judged households outside the hours of the setting."""
    for numbers in window.chunks("batch.acted"):
        # One urgent row does not excuse the others of its batch.
        rows = Count("decisions", filter=~Q(decisions__case__aid__aid_first=True))
        signed = judging(window, numbers).annotate(rows=rows).filter(rows__gt=0)
        acts = signed.select_related("batch__area", "actor")
        for act in acts:
            if act.actor is None:
                continue
            at, area = timezone.localtime(act.at), act.batch.area
            first, last = (int(value(key_of(CODE, name), area)) for name in ("from_hour", "to_hour"))
            if first <= at.hour < last:
                continue
            said = {"who": act.actor, "at": f"{at:%m-%d %H:%M}", "n": act.rows}
            yield clue(act, gettext("%(who)s 在 %(at)s 定了 %(n)s 户。") % said)


RULE = Rule(
    code=CODE,
    title=_("半夜三更作决定"),
    why=_("平常没人办公的钟点作了决定。可能是加班赶期限，也可能是账号被别人用了。先行救助的不算。"),
    find=find,
    weight=Weight.LIGHT,
    thresholds=(
        Threshold("from_hour", 6, _("几点以后算正常"), SOURCE, check=count(0, 12)),
        Threshold("to_hour", 22, _("几点以前算正常"), SOURCE, check=count(12, 24)),
    ),
)
