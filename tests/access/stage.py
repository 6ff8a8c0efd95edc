"""One county with an object of every kind, played by the engine, and accounts of every role, area, line."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test import Client
from wagtail.models import GroupPagePermission, Page

from disclosure.errata.models import ErrorReport
from disclosure.errata.services import report
from disclosure.pages.models import NoticePage
from disclosure.pages.services import NOTICES, ensure_site, section
from disclosure.publicity.models import Objection, PublicList
from disclosure.publicity.services import lodge, record_posting
from disclosure.village.models import VillageMatter
from disclosure.village.services import open_matter, record_meeting, save_rows
from portal import clock
from portal.areas.models import Area
from portal.areas.services import load
from portal.files.models import PrivateFile
from portal.files.services import store
from portal.people.models import (
    ADMINISTRATOR_ROLES,
    COUNTY_ROLES,
    ROLES_WITHOUT_CASES,
    TOWNSHIP_ROLES,
    VILLAGE_ROLES,
    Line,
    Office,
    Role,
    User,
)
from portal.people.services import end_office
from tests.workflows.county import (
    OFFICIALS,
    OTHER_TOWNSHIP_VILLAGE,
    SIBLING,
    VILLAGE,
    make_batch,
    make_county,
)
from workflows.assessment import periods
from workflows.assessment.models import Round, RoundKind, Subjects
from workflows.assessment.opening import open_round
from workflows.demo import build, play
from workflows.demo.build import County
from workflows.engine.acting import RowVerdict
from workflows.engine.definitions import Verdict
from workflows.engine.models import Batch, Case, CaseState
from workflows.notices.models import HouseholdNotice
from workflows.programmes.models import ProgrammeVersion
from workflows.programmes.services import create_programme
from workflows.radar import registry
from workflows.radar.models import Flag
from workflows.radar.rule import Found
from workflows.radar.running import keep
from workflows.rectification.models import FortnightReport, Source, Ticket
from workflows.rectification.reports import draft_report
from workflows.rectification.services import open_ticket
from workflows.registry.models import Household
from workflows.requests.models import HelpRequest, Matter
from workflows.requests.services import Asked, register_request
from workflows.spotchecks.frames import Wanted
from workflows.spotchecks.models import SpotCheck
from workflows.spotchecks.services import prepare

TOWNSHIP, OTHER_TOWNSHIP = "杉坞镇", "蕨溪乡"
COUNTY, OTHER_COUNTY, CITY = "枫禾县", "枫远县", "禾清市"
# The areas that cover the village whose objects are asked for.
COVERING = {VILLAGE, TOWNSHIP, COUNTY, CITY}
OWN_FORM = "own-form"
OTHER_COUNTY_FILE = f"code,name,level,parent_code\n990102000000,{OTHER_COUNTY},county,{build.CITY}\n"
OBJECTION_TEXT = "这一行写的圈舍我没有看见过"
REQUEST_TEXT = "家里上个月添了个孙子，要上户"
# The programme runs on the line of assistance.
LINES = (Line.ASSISTANCE, Line.EDUCATION, Line.ALL)
PLACES: dict[Role, tuple[str, ...]] = {
    **dict.fromkeys(VILLAGE_ROLES, (VILLAGE, SIBLING, OTHER_TOWNSHIP_VILLAGE)),
    **dict.fromkeys(TOWNSHIP_ROLES, (TOWNSHIP, OTHER_TOWNSHIP)),
    **dict.fromkeys(COUNTY_ROLES, (COUNTY, OTHER_COUNTY)),
    Role.CITY_ASSESSOR: (CITY,),
    Role.SUPERVISOR: (VILLAGE, SIBLING, TOWNSHIP, OTHER_TOWNSHIP, COUNTY, OTHER_COUNTY, CITY),
    Role.EDITOR: (VILLAGE, COUNTY, OTHER_COUNTY),
    **dict.fromkeys(ADMINISTRATOR_ROLES, (COUNTY, OTHER_COUNTY)),
}


@dataclass(frozen=True)
class Actor:
    """Somebody who asks: `role` at `area` on `line`, or `what` they are where they hold nothing in force."""

    what: str
    role: Role | None = None
    area: str = ""
    line: str = ""
    user: User | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return f"{self.what}({self.area}/{self.line})" if self.role else self.what

    @property
    def signed_in(self) -> bool:
        """Whether there is an account behind the request."""
        return self.user is not None

    def client(self) -> Client:
        """Return a browser of this person, signed in where there is an account."""
        client = Client()
        if self.user is not None:
            client.force_login(self.user, backend="django.contrib.auth.backends.ModelBackend")
        return client


@dataclass
class Stage:
    """The county and what stands in it; all objects belong to the village VILLAGE."""

    county: County
    files: dict[str, PrivateFile] = field(default_factory=dict)
    running: Batch = field(init=False)
    draft: Batch = field(init=False)
    shared: Batch = field(init=False)
    refused: Case = field(init=False)
    shown: PublicList = field(init=False)
    matter: VillageMatter = field(init=False)
    objection: Objection = field(init=False)
    erratum: ErrorReport = field(init=False)
    asked: HelpRequest = field(init=False)
    ticket: Ticket = field(init=False)
    spot_check: SpotCheck = field(init=False)
    round: Round = field(init=False)
    fortnight: FortnightReport = field(init=False)
    flag: Flag = field(init=False)
    notice: HouseholdNotice = field(init=False)
    section: Page = field(init=False)
    page: Page = field(init=False)

    @property
    def case(self) -> Case:
        """A case whose list is running."""
        return Case.objects.filter(batch=self.running, state=CaseState.ACTIVE).order_by("pk")[0]

    @property
    def filed(self) -> Case:
        """A case that has not left the village."""
        return Case.objects.filter(batch=self.draft).order_by("pk")[0]

    @property
    def household(self) -> Household:
        """The household of the draft's first case."""
        return Household.objects.of_subjects([self.filed.subject]).get()

    def office(self, username: str) -> Office:
        """Return the first office of a person of the county."""
        return (
            Office.objects.select_related("area").filter(user=self.county.people[username]).order_by("pk")[0]
        )

    def hidden_words(self) -> list[str]:
        """Return what no screen may say to somebody from whom the village's objects are hidden."""
        words = [
            self.running.number,
            self.draft.number,
            self.shared.number,
            self.shown.number,
            self.matter.number,
            OBJECTION_TEXT,
            REQUEST_TEXT,
            self.asked.receipt,
        ]
        words += list(Case.objects.values_list("number", flat=True))
        for household in Household.objects.prefetch_related("members"):
            words += [household.head_name, household.phone, household.bank_card]
            words += [text for member in household.members.all() for text in (member.name, member.id_number)]
        return sorted(set(words))


