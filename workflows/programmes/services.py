"""Making programme versions, setting budgets, and filing applications for households."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from disclosure.pages.models import PolicyDocumentPage
from disclosure.publicity.withholding import put_back
from portal import clock
from portal.areas.models import Area, Level
from portal.ledger.canonical import canonical
from portal.ledger.services import Draft, append
from portal.people.models import Office, Role, User
from portal.people.scope import scope_of
from workflows.engine import catalogue
from workflows.engine.models import Case, CaseState
from workflows.engine.services import amend_case, open_case
from workflows.registry.models import Household

from . import definitions, eligibility, events, freed, ranking, wording
from .answers import clean
from .models import Application, Budget, Programme, ProgrammeVersion

# A programme is the county's: its offices of the line make versions and set budgets.
SETTING_ROLES = [Role.COUNTY_REVIEWER, Role.COUNTY_HEAD]


class ProgrammeRefused(Exception):
    """Something about a programme or an application that cannot be done; `str()` says what to do."""


def make_version(
    *,
    by: User,
    programme: Programme,
    valid_from: date,
    flow_key: str,
    policy: PolicyDocumentPage,
    definition: Mapping[str, Any],
) -> ProgrammeVersion:
    """Make the next version of `programme`; running cases keep theirs (design.md rule 7).

    Raises definitions.BadDefinition, and ProgrammeRefused where `by` holds no county office of its line or
    the day has passed.
    """
    office = _county_office(by, programme)
    definitions.check(definition, policy.anchors())
    _check_start(valid_from)
    with transaction.atomic():
        locked = Programme.objects.select_for_update(of=("self",)).select_related("area")
        programme = locked.get(pk=programme.pk)
        version, draft = _insert_version(by, office, programme, valid_from, flow_key, policy, definition)
        append(draft)
    return version


def create_programme(
    *,
    by: User,
    title: str,
    slug: str,
    line: str,
    area: Area,
    valid_from: date,
    flow_key: str,
    policy: PolicyDocumentPage,
    definition: Mapping[str, Any],
) -> ProgrammeVersion:
    """Make a programme of the county `area` with its first version; a new scheme is data, not code.

    Raises definitions.BadDefinition, and ProgrammeRefused for an area that is no county, an address that is
    taken, a day that has passed, and where `by` holds no county office of the line.
    """
    if area.level != Level.COUNTY:
        raise ProgrammeRefused(_("帮扶项目按县设定，请选到县。"))
    title = title.strip()
    programme = Programme(title=title, slug=slug, line=line, area=area, area_path=area.path)
    office = _county_office(by, programme)
    definitions.check(definition, policy.anchors())
    _check_start(valid_from)
    try:
        programme.full_clean(exclude=["area"])
    except ValidationError as error:
        raise ProgrammeRefused("；".join(error.messages)) from error
    with transaction.atomic():
        programme.save()
        version, draft = _insert_version(by, office, programme, valid_from, flow_key, policy, definition)
        created = _draft(events.PROGRAMME_CREATED, programme, by, office, {"slug": slug}, title=title)
        append(created, draft)
    return version


def _check_start(valid_from: date) -> None:
    if valid_from < clock.today():
        raise ProgrammeRefused(_("启用日期已经过去：已经报的按原来的版本办，请改成今天或以后。"))


def _insert_version(
    by: User,
    office: Office,
    programme: Programme,
    valid_from: date,
    flow_key: str,
    policy: PolicyDocumentPage,
    definition: Mapping[str, Any],
) -> tuple[ProgrammeVersion, Draft]:
    """Insert the next version of the locked `programme`; return it with its event's draft."""
    flow = catalogue.latest(flow_key)
    number = programme.versions.count() + 1
    definition = wording.kept_out(definition, programme.redactions)
    version = ProgrammeVersion.objects.create(
        programme=programme,
        number=number,
        valid_from=valid_from,
        flow_key=flow.key,
        flow_version=flow.version,
        policy=policy,
        definition=dict(definition),
        made_by=by,
    )
    body = {"version": number, "flow": flow.key, "flow_version": flow.version}
    words = canonical(definition)
    return version, _draft(events.VERSION_MADE, programme, by, office, body, definition=words)


def set_budget(*, by: User, programme: Programme, year: int, total_fen: int, source: str) -> Budget:
    """Set what `programme` may spend in `year`, in fen. It is never set below what is committed."""
    office = _county_office(by, programme)
    with transaction.atomic():
        budget = Budget.objects.select_for_update().filter(programme=programme, year=year).first()
        if budget is None:
            budget = Budget(programme=programme, year=year)
        elif total_fen < committed_fen(budget):
            raise ProgrammeRefused(_("预算不能少于已经批准的金额，请先核对已批的办件。"))
        source = put_back(source, Programme.objects.values_list("redactions", flat=True).get(pk=programme.pk))
        budget.total_fen, budget.source, budget.set_by = total_fen, source, by
        budget.save()
        freed.tell_next(programme.pk)
        body = {"year": year, "total_fen": total_fen}
        append(_draft(events.BUDGET_SET, programme, by, office, body, source=source))
    return budget


def committed_fen(budget: Budget) -> int:
    """Return what is approved under `budget` and not taken back, in fen."""
    standing = budget.applications.filter(case__state__in=[CaseState.ACTIVE, CaseState.DONE])
    return standing.aggregate(total=Sum("case__amount_fen"))["total"] or 0


def budgets_left(programmes: Sequence[int], year: int) -> dict[int, int]:
    """Return what the budgets of `year` still hold, in fen, by programme id; absent where none was set.

    One query for all of them; whoever commits money asks `committed_fen` again under the budget's lock.
    """
    standing = models.Q(applications__case__state__in=[CaseState.ACTIVE, CaseState.DONE])
    budgets = Budget.objects.filter(programme__in=programmes, year=year)
    budgets = budgets.annotate(committed=Sum("applications__case__amount_fen", filter=standing))
    return {budget.programme_id: budget.total_fen - (budget.committed or 0) for budget in budgets}


