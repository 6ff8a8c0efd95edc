"""What meetings, lists, notices and the desk learn of a change, an exit or an aid."""

from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from disclosure.masking.kinds import CHECKED, EXIT_CHECKED
from disclosure.publicity.models import ListKind
from disclosure.publicity.services import Content, RowDraft
from portal import clock
from portal.configuration.services import value
from workflows.engine.acting import Row
from workflows.engine.catalogue import flow
from workflows.engine.models import Batch, Case
from workflows.programmes.answers import yuan
from workflows.programmes.matters import SUBJECT, Basis, Face
from workflows.registry.models import Category, Household

from . import exit_income, forms, keys, rules
from .models import WANTED_WITH_CATEGORY, Aid, ChangeRequest, Wanted
from .variants import flow_of

PREFIX = "change:"
AID_PREFIX = "aid:"
YES = {"mode": "all"}
NO = {"mode": "none"}


def _public_name(household: Household) -> str:
    return household.public_name(clock.today())


def _basis(case: Case) -> Basis:
    words = str(value(keys.basis_key(case.flow_key), case.area_path))
    address = str(value(keys.paragraph_key(case.flow_key), case.area_path))
    return Basis(words, address, str(value(keys.REMEDY, case.area_path)))


def _source(case: Case) -> dict[str, str]:
    """Return what a public row says of the rule it rests on."""
    basis = _basis(case)
    return {"source_label": basis.label, **({"source_url": basis.url} if basis.url else {})}


def _title(batch: Batch, word: str) -> str:
    name = flow(batch.flow_key, batch.flow_version).name
    return f"{clock.today().year}年{batch.area.name}{name}{word}"


def _visit_rule(case: Case) -> dict[str, str]:
    """Return whether the flow asks for a check at home at all."""
    steps = flow(case.flow_key, case.flow_version).steps
    return YES if any(rules.visited in step.guards for step in steps) else NO


class ChangeMatter:
    """A change of the register, or an exit from it: `matters.Matter`. It pays nothing."""

    pays = False

    def drafts(self, rows: list[Row], kind: str, note: str) -> list[RowDraft]:
        """Return the public rows: who, and what is to be changed; never why a household is in need."""
        found = ChangeRequest.objects.filter(case__in=[row.case.pk for row in rows])
        by_case = {one.case_id: one for one in found.select_related("household")}
        prefetch_related_objects([one.household for one in by_case.values()], "members")
        return [_change_row(row, by_case[row.case.pk], kind) for row in rows]

    def title(self, batch: Batch, word: str) -> str:
        """Return year, village, flow and word."""
        return _title(batch, word)

    def content(self, rows: list[Row], kind: str) -> str:
        """Return whether households come onto the register, leave it, or change on it."""
        found = ChangeRequest.objects.filter(case__in=[row.case.pk for row in rows])
        wanted = {*found.values_list("wanted", flat=True)}
        if wanted == {Wanted.EXIT}:
            return Content.EXITS
        return Content.ADDITIONS if wanted & {Wanted.ENTER, Wanted.REENTER} else Content.CHANGES

    def names(self, batch: Batch) -> bool:
        """The village is asked about its own: names stand on its list while it hangs (S17, S18)."""
        return True

    def days(self, batch: Batch, kind: str) -> int | None:
        """Return the flow's own days of publicity (S17: 5 or more; S21: 7)."""
        if kind != ListKind.APPLICATION:
            return None
        return int(value(keys.publicity_key(batch.flow_key), batch.area_path))

    def basis(self, case: Case) -> Basis:
        """Return the rule in the county's words."""
        return _basis(case)

    def ending(self, batch: Batch) -> str:
        """Return what becomes of the household on the register."""
        if batch.flow_key == flow_of(Wanted.EXIT).key:
            return _("批准以后退出帮扶名册，不另外发钱；以后日子又难了，可以重新申请纳入。")
        return _("定下来以后记入帮扶名册。记入名册本身不发钱，能享受什么另外申请。")

    def visit(self, case: Case) -> dict[str, str]:
        """Return whether the household is to be visited."""
        return _visit_rule(case)

    def face(self, case: Case) -> Face:
        """Return the change as the desk shows it."""
        request = case.change
        household = request.household
        hints = [_("紧急，先帮后补")] if request.urgent else []
        if request.findings.get("consent") == rules.OBJECTS:
            hints.append(_("这户不同意退出：%(why)s") % {"why": request.findings.get("objection", "")})
        if request.wanted == Wanted.EXIT and (differs := exit_income.deviation(request)):
            hints.append(differs)
        values: dict[str, Any] = {}
        if "income_fen" in request.details:
            values["income_fen"] = request.findings.get("income_fen", request.details["income_fen"])
        return Face(
            heading=str(request.get_wanted_display()),
            household=household,
            item=item(request),
            requested_fen=0,
            values=values,
            has_money=self.pays,
            hints=hints,
        )

    def answers(self, case: Case) -> list[tuple[str, str]]:
        """Return what was filed and what the levels found."""
        return _answers(case, case.change, case.change.household)


def item(request: ChangeRequest) -> str:
    """Return in a few words what is asked for; it may stand in public."""
    label = str(request.get_wanted_display())
    if request.wanted in WANTED_WITH_CATEGORY:
        return _("%(what)s：%(category)s") % {
            "what": label,
            "category": Category(request.details["category"]).label,
        }
    return label


