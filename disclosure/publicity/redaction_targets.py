"""The published texts from which a personal datum can be taken out, and how it leaves each of them.

A room registers its own texts when its app starts: `register(Target(...))`. Whatever else shows the same text
(page, mirror, feed, PDF, search) is made from what stands here and follows by the signals of saving it.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disclosure.deliberations.models import Deliberation, Meeting
from portal.areas.models import Area

from . import digest, said_before
from .models import ListRow, Objection, PublicList
from .reach import locked_series


@dataclass(frozen=True)
class Found:
    """A published text: what stands there now, where that is in plain words, whose area and line it is.

    Without a line it is no line's own: that of the office counts.
    """

    value: str
    where: str
    link: str
    area: Area
    line: str
    subject: str = ""


@dataclass(frozen=True)
class Removed:
    """From how many places a datum was taken, and what the ledger is to hold of it, openly and sealed.

    `forgotten` are the numbers of earlier events: their salts are erased, so that nobody can try the datum.
    """

    count: int
    body: Mapping[str, Any] = field(default_factory=dict)
    sealed: Mapping[str, str] = field(default_factory=dict)
    forgotten: Collection[int] = frozenset()


# find(object_id, field) gives what is published, or None. remove(object_id, field, value, words, told) puts
# `words` in the place of `value` wherever it stands, inside the caller's transaction; `told` is the
# tombstone: {what, at, asked, decided}, for whatever shows it.
Find = Callable[[str, str], Found | None]
Remove = Callable[[str, str, str, str, Mapping[str, str]], Removed]
# stays(object_id, value) gives in words what of `value` can be taken back from nowhere, "" for nothing.
Stays = Callable[[str, str], str]


def _nothing(object_id: str, value: str) -> str:
    return ""


@dataclass(frozen=True)
class Target:
    """One sort of published thing and those of its texts that may be redacted, by name, with their words.

    Of those in `parts` only some words are taken out, wherever these stand in the thing.
    """

    name: str
    label: Any
    fields: Mapping[str, Any]
    find: Find
    remove: Remove
    parts: frozenset[str] = frozenset()
    stays: Stays = _nothing


_targets: dict[str, Target] = {}


def register(target: Target) -> None:
    """Take `target` in; ValueError where another one has its name."""
    if _targets.setdefault(target.name, target) is not target:
        raise ValueError(f"可以删去的内容 {target.name} 已经登记过")


def get(name: str) -> Target | None:
    """Return the target of that name, or None."""
    return _targets.get(name)


def text_of(row: ListRow, name: str) -> str:
    """Return the text `name` of a row as it stands."""
    if name == "name":
        return str(row.name)
    if name == "why":
        return str((row.shown.get("why") or {}).get("text", ""))
    return str(row.shown.get(name, ""))


def _find_row(object_id: str, name: str) -> Found | None:
    number, _hash, position = object_id.rpartition("#")
    if not position.isdecimal():
        return None
    rows = ListRow.objects.select_related("list__area").filter(list__number=number, position=int(position))
    row = rows.first()
    if row is None:
        return None
    where = _("名单%(number)s第%(position)s行的%(text)s") % {
        "number": number,
        "position": position,
        "text": ROW_FIELDS[name],
    }
    return Found(
        text_of(row, name), where, f"/lists/{number}/", row.list.area, row.list.line, subject=row.subject
    )


def _remove_row(object_id: str, name: str, value: str, words: str, told: Mapping[str, str]) -> Removed:
    """Take it out of every version and every list of the case in which it reads the same."""
    number, _hash, position = object_id.rpartition("#")
    asked = ListRow.objects.get(list__number=number, position=int(position))
    about = ListRow.objects.filter(subject=asked.subject)
    series = PublicList.objects.filter(pk__in=about.values("list")).order_by("series")
    firsts = {one.series: one.pk for one in series.only("pk", "series")}
    for key in sorted(firsts):
        locked_series(firsts[key])
    left = []
    for row in about.select_related("list").order_by("list_id", "position"):
        if text_of(row, name).strip() != value.strip():
            continue
        if name == "name":
            # Who it was is proved by the first commitment alone, which stays; nothing opens it any more.
            row.name = row.masked_name = words
            row.name_salt = ""
        else:
            if name == "why":
                row.shown["why"] = {**(row.shown.get("why") or {}), "text": words}
            else:
                row.shown[name] = words
            digest.seal_again(row)
        row.save()
        _tell(row.list, {**told, "row": str(row.position)})
        left.append({"list": row.list.number, "row": row.position, "left": row.redacted_commitment})
    return Removed(len(left), {"rows": left})


def _find_list(object_id: str, name: str) -> Found | None:
    one = PublicList.objects.published().select_related("area").filter(number=object_id).first()
    if one is None:
        return None
    where = _("名单%(number)s的%(text)s") % {"number": object_id, "text": LIST_FIELDS[name]}
    return Found(str(getattr(one, name)), where, f"/lists/{object_id}/", one.area, one.line)


def _remove_list(object_id: str, name: str, value: str, words: str, told: Mapping[str, str]) -> Removed:
    asked = PublicList.objects.get(number=object_id)
    same = PublicList.objects.filter(Q(series=asked.series) | Q(reference=asked.reference), **{name: value})
    locked_series(asked.pk)
    changed = []
    for one in same.select_for_update(of=("self",), no_key=True).order_by("pk"):
        setattr(one, name, words)
        one.save(update_fields=[name])
        _tell(one, told)
        changed.append(one.number)
    stay = said_before.openly("list", changed, value)
    return Removed(
        len(changed), {"lists": changed, "stays": stay}, forgotten=said_before.sealed("list", changed)
    )


def _stays_of_list(object_id: str, value: str) -> str:
    asked = PublicList.objects.filter(number=object_id).first()
    if asked is None:
        return ""
    same = PublicList.objects.filter(Q(series=asked.series) | Q(reference=asked.reference))
    which = said_before.openly("list", same.values_list("number", flat=True), value.strip())
    return said_before.for_good([said_before.in_words(which, _("写着它的原文"))])


def _find_objection(object_id: str, name: str) -> Found | None:
    objections = Objection.objects.select_related("list__area")
    for one in objections.filter(pk=int(object_id)) if _is_pk(object_id) else ():
        where = _("名单%(number)s上一件异议的%(text)s") % {
            "number": one.list.number,
            "text": OBJECTION_FIELDS[name],
        }
        link = f"/lists/{one.list.number}/"
        return Found(str(getattr(one, name)), where, link, one.list.area, one.list.line)
    return None


def _remove_objection(object_id: str, name: str, value: str, words: str, told: Mapping[str, str]) -> Removed:
    one = Objection.objects.select_for_update(of=("self",)).select_related("list").get(pk=int(object_id))
    setattr(one, name, words)
    one.save(update_fields=[name])
    _tell(one.list, told)
    return Removed(1)


def _find_deliberation(object_id: str, name: str) -> Found | None:
    one = Deliberation.objects.select_related("area").filter(number=object_id).first()
    if one is None:
        return None
    where = _("会议%(number)s的%(text)s") % {"number": object_id, "text": DELIBERATION_FIELDS[name]}
    return Found(str(getattr(one, name)), where, "", one.area, one.line)


def _remove_deliberation(
    object_id: str, name: str, value: str, words: str, told: Mapping[str, str]
) -> Removed:
    one = Deliberation.objects.select_for_update(of=("self",)).get(number=object_id)
    setattr(one, name, words)
    one.save(update_fields=[name])
    _tell_lists(one, told)
    stay = said_before.openly("deliberation", [object_id], value)
    return Removed(1, {"stays": stay}, forgotten=said_before.sealed("deliberation", [object_id]))


def _stays_of_deliberation(object_id: str, value: str) -> str:
    which = said_before.openly("deliberation", [object_id], value.strip())
    return said_before.for_good([said_before.in_words(which, _("写着它的原文"))])


def _find_meeting(object_id: str, name: str) -> Found | None:
    meetings = Meeting.objects.select_related("deliberation__area")
    for one in meetings.filter(pk=int(object_id)) if _is_pk(object_id) else ():
        deliberation = one.deliberation
        where = _("会议%(number)s（%(step)s）的%(text)s") % {
            "number": deliberation.number,
            "step": one.get_step_display(),
            "text": MEETING_FIELDS[name],
        }
        return Found(str(getattr(one, name)), where, "", deliberation.area, deliberation.line)
    return None


def _remove_meeting(object_id: str, name: str, value: str, words: str, told: Mapping[str, str]) -> Removed:
    meetings = Meeting.objects.select_for_update(of=("self",)).select_related("deliberation")
    one = meetings.get(pk=int(object_id))
    setattr(one, name, words)
    one.save(update_fields=[name])
    _tell_lists(one.deliberation, told)
    return Removed(1)


def _tell_lists(deliberation: Deliberation, told: Mapping[str, str]) -> None:
    for one in PublicList.objects.filter(deliberation=deliberation).order_by("pk"):
        _tell(one, told)


def rename(lists: QuerySet[PublicList], value: str, words: str, told: Mapping[str, str]) -> list[str]:
    """Take a datum that came into the titles of lists from elsewhere out of them.

    `words` stand there then; the page of each tells of it by `told`. Returns the numbers of those lists.
    """
    changed = []
    longest = PublicList._meta.get_field("title").max_length
    found = lists.filter(title__contains=value).select_for_update(of=("self",), no_key=True)
    for one in found.order_by("pk"):
        if (title := one.title.replace(value, words)) != one.title:
            one.title, one.redactions = title[:longest], [*one.redactions, dict(told)]
            one.save(update_fields=["title", "redactions"])
            changed.append(one.number)
    return changed


def reword_matters(references: Collection[str], value: str, words: str) -> list[str]:
    """Take a datum out of what meetings on `references` are about; return the numbers of these."""
    changed = []
    found = Deliberation.objects.filter(matter__contains=value, reference__in=references)
    for one in found.select_for_update(of=("self",)).order_by("pk"):
        if (matter := one.matter.replace(value, words)) != one.matter:
            one.matter = matter[: Deliberation._meta.get_field("matter").max_length]
            one.save(update_fields=["matter"])
            changed.append(one.number)
    return changed


def _tell(list: PublicList, told: Mapping[str, str]) -> None:
    """Set the tombstone on the list's page; saving it takes the old page down everywhere."""
    fresh = PublicList.objects.get(pk=list.pk)
    fresh.redactions = [*fresh.redactions, dict(told)]
    fresh.save(update_fields=["redactions"])


