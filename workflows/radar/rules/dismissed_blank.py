"""Objections dismissed without findings: hardly a word of what was looked into, or within the hour."""

from collections.abc import Iterator

from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from disclosure.publicity.models import Objection, ObjectionState
from portal.configuration.services import value

from ..keys import SOURCE, count
from ..rule import Found, Rule, Threshold, Window, key_of

CODE = "dismissed_blank"


def find(window: Window) -> Iterator[Found]:
    """Yield the objections that were dismissed with too few words, nobody named, or too quickly."""
    for ids in window.chunks("objection.answered"):
        found = Objection.objects.filter(
            pk__in=[pk for pk in ids if pk.isdecimal()], state=ObjectionState.DISMISSED
        )
        for one in found.select_related("list__area", "answered_by"):
            area = one.list.area
            words, minutes = (
                int(value(key_of(CODE, name), area)) for name in ("least_words", "least_minutes")
            )
            why = []
            if (length := len("".join(one.findings.split()))) < words:
                why.append(translate("查证情况只写了 %(n)s 个字") % {"n": length})
            if not one.investigators.strip():
                why.append(translate("没有写是谁查的"))
            taken = (
                int((one.answered_at - one.received_at).total_seconds() // 60) if one.answered_at else None
            )
            if taken is not None and taken < minutes:
                why.append(translate("收到 %(n)s 分钟就答复了") % {"n": taken})
            if not why:
                continue
            yield Found(
                key=str(one.pk),
                area=area,
                line=one.list.line,
                reason=translate("异议定为不成立：%(why)s。") % {"why": "，".join(why)},
                objects=[("objection", str(one.pk)), ("list", one.list.number)],
                happened_at=one.answered_at or one.received_at,
                concerns=one.answered_by,
            )


RULE = Rule(
    code=CODE,
    title=_("异议没查就驳回"),
    why=_("说异议不成立，要写清楚谁去查的、查到什么。"),
    find=find,
    thresholds=(
        Threshold("least_words", 15, _("查证情况至少写几个字"), SOURCE, check=count(1, 500)),
        Threshold("least_minutes", 60, _("收到后至少过几分钟答复才正常"), SOURCE, check=count(1, 10000)),
    ),
)