def current_version(programme: Programme, on: date | None = None) -> ProgrammeVersion | None:
    """Return the version in force on the date `on` (today unless given)."""
    return (
        programme.versions.filter(valid_from__lte=on or clock.today())
        .select_related("programme__area", "policy")
        .order_by("-number")
        .first()
    )


def file_application(
    *,
    by: User,
    programme: Programme,
    household: Household,
    answers: Mapping[str, Any],
    asked_on: date | None = None,
) -> Case:
    """File an application of `household` in its village's draft batch and return the case.

    `answers` are the form's values by key, money in fen. The amount is what the programme grants for them.
    With `asked_on` the household filed it itself on that day, which the window counts, and `by` takes it in.
    Raises answers.BadAnswers, ProgrammeRefused where the household may not apply or nothing is in force,
    and the engine's NotYourTurn where `by` does not file in that village. HY-34.
    """
    version = current_version(programme)
    if version is None or not household.area_path.startswith(programme.area_path):
        raise ProgrammeRefused(_("这个项目现在不能在这个村申报。"))
    _refuse_out_of_time(by, household, version.definition, asked_on)
    _refuse_ineligible(household, programme, version.definition)
    cleaned = clean(version.definition["fields"], answers)
    amount_fen = definitions.granted_fen(version.definition, cleaned)
    if amount_fen <= 0:
        raise ProgrammeRefused(_("按填写的投入算不出补助，请核对投入金额。"))

    def create(case: Case) -> dict[str, str]:
        Household.objects.select_for_update().get(pk=household.pk)
        # Asked again under the household's lock: two clerks filing at once make one application.
        _refuse_ineligible(household, programme, version.definition)
        Application.objects.create(
            case=case,
            programme_version=version,
            household=household,
            answers=cleaned,
            requested_fen=amount_fen,
            by_household=asked_on is not None,
            asked_on=asked_on,
        )
        return {"answers": canonical(cleaned), "household": household.subject}

    return open_case(
        actor=by,
        flow=catalogue.flow(version.flow_key, version.flow_version),
        scheme=version.scheme,
        title=f"{household.area.name} · {programme.title}",
        area=household.area,
        line=programme.line,
        subject=household.subject,
        amount_fen=amount_fen,
        create=create,
    )


def amend_application(*, by: User, case: Case, seen_version: int, answers: Mapping[str, Any]) -> Case:
    """Change the answers of an application that is still, or again, at its first step.

    `seen_version` is the version of its batch. Raises answers.BadAnswers, ProgrammeRefused, and the engine's
    ActRefused where somebody was faster or the case has moved on.
    """
    application = Application.objects.select_related("programme_version").get(case=case)
    definition = application.programme_version.definition
    cleaned = clean(definition["fields"], answers)
    amount_fen = definitions.granted_fen(definition, cleaned)
    if amount_fen <= 0:
        raise ProgrammeRefused(_("按填写的投入算不出补助，请核对投入金额。"))

    def change(_case: Case) -> dict[str, str]:
        application.answers, application.requested_fen = cleaned, amount_fen
        application.save(update_fields=["answers", "requested_fen"])
        return {"answers": canonical(cleaned)}

    return amend_case(
        actor=by, case_id=case.pk, seen_version=seen_version, amount_fen=amount_fen, change=change
    )


def _refuse_out_of_time(
    by: User, household: Household, definition: Mapping[str, Any], asked_on: date | None
) -> None:
    """Refuse what is filed outside the window, or by somebody whom the programme does not let file.

    What a household filed itself in time is in time, however long the office took to find out whose it is.
    """
    window = ranking.window_of(definition)
    if window and not window[0] <= (asked_on or clock.today()) <= window[1]:
        raise ProgrammeRefused(
            _("这个项目的申报期是 %(opens)s 至 %(closes)s，现在不能申报。")
            % {"opens": window[0].isoformat(), "closes": window[1].isoformat()}
        )
    own, filers = definitions.takes_own(definition), definitions.filing_roles(definition)
    if asked_on is not None:
        if not own:
            raise ProgrammeRefused(_("这个项目不由本户自己申报，请替这户填表申报。"))
        return
    if own and not filers:
        raise ProgrammeRefused(_("这个项目只由本户自己申报，请从“来访与申请”里受理本户填的表。"))
    if filers and scope_of(by, fresh=True).holds(filers, household.area_path, None) is None:
        who = "、".join(str(role.label) for role in filers)
        raise ProgrammeRefused(_("这个项目由%(who)s申报，请找他们报。") % {"who": who})


def _refuse_ineligible(household: Household, programme: Programme, definition: Mapping[str, Any]) -> None:
    failed = eligibility.failing(household, programme, definition)
    if failed:
        raise ProgrammeRefused(_("这户暂时不符合条件：%(rules)s") % {"rules": "；".join(failed)})


def _county_office(by: User, programme: Programme) -> Office:
    office = scope_of(by, fresh=True).holds(SETTING_ROLES, programme.area_path, programme.line)
    if office is None:
        raise ProgrammeRefused(_("帮扶项目由县里主管部门设定，您没有这个职务。"))
    return office


def _draft(
    kind: str, programme: Programme, by: User, office: Office, body: dict[str, Any], **sealed: str
) -> Draft:
    # Words may come to hold a name: the record commits to them, and a redaction erases the salt.
    return Draft(
        kind,
        "programme",
        programme.slug,
        actor=by,
        office=office,
        area_code=programme.area.code,
        line=programme.line,
        body=body,
        sealed=sealed,
    )
