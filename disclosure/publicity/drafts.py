"""The rows that are handed in for a list, and what each must fulfil before anyone reads it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from disclosure.masking.policy import WHY
from disclosure.masking.services import Content, is_safe_reason, mask_name, refuse_numbers, refuse_private

from .errors import BadRow, EmptyList
from .models import ListRow
from .tombstones import is_tombstone

LONGEST = {"group": 20, "item": 60, "note": 60, "effect": 200}
LONGEST_WHY = 300


@dataclass(frozen=True)
class RowDraft:
    """One row as its maker hands it in. `subject` is an opaque key (a case); `name` the household head's.

    A minor is never named: the row stands in the guardian's name. Amounts are fen; `reduced_fen` is what was
    taken off the village's figure. `why` has the keys text, source_label, source_url, level.
    """

    subject: str
    name: str
    group: str
    item: str
    amount_fen: int
    note: str = ""
    reduced_fen: int = 0
    why: dict[str, str] = field(default_factory=dict)
    effect: str = ""

    def shown(self) -> dict[str, Any]:
        """Return what anyone may read of the row, without a name."""
        return {
            "group": self.group.strip(),
            "item": self.item.strip(),
            "amount_fen": self.amount_fen,
            "note": self.note.strip(),
            "reduced_fen": self.reduced_fen,
            "why": {key: self.why[key] for key in WHY if self.why.get(key)},
            "effect": self.effect.strip(),
        }


def check_rows(
    rows: Sequence[RowDraft], *, names: bool, money: bool = True, content: str = Content.APPLICATIONS
) -> None:
    """Raise EmptyList, BadRow or NotForThePublic unless every row may be shown (design.md rule 8).

    Without `money` no row may hold an amount: nobody would see it. Where `content` takes only fixed reasons,
    no other may stand there.
    """
    if not rows:
        raise EmptyList(_("名单里一户也没有，不能发布。请先把要公示的户放进来。"))
    seen: set[str] = set()
    for position, row in enumerate(rows, 1):
        where = _("名单第%(position)s行") % {"position": position}
        complaint = _complaint(row, names) or (_("和前面一行是同一户") if row.subject in seen else "")
        if not complaint and not money and (row.amount_fen or row.reduced_fen):
            complaint = _("带着金额，这份名单不发钱")
        reason = row.why.get("text", "")
        if not complaint and not is_tombstone(reason) and not is_safe_reason(content, reason):
            complaint = _("的理由不能公开：这种名单只能用写好的那几句")
        if complaint:
            raise BadRow(
                _("%(where)s%(complaint)s，请改正后再发布。") % {"where": where, "complaint": complaint}
            )
        seen.add(row.subject)
        said = [row.group, row.item, row.note, row.effect, reason]
        # What stands in a redacted text's place names a kind of thing, and would be taken for the thing.
        refuse_private(where, [text for text in said if not is_tombstone(text)])
        # What is masked still shows its ends, so a number in the place of a name would be half shown.
        refuse_numbers(where, [row.name, row.why.get("source_label", ""), row.why.get("level", "")])


def build(rows: Sequence[RowDraft], *, names: bool) -> list[ListRow]:
    """Return the unsaved rows of a list, numbered from 1; without `names` no name is kept at all."""
    built = []
    for position, row in enumerate(rows, 1):
        name = row.name.strip() if names else ""
        built.append(
            ListRow(
                position=position,
                subject=row.subject,
                name=name,
                masked_name=name if is_tombstone(name) else mask_name(name),
                shown=row.shown(),
                amount_fen=row.amount_fen,
            )
        )
    return built


def _complaint(row: RowDraft, names: bool) -> str:
    """Return what is wrong with `row`, or an empty text."""
    if not row.subject:
        return _("没有对应的办件")
    if names and not row.name.strip():
        return _("没有户主姓名")
    if any(type(fen) is not int or fen < 0 for fen in (row.amount_fen, row.reduced_fen)):
        return _("的金额不对")
    for name, longest in LONGEST.items():
        if len(getattr(row, name)) > longest:
            return _("有一项文字太长（最多%(longest)s字）") % {"longest": longest}
    if set(row.why) - set(WHY) or not all(isinstance(text, str) for text in row.why.values()):
        return _("的理由不是规定的写法")
    if any(len(text) > LONGEST_WHY for text in row.why.values()):
        return _("的理由太长（最多%(longest)s字）") % {"longest": LONGEST_WHY}
    if not _own_page(row.why.get("source_url", "")):
        return _("的依据链接不是本站网页")
    return ""


def _own_page(url: str) -> bool:
    """Return whether `url` is empty or a path of this site: a public page sends nobody elsewhere."""
    return not url or (url.startswith("/") and not url.startswith("//") and "\\" not in url)
