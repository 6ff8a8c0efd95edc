"""Building blocks of the demo county: places, officials, programme, households. Tests build with them too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.db import transaction

from disclosure.pages.models import PolicyDocumentPage
from disclosure.pages.services import import_policy
from portal import clock
from portal.areas.models import Area
from portal.areas.services import load
from portal.ledger.services import Draft, append
from portal.people.joint import possible_seconds
from portal.people.models import Line, Office, Role, User
from portal.people.services import bootstrap_administrators, grant_office, invite_account
from workflows.programmes.models import Programme
from workflows.programmes.services import create_programme, set_budget
from workflows.registry.incomes import Figures, record_income
from workflows.registry.models import Category, Cause, Household, IncomeSource, Labour
from workflows.registry.services import NewMember, register_household

from . import names

PASSWORD = "mingbai-demo"  # of invented accounts, refused outside development
# Opens what inspectors of the demo searched; the sealing half is in the development settings.
OPENING_KEY = "ZGV2ZWxvcG1lbnQtb25seS1pbnF1aXJ5LWtleS0wMDE="
CITY, COUNTY = "990100000000", "990101000000"
TOWNSHIPS = {"990101101000": "杉坞镇", "990101201000": "蕨溪乡"}
VILLAGES = {
    "990101101000": ["禾坪村", "竹坞村", "麦垄村", "茶坪村", "柏岗村", "梨湾村", "菊岭村"],
    "990101201000": ["榆坪村", "橘洲村", "葛坪村", "苇湾村", "松岙村", "漆坪村", "莲垱村"],
}
POLICY_FILE = Path(__file__).with_name("policy.txt")
YEARLY_BUDGET_FEN = 120_000_00


def divisions() -> bytes:
    """Return the invented county as a file of `load_areas`."""
    rows = ["code,name,level,parent_code", f"{CITY},禾清市,city,", f"{COUNTY},枫禾县,county,{CITY}"]
    for code, name in TOWNSHIPS.items():
        rows.append(f"{code},{name},township,{COUNTY}")
        for place, village in enumerate(VILLAGES[code]):
            rows.append(f"{int(code) + 201 + place},{village},village,{code}")
    return "\n".join(rows).encode()


@dataclass
class County:
    """The invented county: areas by name, people by username, the programme."""

    areas: dict[str, Area] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    programme: Programme | None = None

    def __getitem__(self, username: str) -> User:
        """Return the person of that username, with nothing kept of an earlier request."""
        return User.objects.get(pk=self.people[username].pk)


# username: name, role, area, line
OFFICIALS: dict[str, tuple[str, Role, str, Line]] = {
    "reviewer1": ("沈知行", Role.TOWNSHIP_REVIEWER, "杉坞镇", Line.ASSISTANCE),
    "head1": ("陶远山", Role.TOWNSHIP_HEAD, "杉坞镇", Line.ALL),
    "reviewer2": ("姜若水", Role.TOWNSHIP_REVIEWER, "蕨溪乡", Line.ASSISTANCE),
    "head2": ("秦守正", Role.TOWNSHIP_HEAD, "蕨溪乡", Line.ALL),
    "county": ("严明理", Role.COUNTY_REVIEWER, "枫禾县", Line.ASSISTANCE),
    "countyhead": ("魏思齐", Role.COUNTY_HEAD, "枫禾县", Line.ALL),
    "finance": ("金守账", Role.COUNTY_FINANCE, "枫禾县", Line.FINANCE),
    "assessor": ("华清源", Role.CITY_ASSESSOR, "禾清市", Line.ALL),
    "supervisor": ("孔秉直", Role.SUPERVISOR, "枫禾县", Line.ALL),
    "editor": ("曹文清", Role.EDITOR, "枫禾县", Line.ALL),
}
VILLAGE_OFFICIALS = {
    "clerk": Role.VILLAGE_CLERK,
    "secretary": Role.VILLAGE_SECRETARY,
    "watch": Role.VILLAGE_SUPERVISION,
    "helper": Role.HELPER,
    "team": Role.RESIDENT_TEAM,
    "grid": Role.GRID_WORKER,
}


def make_places() -> County:
    """Load the county's areas."""
    load(divisions(), valid_from=date(2020, 1, 1))
    return County(areas={area.name: area for area in Area.objects.filter(code__startswith="9901")})


