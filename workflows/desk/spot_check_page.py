"""What the pages of a spot check show, and how what was typed at a household is read."""

import secrets
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from portal import clock
from portal.files.models import PrivateFile
from portal.ledger.draws import beacon_after
from portal.people.models import Role, User
from workflows.engine.models import Case, CaseState
from workflows.programmes import matters
from workflows.programmes.answers import fen_of
from workflows.rectification import offices
from workflows.registry.models import Household
from workflows.spotchecks import services
from workflows.spotchecks.frames import last_handed_over
from workflows.spotchecks.models import CheckState, DrawnCase, Met, SignedHow, SpotCheck, Told
from workflows.spotchecks.visits import FILE_KIND, Said, paid_by

from .signing import day_of


def shown_of(check: SpotCheck) -> dict[str, Any]:
    """Return what the page of a check shows: how it was sealed and drawn, and each drawn case."""
    drawn = list(
        check.drawn.select_related("case__area").prefetch_related("visits__ticket").order_by("position")
    )
    homes = {
        f"household:{one.pk}": one
        for one in Household.objects.of_subjects([one.case.subject for one in drawn])
    }
    held: dict[str, int] = {}
    for village, _key in check.frame:
        held[village] = held.get(village, 0) + 1
    names = dict(check.area.__class__.objects.filter(code__in=held).values_list("code", "name"))
    return {
        "check": check,
        "signed": check.state != CheckState.SEEDED or bool(beacon_after(check.seed_event)),
        "rows": [
            {
                "drawn": one,
                "home": homes.get(one.case.subject),
                "visit": services.last_visit(one),
            }
            for one in drawn
        ],
        "strata": [
            {"name": names.get(village, village), "held": held[village], "take": check.take.get(village, 0)}
            for village in sorted(held)
        ],
        "sum": services.summary(check) if drawn else {},
    }


def household_of(user: User, check: SpotCheck, drawn: DrawnCase) -> dict[str, Any]:
    """Return what the visit's page shows: whose case it is, what the books say, earlier visits."""
    case = Case.objects.select_related(*matters.related()).get(pk=drawn.case_id)
    visits = list(drawn.visits.select_related("ticket", "recorded_by").order_by("pk"))
    files: dict[int, list[PrivateFile]] = {}
    paid_fen = paid_by(drawn, clock.today())
    references = [f"{FILE_KIND}:{visit.pk}" for visit in visits]
    for file in PrivateFile.objects.filter(reference__in=references).order_by("pk"):
        files.setdefault(int(file.reference.partition(":")[2]), []).append(file)
    return {
        "check": check,
        "drawn": drawn,
        "case": case,
        "face": matters.of(case).face(case),
        "visits": [{"visit": visit, "files": files.get(visit.pk, [])} for visit in visits],
        "writes": check.state == CheckState.DRAWN,
        "met": Met.choices,
        "told": Told.choices,
        "signatures": SignedHow.choices,
        "owners": offices.choices(drawn.case.area, drawn.case.line),
        "paid_fen": paid_fen,
        "paid_on": last_handed_over(case),
        "owed": max(0, (case.amount_fen or 0) - paid_fen) if case.state == CaseState.ACTIVE else 0,
    }


def fresh(user: User) -> dict[str, str]:
    """Return what an empty form begins with: today, the person who asks, a key of its own."""
    return {
        "visited_on": clock.today().isoformat(),
        "first_visitor": user.display_name,
        "owner": Role.TOWNSHIP_HEAD.value,
        "sent_key": secrets.token_hex(12),
    }


def said_in(data: Mapping[str, Any]) -> Said:
    """Return what the form says. ValueError with a Chinese sentence for a day or sum that cannot be read."""
    received = str(data.get("received", "")).strip()
    try:
        fen = fen_of(received) if received else None
    except ValueError:
        raise ValueError(_("收到的金额要填数字，单位元，最多两位小数。")) from None
    return Said(
        visited_on=day_of(str(data.get("visited_on", "")), _("入户日期")),
        first_visitor=str(data.get("first_visitor", "")),
        second_visitor=str(data.get("second_visitor", "")),
        met=str(data.get("met", "")),
        met_name=str(data.get("met_name", "")),
        told=str(data.get("told", "")),
        received_fen=fen,
        on_time={"yes": True, "no": False}.get(str(data.get("on_time", ""))),
        seen=str(data.get("seen", "")),
        finding=str(data.get("finding", "")),
        signed_how=str(data.get("signed_how", "")),
        owner_role=str(data.get("owner", "")) or Role.TOWNSHIP_HEAD,
        sent_key=str(data.get("sent_key", "")),
    )
