"""What the demo supervisor did: looked at clues, dismissed one, made one a ticket, compared a list."""

from datetime import date, timedelta

from portal import clock
from portal.people.models import Role
from workflows.radar import services
from workflows.radar.models import Flag, FlagState, OutsideKind
from workflows.radar.outside.comparing import compare
from workflows.registry.models import Member

from .build import County
from .calendar import Diary, Story
from .names import id_number

# A list from outside names people of the whole county; all of them are invented.
ON_THE_LIST = 60


def handled(county: County, diary: Diary) -> Story:
    """Yesterday the supervisor went through some of what waited; the rest waits still."""
    supervisor = county["supervisor"]
    yield diary.at(-1, 15, 10)
    for flag in _waiting("kin")[:1]:
        services.dismiss(
            by=supervisor,
            flag_id=flag.pk,
            seen_version=flag.version,
            reason="看了办理经过：本人申报过亲属关系，这一件由别人签，条件也核对过，没有问题。",
        )
    yield diary.at(-1, 15, 40)
    for flag in _waiting("no_posting")[:1]:
        services.make_ticket(
            by=supervisor,
            flag_id=flag.pk,
            seen_version=flag.version,
            owner_role=Role.TOWNSHIP_REVIEWER,
            text=flag.reason,
            wanted="查清当时贴没有贴；没有贴的补贴，以后两次照片都要拍、都要会签。",
        )
    yield diary.at(-1, 16, 20)
    for flag in _waiting("same_photo")[:1]:
        services.look(by=supervisor, flag_id=flag.pk, seen_version=flag.version)
    yield diary.at(-1, 16, 50)
    _payroll_compared(county)


def _payroll_compared(county: County) -> None:
    """Compare a list of people on the public payroll; one of them is the spouse in a household of 菊岭村."""
    spouse = Member.objects.filter(household__area=county.areas["菊岭村"], relation="配偶").order_by("pk")[0]
    strangers = [id_number(date(1971, 1 + n % 12, 1 + n % 28), 900 + n) for n in range(ON_THE_LIST - 1)]
    lines = [
        "姓名,身份证号,单位",
        *(f"某人,{number},某单位" for number in [*strangers, str(spouse.id_number)]),
    ]
    compare(
        by=county["supervisor"],
        area=county.areas["枫禾县"],
        kind=OutsideKind.PAYROLL,
        as_of=clock.today() - timedelta(days=20),
        basis="枫禾县财政局提供，枫财函〔2026〕18号",
        data="\n".join(lines).encode(),
    )


def _waiting(rule: str) -> list[Flag]:
    return list(Flag.objects.filter(rule=rule, state=FlagState.OPEN).order_by("pk"))
