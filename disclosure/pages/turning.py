"""What a day changes of policies: one runs out, another begins to repeal it; search and ledger are told."""

from typing import Any

from django.apps import apps
from django.db import transaction

from portal.ledger.services import Draft, append


def note_standings() -> int:
    """Note each public policy whose state changed since noted last; return how many (a clock's job)."""
    told = 0
    changed = _policies().objects.live().exclude(changed_by=None, valid_until=None, noted_state="")
    for pk in changed.order_by("pk").values_list("pk", flat=True).distinct():
        told += note(pk)
    return told


def note(page_id: int) -> int:
    """Note how a public policy stands today; return 1 where that is news, 0 where it was noted before.

    Saving the page is what tells whoever follows pages, such as the search.
    """
    with transaction.atomic():
        page: Any = _policies().objects.select_for_update(of=("self",)).filter(pk=page_id, live=True).first()
        state = page.standing().state if page else ""
        if page is None or page.noted_state == state:
            return 0
        before, page.noted_state = page.noted_state, state
        page.save(update_fields=["noted_state"], clean=False)
        if before or state not in ("", page.validity):
            body = {"from": before, "to": state}
            append(Draft("policy.standing", "page", str(page.pk), body=body))
    return 1


def _policies() -> Any:
    # Policy pages call this module when they are published.
    return apps.get_model("disclosure_pages", "PolicyDocumentPage")