def make_administrators(county: County) -> None:
    """Make the three administrators of the installation."""
    invited = bootstrap_administrators(
        area=county.areas["禾清市"],
        people={
            Role.SYSTEM_ADMIN: ("sysadmin", "吕工程"),
            Role.SECURITY_ADMIN: ("security", "许安全"),
            Role.AUDIT_ADMIN: ("audit", "何审计"),
        },
    )
    for invitation in invited.values():
        _signed_up(county, invitation.user)


def make_official(county: County, username: str, name: str, role: Role, area: str, line: Line) -> User:
    """Invite a person and grant them an office from today."""
    if username not in county.people:
        _signed_up(county, invite_account(by=county["security"], username=username, display_name=name).user)
    user = county[username]
    grant(county, user, role, area, line)
    return user


def grant(
    county: County, user: User, role: Role, area: str, line: Line = Line.ALL, starts_on: date | None = None
) -> Office:
    """Have the security administrator and a second person give `user` an office, from today unless told."""
    security, place = county["security"], county.areas[area]
    second = possible_seconds(by=security, user=user, role=role, area=place)[0]
    return grant_office(
        by=security,
        second=second,
        user=user,
        role=role,
        area=place,
        line=line,
        starts_on=starts_on or clock.today(),
    )


def _signed_up(county: County, user: User) -> None:
    """The invited person follows the link and sets a password."""
    with transaction.atomic():
        user.password = _hashed_password()
        user.save(update_fields=["password"])
        body = {"username": user.username}
        append(Draft("account.password_set", "account", str(user.pk), actor=user, body=body))
    county.people[user.username] = user


@cache
def _hashed_password() -> str:
    """Return the one hash of the one demo password: a hundred hashings would take half a minute."""
    return make_password(PASSWORD)


def make_officials(county: County, villages: Mapping[str, int]) -> None:
    """Make the offices of township, county and city, and six in each of `villages` (name to number)."""
    for username, (name, role, area, line) in OFFICIALS.items():
        make_official(county, username, name, role, area, line)
    for village, number in villages.items():
        for place, (word, role) in enumerate(VILLAGE_OFFICIALS.items()):
            name = names.person(500 + number * 7 + place).name
            make_official(county, f"{word}{number}", name, role, village, Line.ALL)


DEFINITION = {
    "summary": "自己养羊、养鸡、种菌、种药材或者买农机，建好了、查验了，政府补一部分钱。",
    "who": "本县脱贫户、脱贫不稳定户、边缘易致贫户、突发严重困难户，家里有能干活的人。",
    "how_to_apply": [
        "找村文书或者您家的帮扶责任人，说要做什么、投入多少。",
        "他们帮您填申请，您看一遍再报。",
        "村里开会议定，乡镇派两个人到家里看，名单公示七天。",
        "建成验收后，补助打到一卡通。",
    ],
    "remedy": "您觉得不对，可以在收到告知书后向乡镇帮扶办提出，"
    "也可以在公示期内在网上、打电话或者写纸条提异议；"
    "对答复不服，可以向县农业农村局反映一次。",
    "fields": [
        {
            "key": "project",
            "label": "做什么",
            "kind": "choice",
            "choices": ["养羊圈舍", "养鸡", "食用菌大棚", "中药材种植", "农机购置"],
        },
        {"key": "scale", "label": "规模", "kind": "text", "help": "比如：圈舍60平方米、羊20只"},
        {"key": "invested_fen", "label": "自己投入", "kind": "money"},
        {"key": "expected_fen", "label": "预计一年增收", "kind": "money", "required": False},
    ],
    "item_field": "project",
    "eligibility": [
        {
            "rule": "category_in",
            "values": [
                Category.LIFTED.value,
                Category.UNSTABLE_LIFTED.value,
                Category.MARGINAL.value,
                Category.SUDDEN_HARDSHIP.value,
            ],
            "text": "得是脱贫户或者监测对象",
        },
        {"rule": "able_member", "text": "家里要有能干活的人"},
        {"rule": "once_a_year", "text": "一户一年只能享受一次"},
    ],
    "amount": {"of": "invested_fen", "rate_percent": 60, "ceiling_fen": 500_000},
    "visit": {"mode": "all"},
    "reason": "自己建好并通过查验的农户，按投入的百分之{rate}补助，最多{ceiling}元。",
    "show_names": True,
    "citations": {
        "basis": {"anchor": "s2-2", "label": "二（二）"},
        "who": {"anchor": "s2-1", "label": "二（一）"},
        "how": {"anchor": "s3", "label": "三"},
    },
}


