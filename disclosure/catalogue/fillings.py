"""What the middle floor publishes for the catalogue: pages, lists, objections, who to turn to."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max
from wagtail.models import Page

from disclosure.publicity import public
from disclosure.publicity.models import ListState, Objection, PublicList
from portal import clock
from portal.areas.models import Area

from .registry import Filling, register

PAGES = {"policies": "policydocumentpage", "readings": "policyreadingpage", "notices": "noticepage"}


def register_all() -> None:
    """Register what this file counts."""
    for source in (_pages, _lists, _objections, _contacts):
        register(source)


def _pages(area: Area | None) -> Mapping[str, Filling]:
    asked: dict[str, Any] = {}
    for name, model in PAGES.items():
        asked[f"{name}_count"] = Count(model)
        asked[f"{name}_newest"] = Max(f"{model}__published_date")
        if name == "policies":
            # Older documents state the day of signature alone.
            asked["policies_signed"] = Max(f"{model}__signed_date")
    found = Page.objects.live().order_by().aggregate(**asked)
    found["policies_newest"] = found["policies_newest"] or found["policies_signed"]
    return {name: Filling(found[f"{name}_count"], found[f"{name}_newest"], f"/{name}/") for name in PAGES}


def _lists(area: Area | None) -> Mapping[str, Filling]:
    lists = PublicList.objects.published().exclude(state=ListState.SUPERSEDED).order_by()
    kinds = lists.values_list("kind").annotate(Count("pk"), Max("published_at"))
    return {f"lists.{kind}": Filling(count, day(newest), "/areas/") for kind, count, newest in kinds}


def _objections(area: Area | None) -> Mapping[str, Filling]:
    found = Objection.objects.aggregate(count=Count("pk"), newest=Max("received_on"))
    return {"objections": Filling(found["count"], found["newest"], "/areas/", standing=True)}


def _contacts(area: Area | None) -> Mapping[str, Filling]:
    known = public.contact(area) if area else {}
    wanted = (known.get("supervisor"), known.get("phone") or known.get("hotline"))
    path = f"/areas/{area.code}/" if area else ""
    return {"contacts": Filling(0, None, path, standing=all(wanted))}


def day(moment: datetime | None) -> date | None:
    """Return the day of `moment` here."""
    return clock.day_of(moment) if moment else None
