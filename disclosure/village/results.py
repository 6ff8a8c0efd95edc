"""The second publication of a village matter: what was done of what the village resolved, row by row."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from disclosure.deliberations.offices import require_own
from disclosure.masking.services import refuse_private
from disclosure.publicity.errors import NotToBeCorrected
from disclosure.publicity.models import Correction, ListKind, Objection, ObjectionState, PublicList
from disclosure.publicity.services import RowDraft, publish
from portal import clock
from portal.ledger.services import Draft, append
from portal.people.models import Office, User

from .errors import BadMatter, BadRows, NotNow
from .events import FINISHED
from .models import MatterState, VillageMatter
from .services import OPENING_ROLES, draft_of, locked, why_of

LONGEST_SAID = 30
PREFIX = "village:"


def resolution_of(matter: VillageMatter) -> PublicList | None:
    """Return the newest version of the resolution's list, or None where there is none."""
    found = PublicList.objects.published().filter(reference=matter.reference, kind=ListKind.RESOLUTION)
    return found.select_related("area", "deliberation").order_by("-version").first()


def why_not_yet(resolution: PublicList) -> str:
    """Return why the result cannot be published yet, or an empty text.

    The resolution's days must be over, with no objection open and none upheld that still asks for a
    correction: what is in doubt is not paid out or built on (design.md rule 4).
    """
    if clock.today() <= resolution.closes_on:
        return _("决议还在公开，%(day)s期满（当天算在内），期满以后再公开结果。") % {
            "day": resolution.closes_on.isoformat()
        }
    about = Objection.objects.filter(list__series=resolution.series)
    if about.filter(state=ObjectionState.OPEN).exists():
        return _("还有异议没有答复，答复以后再公开结果。")
    if about.filter(correction=Correction.OWED).exists():
        return _("有异议成立，名单还没有更正。请先更正名单，再公开结果。")
    return ""


def publish_result(
    *, by: User, office: Office, matter_id: int, said: str, amounts_fen: Mapping[int, int]
) -> PublicList:
    """Publish what was done: the rows of the resolution with what was paid or spent, and return the list.

    `said` tells how and when (已于11月20日转账), `amounts_fen` the amounts by position that differ from what
    was resolved; none may be higher. Raises NotNow, BadMatter, BadRows, NotForThePublic and what `publish`
    raises. Source: XC-07, S14.
    """
    with transaction.atomic():
        require_own(by, office, OPENING_ROLES)
        matter = locked(by, office, matter_id)
        resolution = resolution_of(matter)
        if matter.state != MatterState.RESOLVED or resolution is None:
            raise NotNow(_("村里议定、公开以后，才公开结果。"))
        if why := why_not_yet(resolution):
            raise NotNow(why)
        said = said.strip()
        if not said or len(said) > LONGEST_SAID:
            raise BadMatter(_("请写一句办得怎样，例如“11月20日已转账”，最多%(n)s字。") % {"n": LONGEST_SAID})
        refuse_private(_("办得怎样"), [said])
        new = publish(
            by=by,
            office=office,
            kind=ListKind.RESULT,
            content=resolution.content,
            area=matter.area,
            line=matter.line,
            title=_("%(title)s（结果公开）") % {"title": matter.title},
            rows=_rows(matter, resolution, said, amounts_fen),
            reference=matter.reference,
            deliberation=resolution.deliberation,
            show_names=resolution.show_names,
            with_money=resolution.with_money,
        )
        matter.state = MatterState.DONE
        matter.save(update_fields=["state"])
        deliberation = resolution.deliberation
        body: dict[str, Any] = {
            "list": new.number,
            "resolution": resolution.number,
            "voted": deliberation.list_digest if deliberation else "",
            "total_fen": new.total_fen,
        }
        append(draft_of(FINISHED, matter, by, office, body))
    return new


def _rows(
    matter: VillageMatter, resolution: PublicList, said: str, amounts_fen: Mapping[int, int]
) -> list[RowDraft]:
    rows, wrong = [], {}
    for row in resolution.rows.order_by("position"):
        amount_fen = amounts_fen.get(row.position, row.amount_fen)
        if amount_fen > row.amount_fen:
            wrong[row.position, "amount"] = _("比村里议定的多，多出来的要重新议")
            continue
        note = said
        if amount_fen != row.amount_fen:
            note = _("%(said)s；议定%(yuan)s元") % {"said": said, "yuan": _yuan(row.amount_fen)}
        rows.append(
            RowDraft(
                subject=row.subject,
                name=row.name,
                group=row.shown.get("group", ""),
                item=row.shown.get("item", ""),
                amount_fen=amount_fen,
                note=note,
                why=why_of(matter),
            )
        )
    if wrong:
        raise BadRows(_("有%(n)s行的金额比议定的多，请核对。") % {"n": len(wrong)}, wrong)
    return rows


def refuse_other_amounts(**signal: Any) -> list[Draft]:
    """Refuse a correction that takes out a row of a village matter or changes its amount: that was voted."""
    new: PublicList = signal["list"]
    if new.supersedes is None or not new.reference.startswith(PREFIX):
        return []
    before = dict(new.supersedes.rows.values_list("subject", "amount_fen"))
    after = dict(new.rows.values_list("subject", "amount_fen"))
    if before != after:
        raise NotToBeCorrected(_("金额和有哪些行是村里表决过的，不能更正；要改，请另提一件事重新议。"))
    return []


def _yuan(fen: int) -> str:
    whole, rest = divmod(fen, 100)
    return f"{whole:,}.{rest:02d}" if rest else f"{whole:,}"