def _change_row(row: Row, request: ChangeRequest, kind: str) -> RowDraft:
    decided = kind == ListKind.ANNOUNCEMENT
    text = str(EXIT_CHECKED if request.wanted == Wanted.EXIT else CHECKED)
    return RowDraft(
        subject=f"{SUBJECT}{row.case.number}",
        name=_public_name(request.household),
        group=request.household.group_name,
        item=item(request),
        amount_fen=0,
        note=_("已经批准") if decided else _("村里评议通过"),
        why={
            "text": text,
            **_source(row.case),
            "level": _("县里确定") if decided else _("村里评议"),
        },
    )


def _answers(case: Case, request: ChangeRequest, household: Household) -> list[tuple[str, str]]:
    details = request.details
    said = forms.in_words(request.wanted, details, forms.people_of(household))
    if request.wanted == Wanted.EXIT:
        said += [(one["text"], one["evidence"]) for one in forms.criteria_of(details, household).values()]
        said += _income(case, request)
    for step in flow(case.flow_key, case.flow_version).steps:
        for wanted in step.fields:
            if wanted.key in request.findings:
                found = request.findings[wanted.key]
                money = wanted.kind == "money"
                said.append(
                    (str(wanted.label), _("%(yuan)s 元") % {"yuan": yuan(found)} if money else str(found))
                )
    if request.findings.get("objection"):
        said.append((_("这户为什么不同意"), str(request.findings["objection"])))
    if request.limit_on:
        said.append((_("全程期限"), request.limit_on.isoformat()))
    if request.urgent:
        helped = [f"{one.started_on.isoformat()} {one.what}" for one in case.started_measures.order_by("pk")]
        said.append((_("先采取的措施"), "；".join(helped) or _("还没有登记")))
    return said


def _income(case: Case, request: ChangeRequest) -> list[tuple[str, str]]:
    """Return what the register says of the year, the income a person, and the line that it must exceed."""
    said = []
    if case.flow_version == 1:
        income, line = rules.income_of(request, {})
        words = ""
    else:
        found = exit_income.measured(request, {})
        income, line, words = found.income_fen, found.line_fen, found.line_words
        register = request.findings.get("register", request.details.get("register"))
        told = exit_income.in_words(register) if register else _("户档里没有这一年的收入")
        said.append((_("户档里的收入"), told))
    said.append((_("人均年收入"), _("%(yuan)s 元") % {"yuan": yuan(income)}))
    which = f"（{words}）" if words else ""
    said.append((_("要超过的标准"), _("%(yuan)s 元") % {"yuan": yuan(line)} + which))
    return said


class AidMatter:
    """A temporary aid: `matters.Matter`. Its lists carry counts and sums only (design.md rule 8)."""

    pays = True

    def drafts(self, rows: list[Row], kind: str, note: str) -> list[RowDraft]:
        """Return a row for each aid without a name, a group or a cause: only count and sum are shown."""
        return [
            RowDraft(
                subject=f"{SUBJECT}{row.case.number}",
                name="",
                group="",
                item=_("临时救助"),
                amount_fen=row.amount_fen,
                note="",
                why=_source(row.case),
            )
            for row in rows
        ]

    def title(self, batch: Batch, word: str) -> str:
        """Return year, village, flow and word."""
        return _title(batch, word)

    def content(self, rows: list[Row], kind: str) -> str:
        """Return that it is about aid, at every stage."""
        return Content.AID

    def names(self, batch: Batch) -> bool:
        """Return False: nobody reads who was in need."""
        return False

    def days(self, batch: Batch, kind: str) -> int | None:
        """Lists hang for as long as the area has set."""
        return None

    def basis(self, case: Case) -> Basis:
        """Return the rule in the county's words."""
        return _basis(case)

    def ending(self, batch: Batch) -> str:
        """Return nothing: the aid is paid and its result published."""
        return ""

    def visit(self, case: Case) -> dict[str, str]:
        """Return whether the household is to be visited."""
        return _visit_rule(case)

    def face(self, case: Case) -> Face:
        """Return the aid as the desk shows it."""
        aid: Aid = case.aid
        given = [
            (_("申请"), aid.requested_fen),
            (_("先行救助"), aid.advanced_fen),
            (_("乡镇核定"), aid.checked_fen),
            (_("批准"), aid.approved_fen),
        ]
        return Face(
            heading=_("临时救助"),
            household=aid.household,
            item=_("先行救助") if aid.aid_first else _("临时救助"),
            requested_fen=aid.requested_fen,
            amounts=[(label, fen) for label, fen in given if fen is not None],
            values={"advanced_fen": aid.requested_fen},
            hints=[_("先行救助，审批后补")] if aid.aid_first else [],
        )

    def answers(self, case: Case) -> list[tuple[str, str]]:
        """Return what was asked for, and what was handed over and decided when."""
        aid: Aid = case.aid
        need = str(aid.get_sealed_need_display())
        said: list[tuple[str, str]] = [(_("急难类型"), need), (_("情况说明"), str(aid.reason))]
        if aid.advanced_on:
            said.append((_("先行救助日期"), aid.advanced_on.isoformat()))
            said.append((_("怎么领的"), aid.received_how))
        if aid.meeting:
            said.append((_("一事一议会议"), aid.meeting))
        if aid.limit_on:
            said.append((_("补办手续期限"), aid.limit_on.isoformat()))
        return said
