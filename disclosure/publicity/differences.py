"""What changed since the last list: added, taken out, another amount. Counted when a list is published.

Kept with the list as positions and figures, never as names: a page names a household that was added or
changed by its own row alone, and so as long as that row stands there.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from .models import ListKind, ListRow, ListState, PublicList

# What each stage is compared with, where the list is no correction.
BEFORE = {ListKind.APPLICATION: ListKind.RESOLUTION, ListKind.RESULT: ListKind.APPLICATION}


def since_last(new: PublicList, built: Iterable[ListRow]) -> dict[str, Any]:
    """Return what differs between the rows `built` of `new` and the list before it; empty without one.

    Keys: since (number), stage (of the list before), correction (bool), added, removed, raised, lowered
    (counts), added_rows (positions), before_fen (position → fen of the earlier amount). Before is the version
    that `new` corrects, else what the same matter published one stage earlier. Of a matter that was split
    into parts only rows that stand on none of the parts are missing. Three queries.
    """
    rows = [*built]
    earlier = [new.supersedes] if new.supersedes else _stage_before(new)
    if not earlier:
        return {}
    found = ListRow.objects.filter(list__in=earlier).values_list("subject", "amount_fen")
    before: Mapping[str, int] = dict(found)
    here = {row.subject for row in rows}
    gone = set(before) - here - (set() if new.supersedes else _on_other_parts(new))
    added = [row.position for row in rows if row.subject not in before]
    other = {
        str(row.position): before[row.subject]
        for row in rows
        if row.subject in before and before[row.subject] != row.amount_fen
    }
    amounts = {str(row.position): row.amount_fen for row in rows}
    raised = sum(amounts[position] > fen for position, fen in other.items())
    return {
        "since": earlier[-1].number,
        "stage": str(earlier[-1].kind),
        "correction": new.supersedes is not None,
        "added": len(added),
        "removed": len(gone),
        "raised": raised,
        "lowered": len(other) - raised,
        "added_rows": added,
        "before_fen": other if new.with_money else {},
    }


def _stage_before(new: PublicList) -> list[PublicList]:
    kind = BEFORE.get(ListKind(new.kind))
    if kind is None:
        return []
    same = _same_matter(new).filter(kind=kind).order_by("published_at", "pk")
    return [*same.only("pk", "number", "kind")]


def _on_other_parts(new: PublicList) -> set[str]:
    """Return the subjects on lists of the same stage of the parts into which the matter was split."""
    parts = _same_matter(new).filter(kind=new.kind).exclude(series=new.series)
    return {*ListRow.objects.filter(list__in=parts).values_list("subject", flat=True)}


def _same_matter(new: PublicList) -> Any:
    lists = PublicList.objects.published().exclude(state=ListState.SUPERSEDED).exclude(pk=new.pk)
    if new.deliberation_id:
        return lists.filter(deliberation=new.deliberation_id)
    return lists.filter(reference=new.reference)