def set_the_county() -> Stage:
    """Make the county with its pages and officials, before anything is filed."""
    stage = Stage(make_county())
    load(OTHER_COUNTY_FILE.encode(), valid_from=date(2020, 1, 1))
    stage.county.areas[OTHER_COUNTY] = Area.objects.get(name=OTHER_COUNTY)
    ensure_site(COUNTY)
    _let_households_file(stage.county)
    stage.section = section(NOTICES)
    words = {"title": "通知", "slug": "a-notice", "source": "局里", "body": "<p>通知。</p>"}
    stage.page = NoticePage(published_date=clock.today(), **words)
    stage.section.add_child(instance=stage.page)
    stage.page.save_revision(user=stage.county["editor"]).publish()
    # Editors of the village and above are told of it: it stands before anything else comes to the village.
    of_village = f"/areas/{stage.county.areas[VILLAGE].code}/"
    stage.erratum = report(path=of_village, kind="words", text="有一个错字").report
    return stage


def _let_households_file(county: County) -> None:
    """Make a programme for which households fill in the form themselves."""
    first = ProgrammeVersion.objects.select_related("policy").get(programme=county.programme)
    create_programme(
        by=county["county"],
        title="自己填表的项目",
        slug=OWN_FORM,
        line=Line.ASSISTANCE,
        area=county.areas["枫禾县"],
        valid_from=clock.today(),
        flow_key="fund_application",
        policy=first.policy,
        definition={**build.DEFINITION, "filers": ["household"]},
    )


