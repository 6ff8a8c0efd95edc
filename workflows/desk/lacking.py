"""您还缺……: what a batch still lacks before its step can be signed, each with the place where it is added."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from portal.people.models import User
from portal.people.scope import scope_of
from workflows.engine.definitions import MEETING_KINDS, Step, StepKind
from workflows.engine.models import Batch

from . import evidence, gates

SHOWN = 4
# Steps at which the household's papers are looked at before the batch goes on.
PAPER_KINDS = [StepKind.FILE, StepKind.CHECK]


@dataclass
class Lack:
    """One thing that is lacking: in words, where it is added, and the rows that lack it (label, link)."""

    words: str
    link: str = ""
    link_words: str = ""
    rows: list[tuple[str, str]] = field(default_factory=list)
    more: int = 0


def lacking(user: User, batch: Batch, step: Step, rows: Sequence[Any], meetings: Any) -> list[Lack]:
    """Return what the batch lacks at `step`; `rows` are those on their way. Costs no query of its own.

    Reads what `batch_page` annotated: `file_count` of each case, `unposted` and `unserved` of the batch.
    """
    lacks = []
    asked = evidence.asked_at(step, _version(batch, step, rows))
    for what, without in evidence.lacked(rows, asked).items():
        said = {"count": len(without), "what": what}
        lacks.append(_of_rows(_("%(count)s 户缺“%(what)s”") % said, without, "files"))
    if step.kind in PAPER_KINDS and not asked:
        without = [row for row in rows if not row.case.file_count]
        if without:
            words = _("%(count)s 户还没有附件（照片、票据、证明）") % {"count": len(without)}
            lacks.append(_of_rows(words, without, "files"))
    if step.kind in MEETING_KINDS and meetings.step:
        left = meetings.left
        words = _("还差 %(count)s 个会：%(names)s") % {"count": len(left), "names": "、".join(left)}
        lacks.append(Lack(words, "#next-meeting", _("去登记")))
    missing = [row for row in rows if row.visit_missing]
    if missing:
        lack = _of_rows(_("%(count)s 户还没有入户核查") % {"count": len(missing)}, missing, "visit")
        if scope_of(user).holds(gates.VISITORS, batch.area_path, batch.line) is not None:
            lack.link, lack.link_words = reverse("desk:visits", args=[batch.number]), _("一次登记各户")
        lacks.append(lack)
    if number := getattr(batch, "unposted", None):
        may = scope_of(user).holds(gates.POSTERS, batch.area_path, batch.line) is not None
        words = _("名单 %(number)s 还没有村里张贴的照片") % {"number": number}
        lacks.append(Lack(words, reverse("desk:list", args=[number]), _("去登记") if may else _("去看")))
    if count := getattr(batch, "unserved", 0):
        words = _("%(count)s 份告知书还没有送达") % {"count": count}
        lacks.append(Lack(words, reverse("desk:notices"), _("去登记送达")))
    if step.kind in MEETING_KINDS and meetings.rounds and not meetings.rounds[-1]["papers"]:
        words = _("还没有上传：%(papers)s") % {"papers": "、".join(step.evidence)}
        lacks.append(Lack(words, "#meetings", _("去上传")))
    return lacks


def _version(batch: Batch, step: Step, rows: Sequence[Any]) -> Any:
    """Return the programme's version of the rows, which were selected with it; None for other matters."""
    application = getattr(rows[0].case, "application", None) if rows and step.kind == StepKind.FILE else None
    return application.programme_version if application else None


def _of_rows(words: str, rows: Sequence[Any], anchor: str) -> Lack:
    links = [(row.name, reverse("desk:case", args=[row.case.number]) + f"#{anchor}") for row in rows[:SHOWN]]
    return Lack(words, rows=links, more=max(len(rows) - SHOWN, 0))
