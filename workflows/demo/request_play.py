"""Requests of the demo county: two are filed and on their way, one is answered; who asked is invented."""

from datetime import timedelta

from portal import clock
from workflows.changes.models import Wanted
from workflows.changes.services import file_change
from workflows.engine.models import Batch
from workflows.programmes.definitions import FILERS, HOUSEHOLD
from workflows.programmes.services import current_version, file_application, make_version
from workflows.registry.models import Household
from workflows.requests.models import Channel, Identified, Matter, Outcome, Signed, Told
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


def a_household_by_itself(
    county: County, diary: Diary, household: Household, number: int, start: int
) -> Story:
    """The county lets households file by themselves; one does on the web, and the clerk takes it in."""
    yield diary.at(start, 9, 20)
    programme = county.programme
    assert programme is not None
    version = current_version(programme)
    assert version is not None
    filers = [*(role.value for role in FILERS), HOUSEHOLD]
    make_version(
        by=county["county"],
        programme=programme,
        valid_from=clock.today(),
        flow_key=version.flow_key,
        policy=version.policy,
        definition={**version.definition, "filers": filers},
    )
    yield diary.at(start + 1, 19, 40)
    typed = {"project": "养鸡", "scale": "鸡舍30平方米、鸡150只", "invested_fen": "4,000"}
    asked = Asked(
        area=household.area,
        matter=Matter.PROGRAMME,
        programme=programme,
        answers=typed,
        text="鸡舍搭好了，鸡苗也进了，票都留着。",
        name=household.head_name,
        phone=household.phone,
    )
    request = register_request(asked, sender="demo").request
    clerk = county[f"clerk{number}"]
    yield diary.at(start + 2, 15, 30)
    case = file_request(
        by=clerk,
        request_id=request.pk,
        seen_version=request.version,
        identified=Identified.HOME,
        open_case=lambda: file_application(
            by=clerk,
            programme=programme,
            household=household,
            # At home the clerk counted 140 chicks: both figures stand side by side.
            answers={**typed, "scale": "鸡舍30平方米、鸡140只", "invested_fen": 400_000},
            asked_on=request.received_on,
        ),
    )
    yield diary.at(start + 3, 9, 10)
    play.sign(Batch.objects.get(cases=case), clerk)


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
