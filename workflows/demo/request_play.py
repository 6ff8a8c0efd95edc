"""Two requests of the demo county: one is filed and on its way, one is answered; who asked is invented."""

from datetime import timedelta

from portal import clock
from workflows.changes.models import Wanted
from workflows.changes.services import file_change
from workflows.engine.models import Batch
from workflows.registry.models import Household
from workflows.requests.models import Channel, Matter, Outcome, Signed, Told
from workflows.requests.services import (
    Asked,
    answer_request,
    file_request,
    record_told,
    register_request,
)

from . import names, play
from .build import County
from .calendar import Diary, Story

CHILD = "米豆"


def a_newborn(county: County, diary: Diary, household: Household, number: int, start: int) -> Story:
    """Somebody asks on the web for a grandchild to be counted; the clerk files it and hands it in."""
    yield diary.at(start, 20, 15)
    asked = Asked(
        area=household.area,
        matter=Matter.CHANGE,
        wanted=Wanted.BIRTH,
        text="家里上个月添了个孩子，户口已经上好，想把孩子算进家里人口。",
        name=household.head_name,
        phone=household.phone,
    )
    request = register_request(asked, sender="demo").request
    clerk = f"clerk{number}"
    yield diary.at(start + 1, 10, 20)
    family = household.head_name[:1]
    case = file_request(
        by=county[clerk],
        request_id=request.pk,
        seen_version=request.version,
        open_case=lambda: file_change(
            by=county[clerk],
            household=household,
            wanted=Wanted.BIRTH,
            given={
                "name": family + CHILD,
                "relation": "孙子",
                "on": (clock.today() - timedelta(days=30)).isoformat(),
                "evidence": "出生医学证明、户口簿，原件看过",
            },
        ),
    )
    yield diary.at(start + 2, 9, 40)
    play.sign(Batch.objects.get(cases=case), county[clerk])


def an_answer(county: County, diary: Diary, village: str, number: int, start: int) -> Story:
    """A neighbour writes down what an old man asks for, with a witness; the clerk explains and reads it."""
    yield diary.at(start, 9, 30)
    asked = Asked(
        area=county.areas[village],
        matter=Matter.PROGRAMME,
        programme=county.programme,
        text="我家去年买了十只羊，想问问今年能不能补。",
        name=names.person(480).name,
        channel=Channel.PAPER,
        signed_how=Signed.PROXY,
        proxy_name=names.person(481).name,
        witness_name=names.person(482).name,
        received_on=clock.today(),
    )
    request = register_request(asked, by=county[f"grid{number}"]).request
    clerk = county[f"clerk{number}"]
    yield diary.at(start + 3, 15, 10)
    answered = answer_request(
        by=clerk,
        request_id=request.pk,
        seen_version=request.version,
        outcome=Outcome.REFUSED,
        answer="补的是今年建成、今年查验的。去年买的羊不在今年的范围里；今年再添羊、修圈，建好了可以来申请，"
        "村里帮您填表。",
        basis="枫禾县2026年到户产业奖补实施方案 二（二）",
        remedy="不服可以拿着回执找杉坞镇帮扶办再提一次，或者打监督电话。",
    )
    yield diary.at(start + 4, 10)
    record_told(
        by=clerk,
        request_id=answered.pk,
        seen_version=answered.version,
        how=Told.PRINT,
        on=clock.today(),
    )