def play_the_village(stage: Stage) -> None:
    """Play three batches of VILLAGE: one with a list that is objected to and a refused row, one not sent in,
    one that has come to the county and so into the sight of finance.
    """
    county = stage.county
    # First the one whose list runs out: the clock's job would end the others as well.
    stage.shared = make_batch(county, rows=1, until="record", first=21)
    batch = make_batch(county, rows=3, until="check")
    reviewer = county[OFFICIALS.reviewer]
    play.visit_all(batch, reviewer)
    refused = play.active(batch)[0]
    verdict = RowVerdict(Verdict.REFUSE, reason="入户看过，圈舍还没有建")
    play.check(batch, reviewer, {refused.number: verdict})
    play.sign(batch, reviewer)
    stage.running = batch
    stage.refused = refused
    stage.notice = HouseholdNotice.objects.get(case=refused)
    stage.shown = PublicList.objects.get(number=batch.waits)
    stage.matter = _village_matter(stage)
    stage.objection = lodge(list_id=stage.shown.pk, text=OBJECTION_TEXT).objection
    wanted = Asked(
        area=county.areas[VILLAGE],
        matter=Matter.CHANGE,
        wanted="birth",
        text=REQUEST_TEXT,
        name="欧阳添丁",
        phone="19900008888",
    )
    stage.asked = register_request(wanted).request
    stage.ticket = open_ticket(
        by=county["supervisor"],
        source=Source.PATROL,
        area=county.areas[VILLAGE],
        line=Line.ASSISTANCE,
        owner_role=Role.VILLAGE_SECRETARY,
        title="公示栏没有贴满天数",
        text="到村里看过，名单已经揭掉",
        wanted="重新张贴",
    )
    assert county.programme is not None
    days = (clock.today() - timedelta(days=1), clock.today())
    found = Found(
        key="stage",
        area=county.areas[VILLAGE],
        line="assistance",
        reason="演示",
        objects=[("case", stage.case.number)],
        happened_at=clock.now(),
    )
    keep(registry.get("odd_hours"), [found])
    stage.flag = Flag.objects.get(key="stage")
    stage.spot_check = prepare(
        by=county["supervisor"],
        wanted=Wanted(county.programme, county.areas[VILLAGE], *days, with_unpaid=True),
        title="到户产业奖补抽查",
    )
    stage.round = open_round(
        by=county["reviewer1"],
        area=county.areas[TOWNSHIP],
        subjects_are=Subjects.VILLAGE,
        kind=RoundKind.HALF,
        year=periods.newest(RoundKind.HALF, county.areas[TOWNSHIP]).year,
    )
    stage.fortnight = draft_report(by=county["supervisor"], area=county.areas[COUNTY])
    posting = record_posting(
        by=county["watch1"],
        office=stage.office("watch1"),
        list_id=stage.shown.pk,
        seen_on=clock.today(),
        photo=play.photo("board"),
    )
    assert posting.photo is not None
    stage.draft = make_batch(county, rows=1, until="file", first=11)
    stage.files = {
        "list": posting.photo,
        "visit": PrivateFile.objects.get(reference=f"visit:{stage.case.visits.get().pk}"),
        "case": store(
            play.photo("case"), name="a.jpg", reference=f"case:{stage.case.number}", by=county["clerk1"]
        ),
        "objection": store(
            play.photo("said"),
            name="b.jpg",
            reference=f"objection:{stage.objection.pk}",
            by=county["watch1"],
        ),
    }


def _village_matter(stage: Stage) -> VillageMatter:
    """Open a works account of VILLAGE, on which the village has met once."""
    seat: dict[str, Any] = {"by": stage.county["clerk1"], "office": stage.office("clerk1")}
    matter = open_matter(**seat, area=stage.county.areas[VILLAGE], kind="works", title="村内道路维修")
    rows = [{"item": "水泥路100米", "amount": "30000"}]
    save_rows(**seat, matter_id=matter.pk, seen_version=0, rows=rows)
    data = {"step": "proposal", "held_on": clock.today(), "due_count": 5, "present_count": 5, "votes_for": 5}
    record_meeting(**seat, matter_id=matter.pk, seen_version=1, data=data)
    matter.refresh_from_db()
    return matter