def _is_pk(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 18


ROW_FIELDS = {
    "name": gettext_lazy("姓名"),
    "group": gettext_lazy("小组"),
    "item": gettext_lazy("项目"),
    "note": gettext_lazy("说明"),
    "effect": gettext_lazy("成效"),
    "why": gettext_lazy("理由"),
}
LIST_FIELDS = {"title": gettext_lazy("标题"), "correction_reason": gettext_lazy("更正原因")}
OBJECTION_FIELDS = {
    "answer": gettext_lazy("答复"),
    "correction_why": gettext_lazy("不更正的理由"),
    "told_words": gettext_lazy("告知的话"),
    "extension_why": gettext_lazy("延长的理由"),
}
DELIBERATION_FIELDS = {"matter": gettext_lazy("事项")}
MEETING_FIELDS = {
    "place": gettext_lazy("地点"),
    "convened_by": gettext_lazy("召集人"),
    "explanation": gettext_lazy("结果说明"),
}

for _one in (
    Target("row", gettext_lazy("名单的一行"), ROW_FIELDS, _find_row, _remove_row),
    Target("list", gettext_lazy("名单"), LIST_FIELDS, _find_list, _remove_list, stays=_stays_of_list),
    Target("objection", gettext_lazy("异议的答复"), OBJECTION_FIELDS, _find_objection, _remove_objection),
    Target(
        "deliberation",
        gettext_lazy("会议"),
        DELIBERATION_FIELDS,
        _find_deliberation,
        _remove_deliberation,
        stays=_stays_of_deliberation,
    ),
    Target("meeting", gettext_lazy("一次会议"), MEETING_FIELDS, _find_meeting, _remove_meeting),
):
    register(_one)
