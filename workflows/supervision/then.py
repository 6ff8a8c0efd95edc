"""The portal as it was on a date: list, programme, case, office, page, read from what is only added to.

Every row says whence it is known: field history, the ledger, or dates that never change. Personal values stay
masked, as on every screen of supervision.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from disclosure.masking.services import mask_name
from disclosure.publicity.models import ListRow, ListState, Objection, PublicList
from portal.areas.names import full_name
from portal.files.models import PrivateFile
from portal.ledger.models import Event
from portal.people.models import Office, Substitution, User
from workflows.desk import case_history
from workflows.desk.words import step_name
from workflows.engine.models import Case, CaseState
from workflows.programmes import matters, recorded
from workflows.programmes.answers import in_words, yuan
from workflows.programmes.models import Programme

from . import then_page, words
from .asked import AskedWrongly, people_named
from .reach import areas_within, reach_of, scope_as_supervisor
from .trail import midnight

MOST_ROWS = 200


@dataclass
class Then:
    """What stood at the end of a day. `facts` are label and words; `rows` with `heads` make a table."""

    title: str
    facts: list[tuple[str, str]]
    heads: Sequence[str] = ()
    rows: list[Sequence[str]] = field(default_factory=list)
    sequence: int | None = None


def case_facts(case: Case, until: datetime) -> list[tuple[str, str]]:
    """Return `case` as field history had it just before `until`; empty before it was filed. Names masked."""
    before = {"history_date__lt": until}
    latest = ("-history_date", "-history_id")
    was = case.history.filter(**before).order_by(*latest).first()
    if was is None:
        return []
    facts = [(_("状态"), str(CaseState(was.state).label)), (_("环节"), step_name(case, was.step))]
    if matters.pays(case):
        facts.append((_("金额"), _("%(yuan)s 元") % {"yuan": yuan(was.amount_fen)}))
    application = getattr(case, "application", None)
    form = application.history.filter(**before).order_by(*latest).first() if application else None
    if application is not None and form is not None:
        fields = application.programme_version.definition["fields"]
        facts += [(label, str(said)) for label, said in in_words(fields, form.answers)]
        for name, label in case_history.MONEY.items():
            if (fen := getattr(form, name)) is not None:
                facts.append((str(label), _("%(yuan)s 元") % {"yuan": yuan(fen)}))
    household = matters.of(case).face(case).household
    home = household.history.filter(**before).order_by(*latest).first()
    if home is not None:
        facts.append((_("户主"), mask_name(home.head_name)))
    counts = {
        _("决定"): case.decisions.filter(at__lt=until).count(),
        _("入户核查"): case.visits.filter(recorded_at__lt=until).count(),
        _("附件"): PrivateFile.objects.filter(reference=f"case:{case.number}", uploaded_at__lt=until).count(),
    }
    facts.append((_("已有"), "、".join(f"{label} {count}" for label, count in counts.items())))
    return facts


def look(user: User, kind: str, words_said: str, on: date) -> Then:
    """Return what `words_said` of `kind` (list, programme, case, office, page) was at the end of `on`.

    Raises AskedWrongly for what is missing or beyond the user's offices: both say the same.
    """
    end = midnight(on + timedelta(days=1))
    found = {"list": _list, "programme": _programme, "case": _case, "office": _office, "page": _page}[kind]
    return found(user, words_said, on, end)


def _missing() -> AskedWrongly:
    return AskedWrongly("words", _("您监督的地方里没有这个，请核对编号或者名字。"))


def _case(user: User, number: str, on: date, end: datetime) -> Then:
    seen = scope_as_supervisor(user).filter(Case.objects.select_related("batch", "area"))
    case = seen.filter(number=number).first()
    if case is None:
        raise _missing()
    facts = case_facts(case, end) or [(_("那天"), _("还没有申报"))]
    return Then(
        _("办件 %(number)s") % {"number": number}, facts, sequence=_last_event("case", number, user, end)
    )


def _list(user: User, number: str, on: date, end: datetime) -> Then:
    found = scope_as_supervisor(user).filter(PublicList.objects.select_related("area"))
    asked = found.filter(number=number).first()
    if asked is None:
        raise _missing()
    versions = list(found.filter(series=asked.series, published_at__lt=end).order_by("version"))
    title = asked.title
    if not versions:
        return Then(title, [(_("那天"), _("还没有公布"))])
    list_ = versions[-1]
    ended = list_.ended_at is not None and list_.ended_at < end
    state = ListState.ENDED if ended else ListState.RUNNING
    objections = Objection.objects.apart_from(user).filter(list=list_, received_at__lt=end)
    answered = objections.filter(answered_at__lt=end).count()
    postings = list_.postings.filter(recorded_at__lt=end)
    removed = [one for one in list_.redactions if str(one.get("at", ""))[:10] <= on.isoformat()]
    facts = [
        (_("编号"), f"{list_.number}（{_('第 %(n)s 版') % {'n': list_.version}}）"),
        (_("地方"), full_name(list_.area)),
        (_("状态"), str(state.label)),
        (_("发布"), words.moment(list_.published_at)),
        (_("公示到"), list_.closes_on.isoformat()),
        (_("户数"), str(list_.row_count)),
        (_("名单指纹"), list_.digest),
        (_("张贴记录"), _("%(n)s 次") % {"n": postings.count()}),
        (_("异议"), _("收到 %(n)s 件，答复 %(a)s 件") % {"n": objections.count(), "a": answered}),
    ]
    if list_.with_money:
        facts.insert(6, (_("合计"), _("%(yuan)s 元") % {"yuan": yuan(list_.total_fen)}))
    if removed:
        facts.append((_("紧急删去"), _("%(n)s 处") % {"n": len(removed)}))
    rows = ListRow.objects.filter(list=list_).order_by("position")[:MOST_ROWS]
    return Then(
        title,
        facts,
        (_("序号"), _("姓名"), _("内容"), _("金额（元）")),
        [
            (
                str(row.position),
                row.masked_name or "",
                str(row.shown.get("item", "")),
                yuan(row.amount_fen) if list_.with_money else "",
            )
            for row in rows
        ],
        sequence=_last_event("list", list_.number, user, end),
    )


def _programme(user: User, slug: str, on: date, end: datetime) -> Then:
    # A programme is the county's: whoever supervises within the county finds it.
    programme = next(
        (
            one
            for one in Programme.objects.filter(Q(slug=slug) | Q(title=slug)).select_related("area")
            if any(
                office.area.covers(one.area_path) or one.area.covers(office.area.path)
                for office in scope_as_supervisor(user).offices
            )
        ),
        None,
    )
    if programme is None:
        raise _missing()
    versions = programme.versions.filter(valid_from__lte=on, made_at__lt=end).select_related("made_by")
    version = versions.order_by("valid_from", "number").last()
    if version is None:
        return Then(programme.title, [(_("那天"), _("还没有启用的版本"))])
    definition = version.definition
    facts = [
        (_("版本"), _("第 %(n)s 版，%(day)s 起") % {"n": version.number, "day": version.valid_from}),
        (_("谁定的"), f"{version.made_by} {words.moment(version.made_at)}"),
        (_("政策文件"), version.policy.title),
        (_("内容指纹"), recorded.made_of(programme).get(version.number, _("账本没有记"))),
        (_("表上要填"), "、".join(str(one["label"]) for one in definition.get("fields", []))),
        (_("要交的材料"), "、".join(definition.get("evidence", [])) or _("没有")),
    ]
    for event in _programme_budgets(programme, end):
        body = json.loads(event.record)["body"]
        said = {"year": body.get("year", ""), "yuan": yuan(int(body.get("total_fen", 0)))}
        facts.append((_("预算"), _("%(year)s 年 %(yuan)s 元") % said))
    schemes = [f"programme:{pk}" for pk in programme.versions.values_list("pk", flat=True)]
    cases = scope_as_supervisor(user).filter(Case.objects.filter(scheme__in=schemes, opened_at__lt=end))
    closed = cases.filter(closed_at__lt=end).count()
    facts.append((_("办件"), _("申报 %(n)s 件，其中办完 %(c)s 件") % {"n": cases.count(), "c": closed}))
    return Then(programme.title, facts, sequence=_last_event("programme", programme.slug, user, end))


def _programme_budgets(programme: Programme, end: datetime) -> list[Event]:
    """Return the budgets of each year as the ledger had them: the last one set of each year."""
    found = Event.objects.filter(
        object_type="programme", object_id=programme.slug, kind="budget.set", recorded_at__lt=end
    )
    latest = {json.loads(event.record)["body"].get("year"): event for event in found.order_by("sequence")}
    return [latest[year] for year in sorted(latest, key=str)]


def _office(user: User, said: str, on: date, end: datetime) -> Then:
    """Return who held which office that day: of a person by name or user name, or of a place."""
    held = Office.objects.filter(area__in=areas_within(user)).in_force(on)
    people = people_named(said)
    places = list(areas_within(user).filter(Q(code=said) | Q(name=said))[:5])
    held = held.filter(Q(user__in=people) | Q(area__in=places))
    rows = list(held.select_related("user", "area", "granted_by").order_by("area__path", "role")[:MOST_ROWS])
    if not rows and not places:
        raise _missing()
    standing_in = Substitution.objects.in_force(on).filter(office__in=rows).select_related("substitute")
    substitutes = {one.office_id: str(one.substitute) for one in standing_in}
    return Then(
        _("%(said)s 的任职") % {"said": said},
        [(_("共"), _("%(n)s 个职务") % {"n": len(rows)})],
        (_("人"), _("账号"), _("职务"), _("地方"), _("条线"), _("从哪天起"), _("谁授予"), _("代办")),
        [
            (
                str(one.user),
                one.user.username,
                str(one.get_role_display()),
                one.area.name,
                str(one.get_line_display()),
                one.starts_on.isoformat(),
                str(one.granted_by or ""),
                substitutes.get(one.pk, ""),
            )
            for one in rows
        ],
    )


def _page(user: User, said: str, on: date, end: datetime) -> Then:
    page = then_page.find(user, said)
    if page is None:
        raise _missing()
    facts, texts, sequence = then_page.as_it_was(page, end)
    # The first text is the title as it was.
    title = texts[0][1] if texts else page.title
    return Then(title, facts, (_("哪一处"), _("那天写的")), list(texts[:MOST_ROWS]), sequence)


def _last_event(object_type: str, object_id: str, user: User, end: datetime) -> int | None:
    """Return the number of the last event of an object before `end`, by which what is shown can be proved."""
    found = Event.objects.filter(reach_of(user), object_type=object_type, object_id=object_id)
    return found.filter(recorded_at__lt=end).order_by("-sequence").values_list("sequence", flat=True).first()