_made = 0


def person(stage: Stage) -> User:
    """Return a fresh account that holds nothing."""
    global _made
    _made += 1
    user = User(username=f"asker{_made}", display_name="问事人", password=stage.county["security"].password)
    user.save()
    return user


def actor(stage: Stage, role: Role, area: str, line: str, *, starts_on: date | None = None) -> Actor:
    """Return somebody who holds `role` at `area` on `line`, from today unless told otherwise."""
    user = person(stage)
    build.grant(stage.county, user, role, area, Line(line), starts_on)
    return Actor(role.value, role, area, line, User.objects.get(pk=user.pk))


def one_of_each_role(stage: Stage, roles: Iterable[Role] = Role) -> list[Actor]:
    """Return a holder of each of `roles` over the village (or where the role is held), on all lines."""
    return [actor(stage, role, PLACES[role][0], Line.ALL) for role in sorted(roles)]


def everybody(stage: Stage, roles: Iterable[Role], *, full: bool) -> Iterator[Actor]:
    """Yield a holder of each of `roles` at every kind of area on every line that makes a difference.

    Who sees no case data on all lines sees none on one; finance is the line of those at the county. Unless
    `full`, an area that does not cover the village is held on all lines only: that opens the most. And those
    of `one_of_each_role`, who are asked everything elsewhere, are left out.
    """
    for role in roles:
        lines = LINES
        if role in ROLES_WITHOUT_CASES:
            lines = (Line.ALL,)
        elif role in COUNTY_ROLES:
            lines = (*LINES, Line.FINANCE)
        for area in PLACES[role]:
            for line in lines if full or area in COVERING else (Line.ALL,):
                if not full and (area, line) == (PLACES[role][0], Line.ALL):
                    continue
                yield actor(stage, role, area, line)


def without_office(stage: Stage) -> list[Actor]:
    """Return those who hold nothing in force today: a visitor, a superuser, offices over and to come."""
    superuser = person(stage)
    User.objects.filter(pk=superuser.pk).update(is_superuser=True, is_staff=True)
    ended = actor(stage, Role.TOWNSHIP_HEAD, TOWNSHIP, Line.ALL)
    assert ended.user is not None
    end_office(by=stage.county["security"], office=ended.user.offices.get(), on=clock.today(), reason="调离")
    tomorrow = clock.today() + timedelta(days=1)
    coming = actor(stage, Role.VILLAGE_CLERK, VILLAGE, Line.ALL, starts_on=tomorrow)
    shut = actor(stage, Role.COUNTY_REVIEWER, COUNTY, Line.ALL)
    plain = Actor("no office", user=person(stage))
    assert shut.user is not None and coming.user is not None
    return [
        Actor("visitor"),
        Actor("superuser without office", user=User.objects.get(pk=superuser.pk)),
        Actor("office ended", user=User.objects.get(pk=ended.user.pk)),
        Actor("office from tomorrow", user=User.objects.get(pk=coming.user.pk)),
        plain,
    ]


def give_section(user: User, page: Page) -> None:
    """Let an editor work on `page` and below it, by Wagtail's own permissions."""
    group = Group.objects.create(name=f"section {page.pk} of {user.pk}")
    for codename in ("add_page", "change_page", "publish_page"):
        permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=codename)
        GroupPagePermission.objects.create(group=group, page=page, permission=permission)
    user.groups.add(group)


WRITING = re.compile(r"\s*(?:WITH\b.*?\()?(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)
# Signing in and out moves sessions; nothing else may move.
SESSIONS = {"django_session"}


@contextmanager
def watched() -> Iterator[list[str]]:
    """Yield a list that gathers the table of every write of the block, sessions left out."""
    written: list[str] = []

    def look(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found = WRITING.match(sql)
        if found and found[1] not in SESSIONS:
            written.append(found[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield written


def contents() -> dict[str, int]:
    """Return the number of rows of every table but the sessions."""
    counts = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table not in SESSIONS:
                cursor.execute(f'SELECT count(*) FROM "{table}"')
                counts[table] = int(cursor.fetchone()[0])
    return counts