def make_programme(county: County) -> Programme:
    """Publish the county's policy and make the programme 到户产业奖补（先建后补） with this year's budget."""
    policy: PolicyDocumentPage = import_policy(POLICY_FILE, publish=True).page
    programme = create_programme(
        by=county["county"],
        title="到户产业奖补（先建后补）",
        slug="build-then-subsidise",
        line=Line.ASSISTANCE,
        area=county.areas["枫禾县"],
        valid_from=clock.today(),
        flow_key="fund_application",
        policy=policy,
        definition=DEFINITION,
    ).programme
    year = clock.today().year
    set_budget(
        by=county["county"],
        programme=programme,
        year=year,
        total_fen=YEARLY_BUDGET_FEN,
        source=f"{year}年衔接资金",
    )
    county.programme = programme
    return programme


def make_household(
    county: County, village: str, number: int, by: str, category: str = Category.LIFTED
) -> Household:
    """Register the invented household number `number` in `village`: a head and a spouse."""
    return _registered(county, village, number, by, category, _couple(number))


def make_family(county: County, village: str, number: int, by: str, category: str) -> Household:
    """Register a household as a real one is: with cause, labour and two years of income; some with a child.

    Every third has a child of school age, and one in eleven an orphan as its head: a minor is never named in
    public, so the grandmother is.
    """
    head, spouse = _couple(number)
    members = [replace(head, labour=Labour.ABLE), replace(spouse, labour=Labour.WEAK)]
    child = names.child(number, years=9 + number % 6, on=clock.today())
    if number % 11 == 5:
        orphan = NewMember(child.name, "户主", child.id_number, labour=Labour.NONE)
        members = [orphan, replace(members[1], relation="祖母")]
    elif number % 3 == 0:
        members.append(NewMember(child.name, "子女", child.id_number, labour=Labour.NONE))
    household = _registered(county, village, number, by, category, members, CAUSES[number % len(CAUSES)])
    for back in (2, 1):
        figures = Figures(
            year=clock.today().year - back,
            operating_fen=(9_000 + number * 310 % 4_000 - back * 700) * 100,
            wage_fen=(12_000 + number * 730 % 9_000 - back * 1_100) * 100,
            property_fen=number % 4 * 250_00,
            transfer_fen=(1_800 + number * 90 % 900) * 100,
        )
        record_income(by=county[by], household=household, figures=figures, source=IncomeSource.SURVEY)
    return household


CAUSES = [Cause.NO_SKILL, Cause.ILLNESS, Cause.NO_MONEY, Cause.SCHOOLING, Cause.DISASTER, Cause.NO_LABOUR]


def _couple(number: int) -> list[NewMember]:
    head, spouse = names.person(number), names.person(number + 250)
    return [
        NewMember(head.name, "户主", head.id_number),
        # One more, for the other sex: it is in the parity of the number.
        NewMember(spouse.name, "配偶", names.id_number(date(1964 + number % 20, 2, 3), number + 251)),
    ]


def _registered(
    county: County,
    village: str,
    number: int,
    by: str,
    category: str,
    members: Sequence[NewMember],
    cause: str = "",
) -> Household:
    return register_household(
        by=county[by],
        area=county.areas[village],
        group_name=f"{'一二三四五'[number % 5]}组",
        category=Category(category),
        members=members,
        phone=names.phone(number),
        bank_card=names.bank_card(number),
        cause=cause,
    )
