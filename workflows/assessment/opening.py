"""Opening a round: whom it is about, over which days, and what the data here say of each."""

from django.db import transaction
from django.utils.translation import gettext as _

from portal import clock
from portal.areas.models import Area, Level
from portal.configuration.services import value
from portal.ledger import written
from portal.ledger.services import append
from portal.people.models import Office, Role, User
from workflows.engine.numbers import inspection_number

from . import events, keys, periods, telling
from .counting import Scope
from .errors import BadRound, NotYours
from .indicators import BY_CODE, of_level
from .models import HELD_AT, SCORING, Round, RoundKind, Subject, Subjects
from .results import FORM, figures_digest
from .rounds import acting_office, draft


def open_round(*, by: User, area: Area, subjects_are: str, kind: str, year: int) -> Round:
    """Open a round of all subjects within `area` and compute what the data here say; figures are kept.

    Its days follow from `kind` and `year` (`periods.py`). Weights and the points of each grade are those of
    configuration today. Raises BadRound, NotYours. Source: XC-39, XC-41, HY-40, XY-43.
    """
    _check(area, subjects_are, kind)
    period = periods.asked(kind, year, area, subjects_are)
    with transaction.atomic():
        office = acting_office(by, area, SCORING)
        if office is None:
            raise NotYours(_("开考核由被考核的上一级经办、监督员或市级考核来办，您没有这个职务。"))
        Area.objects.select_for_update(no_key=True).get(pk=area.pk)
        held = Round.objects.standing().filter(area=area, subjects_are=subjects_are)
        if held.filter(kind=kind, year=year).exists():
            raise BadRound({"kind": _("这一次考核已经开过了，请在列表里找。开错了的，先请审定的人作废。")})
        weights = {
            one.code: weight
            for one in of_level(subjects_are)
            if (weight := int(value(keys.weight_key(one.code), area)))
        }
        round_ = Round.objects.create(
            number=inspection_number(area, "K"),
            kind=kind,
            year=year,
            subjects_are=subjects_are,
            area=area,
            area_path=area.path,
            first_day=period.first,
            last_day=period.last,
            weights=weights,
            grades={grade: int(value(key, area)) for grade, key in keys.GRADES.items()},
            opened_by=by,
            opened_at=clock.now(),
        )
        subjects = [_computed(round_, place, person) for place, person in _whom(area, subjects_are)]
        if not subjects:
            raise BadRound({"subjects_are": _("这个地方没有可考核的对象，请核对。")})
        written.note(*Subject.objects.bulk_create(subjects), made=True)
        body = {
            "subjects_are": subjects_are,
            "kind": kind,
            "form": FORM,
            "year": year,
            "first_day": period.first.isoformat(),
            "last_day": period.last.isoformat(),
            "weights": weights,
            "grades": round_.grades,
            "figures": [
                {"area": one.area.code, "helper": one.person is not None, "sha256": one.digest}
                for one in subjects
            ],
        }
        telling.scorers(round_)
        append(draft(events.OPENED, round_, by, office, body))
    return round_


def _check(area: Area, subjects_are: str, kind: str) -> None:
    wrong: dict[str, str] = {}
    if subjects_are not in Subjects.values:
        wrong["subjects_are"] = _("请选考谁。")
    elif HELD_AT[Subjects(subjects_are)] != area.level:
        level = Level(HELD_AT[Subjects(subjects_are)]).label
        wrong["place"] = _("考%(who)s要在%(level)s一级开，请选到%(level)s。") % {
            "who": Subjects(subjects_are).label,
            "level": level,
        }
    if kind not in RoundKind.values:
        wrong["kind"] = _("请选半年还是年度。")
    if wrong:
        raise BadRound(wrong)


def _whom(area: Area, subjects_are: str) -> list[tuple[Area, User | None]]:
    within = Area.objects.within(area).in_force(clock.today())
    if subjects_are != Subjects.HELPER:
        return [(place, None) for place in within.filter(level=subjects_are)]
    held = Office.objects.in_force(clock.today()).filter(
        role=Role.HELPER, area__in=within, user__is_active=True
    )
    # Who helps in one village on two lines is assessed there once.
    people = {(one.area_id, one.user_id): one for one in held.select_related("area", "user").order_by("-pk")}
    ordered = sorted(people.values(), key=lambda one: (one.area.path, one.pk))
    return [(one.area, one.user) for one in ordered]


def _computed(round_: Round, place: Area, person: User | None) -> Subject:
    scope = Scope(place, round_.first_day, round_.last_day, person)
    figures: dict[str, dict[str, int]] = {}
    for code in round_.weights:
        compute = BY_CODE[code].compute
        if compute and (figure := compute(scope)).of:
            figures[code] = {"good": figure.good, "of": figure.of}
    digest = figures_digest(round_.number, place.code, figures, person=person)
    return Subject(round=round_, area=place, person=person, figures=figures, digest=digest)
