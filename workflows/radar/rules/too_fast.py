"""Batches decided faster than they can be read: measured from what the person did before, or had it from."""

from collections.abc import Iterator

from django.db.models import Count, OuterRef, Q, Subquery
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from portal.configuration.services import value
from workflows.engine.models import Act

from ..keys import SOURCE, count
from ..rule import Found, Rule, Threshold, Window, key_of
from ..signatures import clue, judging

CODE = "too_fast"


def find(window: Window) -> Iterator[Found]:
    """Yield the signatures on many rows that took fewer seconds a row than the setting says."""
    for numbers in window.chunks("batch.acted"):
        signed = judging(window, numbers)
        own = Act.objects.filter(actor=OuterRef("actor"), at__lt=OuterRef("at")).order_by("-at")
        had = Act.objects.filter(batch=OuterRef("batch"), pk__lt=OuterRef("pk")).order_by("-pk")
        acts = (
            signed.annotate(
                rows=Count("decisions", filter=Q(decisions__judging=True)),
                own_before=Subquery(own.values("at")[:1]),
                had_before=Subquery(had.values("at")[:1]),
            )
            .filter(rows__gt=1)
            .select_related("batch__area", "actor")
        )
        for act in acts:
            # Whichever came later: from then on the rows can have been read.
            known = [at for at in (act.own_before, act.had_before) if at is not None]
            if not known or act.actor is None:
                continue
            seconds = int((act.at - max(known)).total_seconds())
            area = act.batch.area
            least, a_row = (int(value(key_of(CODE, name), area)) for name in ("least_rows", "seconds_a_row"))
            if act.rows < least or seconds >= act.rows * a_row:
                continue
            said = {"who": act.actor, "n": act.rows, "seconds": seconds, "a_row": a_row}
            yield clue(
                act, translate("%(who)s 用 %(seconds)s 秒定了 %(n)s 户，一户不到 %(a_row)s 秒。") % said
            )


RULE = Rule(
    code=CODE,
    title=_("签得太快，来不及看"),
    why=_("从上一件事到签完这一批，时间不够把每一户看一遍。也可能是事先在纸上看过。"),
    find=find,
    thresholds=(
        Threshold("least_rows", 5, _("几户以上的批次才看快慢"), SOURCE, check=count(2, 500)),
        Threshold("seconds_a_row", 10, _("看一户至少要几秒"), SOURCE, check=count(1, 600)),
    ),
)
