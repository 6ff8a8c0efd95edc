"""What befell a list, in plain words: what changed since the last one, outages made up for, redactions.

All of it stands with the list, so that a page asks nothing more for it. Names are never in it.
"""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _

from disclosure.masking.services import kind_of
from disclosure.publicity.models import ListKind, PublicList
from portal.areas.models import Level

from .kind_words import unit
from .words import closing, day, full_day, yuan


def changed_words(list: PublicList) -> str:
    """Return what differs from the list before (和村里议定的名单比：少了1户); empty without one."""
    told = list.changes
    if not told:
        return ""
    against = {
        ListKind.RESOLUTION: _("和村里议定的名单比"),
        ListKind.APPLICATION: _("和公示过的名单比"),
    }
    lead = _("和更正前那一版比") if told["correction"] else against[ListKind(told["stage"])]
    words = {
        "added": _("多了%(count)s%(unit)s"),
        "removed": _("少了%(count)s%(unit)s"),
        "raised": _("%(count)s%(unit)s金额变多"),
        "lowered": _("%(count)s%(unit)s金额变少"),
    }
    shown = [name for name in words if told[name] and (list.with_money or name in ("added", "removed"))]
    parts = [words[name] % {"count": told[name], "unit": unit(list)} for name in shown]
    if not parts and not kind_of(list.content).households:
        parts = [
            _("没有多哪一行、少哪一行，金额也没有变") if list.with_money else _("没有多哪一行、少哪一行")
        ]
    elif not parts:
        parts = [_("没有多谁少谁，金额也没有变") if list.with_money else _("没有多谁少谁")]
    return f"{lead}：{'，'.join(parts)}。"


def row_change(list: PublicList, position: int) -> str:
    """Return what changed of one row since the list before, for the row's own line; empty for none."""
    told = list.changes
    if not told:
        return ""
    if position in told["added_rows"]:
        return _("上次没有") if told["correction"] else ""
    before = told["before_fen"].get(str(position))
    return "" if before is None else _("上次%(yuan)s元") % {"yuan": yuan(before)}


def extended_words(list: PublicList) -> Sequence[str]:
    """Return for each outage that lengthened `list` when it was, why, and from which day to which."""
    return [
        _("%(from)s到%(until)s网站停过（%(why)s），公示顺延：原来到%(before)s，现在到%(after)s。")
        % {
            "from": _moment(one["from"]),
            "until": _moment(one["until"]),
            "why": one["why"],
            "before": closing(date.fromisoformat(one["before"])),
            "after": closing(date.fromisoformat(one["after"])),
        }
        for one in list.extensions
    ]


def redacted_words(list: PublicList) -> Sequence[str]:
    """Return the tombstones of `list`: what kind of thing left which row, when, by which offices."""
    return [
        _("%(at)s删去了%(where)s%(what)s：%(asked)s提出，%(decided)s确认。名单指纹照样能验证。")
        % {
            "at": _moment(one["at"]),
            "where": _("第%(row)s行的") % {"row": one["row"]} if one.get("row") else "",
            "what": one["what"],
            "asked": one["asked"],
            "decided": one["decided"],
        }
        for one in list.redactions
    ]


def allocation_words(list: PublicList) -> Sequence[tuple[str, str]]:
    """Return the facts of an allocation with their labels; nothing for other lists (S12)."""
    facts = list.facts
    if not facts:
        return []
    due = full_day(date.fromisoformat(facts["due_on"]))
    on_time = _("%(day)s以前（晚了）") if facts["late"] else _("%(day)s以前（按时）")
    return [
        (_("哪一级公开"), str(Level(facts["level"]).label)),
        (_("按哪份文件"), facts["document"]),
        (_("资金下达"), full_day(date.fromisoformat(facts["handed_down_on"]))),
        (_("应当公开"), on_time % {"day": due}),
        (
            _("对账"),
            _("下达%(total)s元，各行合计%(sum)s元，一致")
            % {"total": yuan(facts["total_fen"]), "sum": yuan(list.total_fen)},
        ),
    ]


def paid_words(fen: int, on: date) -> str:
    """Return that a row was paid: 已发3,000元，11月12日."""
    return _("已发%(yuan)s元，%(day)s") % {"yuan": yuan(fen), "day": day(on)}


def _moment(text: str) -> str:
    moment = datetime.fromisoformat(text)
    return _("%(day)s%(hour)s时%(minute)s分") % {
        "day": day(moment.date()),
        "hour": moment.hour,
        "minute": f"{moment.minute:02d}",
    }
