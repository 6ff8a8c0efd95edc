"""A programme as officials read it: its versions in words, and the money of each year."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Max, Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disclosure.pages.models import PolicyDocumentPage
from portal import clock
from portal.areas.models import Area, path_range
from portal.people.models import ROLES_WITHOUT_CASES, Line, User
from portal.people.scope import scope_of
from workflows.engine.models import CaseState
from workflows.programmes import definitions, recorded
from workflows.programmes.answers import yuan
from workflows.programmes.application_matter import policy_url, why
from workflows.programmes.course import steps_of
from workflows.programmes.models import Budget, Programme, ProgrammeVersion
from workflows.programmes.services import SETTING_ROLES

KINDS = {
    "text": gettext_lazy("文字"),
    "money": gettext_lazy("金额"),
    "choice": gettext_lazy("选一个"),
    "number": gettext_lazy("整数"),
}
CITED = {
    "basis": gettext_lazy("依据"),
    "who": gettext_lazy("谁能申请"),
    "amount": gettext_lazy("补多少"),
    "visit": gettext_lazy("怎样核查"),
    "how": gettext_lazy("怎样办"),
}


def readable(user: User) -> QuerySet[Programme]:
    """Return the programmes of the counties around or within the offices of `user`, of their lines.

    Finance pays for every line, so it reads the programmes of all.
    """
    reach = Q(pk__in=[])
    for held in scope_of(user).offices:
        if held.role in ROLES_WITHOUT_CASES:
            continue
        path = held.area.path
        above = [path[:end] for end in range(Area.steplen, len(path) + 1, Area.steplen)]
        near = path_range(path) | Q(area_path__in=above)
        reach |= near if held.line in (Line.ALL, Line.FINANCE) else near & Q(line=held.line)
    return Programme.objects.filter(reach).select_related("area")


def may_set(user: User, programme: Programme) -> bool:
    """Return whether `user` makes versions and budgets of `programme`; the service asks again."""
    return scope_of(user).holds(SETTING_ROLES, programme.area_path, programme.line) is not None


def in_list(programmes: QuerySet[Programme]) -> list[dict[str, Any]]:
    """Return programmes with number and day of the version in force and this year's money (two queries)."""
    today = clock.today()
    found = list(
        programmes.annotate(
            number=Max("versions__number", filter=Q(versions__valid_from__lte=today)),
            next_number=Max("versions__number", filter=Q(versions__valid_from__gt=today)),
        ).order_by("area_path", "title")
    )
    budgets = {one["programme"]: one for one in money(found, today.year)}
    return [{"programme": one, "money": budgets.get(one.pk)} for one in found]


def money(programmes: list[Programme], year: int | None = None) -> list[dict[str, Any]]:
    """Return the budgets with what is committed and what is paid, in fen, the newest year first."""
    standing = Q(applications__case__state__in=[CaseState.ACTIVE, CaseState.DONE])
    budgets = Budget.objects.filter(programme__in=programmes)
    if year is not None:
        budgets = budgets.filter(year=year)
    # One application has at most one payment, so neither join multiplies the other's rows.
    budgets = budgets.annotate(
        committed=Sum("applications__case__amount_fen", filter=standing),
        paid=Sum("applications__case__payment__amount_fen"),
    ).order_by("-year")
    return [
        {
            "programme": budget.programme_id,
            "year": budget.year,
            "source": budget.source,
            "total": budget.total_fen,
            "committed": budget.committed or 0,
            "paid": budget.paid or 0,
            "left": budget.total_fen - (budget.committed or 0),
        }
        for budget in budgets
    ]


@dataclass(frozen=True)
class VersionWords:
    """One version of a programme in words."""

    version: ProgrammeVersion
    state: str
    facts: list[tuple[str, str]]
    fields: list[tuple[str, str]]
    rules: list[str]
    steps: list[str]
    citations: list[tuple[str, str, str]]
    replaced: bool = False
    # Under which the ledger holds it.
    fingerprint: str = ""


def versions_of(programme: Programme) -> list[VersionWords]:
    """Return the versions in words, the newest first (two queries, and one for each policy document)."""
    made = recorded.made_of(programme)
    found = programme.versions.select_related("policy", "made_by").order_by("-number")
    said, replaced = [], False
    for version in found:
        if version.valid_from > clock.today():
            one = in_words(version, _("还没启用"))
        else:
            one = in_words(version, _("已被替代") if replaced else _("现行"), replaced=replaced)
            replaced = True
        said.append(replace(one, fingerprint=made.get(version.number, "")))
    return said


def in_words(version: ProgrammeVersion, state: str = "", *, replaced: bool = False) -> VersionWords:
    """Return what a version says; `replaced` where a newer one is in force."""
    definition = version.definition
    amount = definition["amount"]
    labels = {field["key"]: field["label"] for field in definition["fields"]}
    facts = [
        (_("是什么"), definition["summary"]),
        (_("谁能申请"), definition["who"]),
        (
            _("补多少"),
            _("按“%(of)s”的 %(rate)s%% 补，最多 %(ceiling)s 元")
            % {
                "of": labels[amount["of"]],
                "rate": amount["rate_percent"],
                "ceiling": yuan(amount["ceiling_fen"]),
            },
        ),
        (_("谁来申报"), filers_words(definition)),
        (_("入户核查"), visit_words(definition["visit"])),
        (_("公示的理由"), why(definition)),
        (
            _("名单上的姓名"),
            _("带姓名（网上遮掉一部分）") if definition["show_names"] else _("不带姓名，只公布户数和金额"),
        ),
        (_("怎样申请"), "\n".join(definition["how_to_apply"])),
        (_("不同意怎么办"), definition["remedy"]),
    ]
    return VersionWords(
        version=version,
        state=state,
        facts=facts,
        fields=[(field["label"], _field_words(field)) for field in definition["fields"]],
        rules=[rule["text"] for rule in definition["eligibility"]],
        steps=[step.name for step, sometimes in steps_of(version) if not sometimes],
        citations=[
            (str(CITED.get(name, _("依据"))), citation["label"], policy_url(version, name))
            for name, citation in definition["citations"].items()
        ],
        replaced=replaced,
    )


def filers_words(definition: Mapping[str, Any]) -> str:
    """Return who files, in words."""
    roles = definitions.filing_roles(definition)
    who = [str(role.label) for role in roles]
    if definitions.takes_own(definition):
        who.append(_("本户自己（网上填表，村里认定后报）"))
    return "、".join(who) or "、".join(str(role.label) for role in definitions.FILERS)


def visit_words(visit: Mapping[str, Any]) -> str:
    """Return a rule of visits in words."""
    if visit["mode"] == "sample":
        return _("抽查百分之 %(percent)s") % {"percent": visit["percent"]}
    if visit["mode"] == "risk":
        return _("申报 %(yuan)s 元及以上的每户都去") % {"yuan": yuan(visit["over_fen"])}
    return _("每户都去，两个人")


def _field_words(field: Mapping[str, Any]) -> str:
    words = str(KINDS[field["kind"]])
    if field.get("choices"):
        words += "：" + "、".join(field["choices"])
    if field.get("help"):
        words += f"（{field['help']}）"
    return words if field.get("required", True) else words + _("，可以不填")


def paragraphs(policy: PolicyDocumentPage) -> list[tuple[str, str]]:
    """Return anchor and label of each paragraph of `policy` that may be cited, in order."""
    citable = policy.anchors()
    values = [block.value for block in policy.body if hasattr(block.value, "get")]
    return [
        (value["anchor"], value.get("label") or value["anchor"])
        for value in values
        if value.get("anchor") in citable
    ]
