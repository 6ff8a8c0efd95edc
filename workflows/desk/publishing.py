"""What the desk shows of publication: a list before it is published, and the one that a batch awaits."""

from collections.abc import Sequence
from typing import Any

from disclosure.masking.services import Audience, Content, mask_name, public_row
from disclosure.publicity.models import ListKind, Objection, PublicList
from workflows.engine.acting import Row
from workflows.engine.definitions import Verdict
from workflows.engine.models import Batch, Case
from workflows.programmes import matters
from workflows.programmes.publication import list_rows


def preview(cases: Sequence[Case]) -> list[dict[str, Any]]:
    """Return the rows of the list that would be published of `cases`, as the web would show them."""
    rows = [Row(case=case, verdict=Verdict.AGREE, amount_fen=case.amount_fen) for case in cases]
    shown = []
    names = matters.of(cases[0]).names(cases[0].batch) if cases else False
    content = matters.of(cases[0]).content(rows, ListKind.APPLICATION) if cases else Content.APPLICATIONS
    for draft in list_rows(rows) if rows else []:
        masked = mask_name(draft.name)
        shown.append(
            public_row(Audience.WEB, draft.shown(), masked_name=masked, names=names, content=content)
        )
    return shown


def awaited(batch: Batch, user: Any) -> dict[str, Any] | None:
    """Return the list whose clock `batch` waits for, with its postings, and those of its objections that do
    not complain of `user` (three queries).
    """
    found = PublicList.objects.published().filter(number=batch.waits).first() if batch.waits else None
    if found is None:
        return None
    said = Objection.objects.apart_from(user).filter(list=found)
    return {
        "list": found,
        "address": address(found),
        "postings": list(found.postings.select_related("recorded_by").order_by("seen_on", "pk")),
        "objections": list(said.order_by("pk").only("pk", "state", "due_on", "late")),
    }


def address(list: PublicList) -> str:
    """Return the path of a list's public page."""
    return f"/lists/{list.number}/"
