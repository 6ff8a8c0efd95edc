"""A second flow, for tests alone: a village asks for a road to be mended. No programme, household or money.

It shows that the engine knows neither, and has what the tests want to break: an effect that fails on demand.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from portal.areas.models import Area, Level
from portal.people.models import Line, Role, User
from workflows.engine import catalogue, deadlines
from workflows.engine.acting import Acting
from workflows.engine.definitions import Flow, RowField, Seat, Step, StepKind, Verdict
from workflows.engine.models import Batch, Case
from workflows.engine.services import open_case


class Broken(Exception):
    """What an effect that fails on demand raises."""


_broken: list[bool] = []
looked: list[str] = []


@contextmanager
def effects_fail() -> Iterator[None]:
    """Let the effect of the township's look fail within the block."""
    _broken.append(True)
    try:
        yield
    finally:
        _broken.pop()


def known_urgency(acting: Acting) -> None:
    """Bar rows whose urgency is not one of three."""
    for row in acting.agreed:
        if row.changes["urgency"] not in ("high", "middle", "low"):
            row.barred = "没有这种紧急程度"


def keep_look(acting: Acting) -> None:
    """Remember what was looked at, then fail if it was asked for."""
    looked.extend(row.case.number for row in acting.agreed)
    if _broken:
        raise Broken


def forget_look(acting: Acting) -> None:
    """Forget what was looked at."""
    for row in acting.rows:
        looked.remove(row.case.number)


def post(acting: Acting) -> None:
    """Put the request on the board and wait."""
    acting.stays, acting.waits = "正在张贴", f"board:{acting.batch.number}"


def is_bridge(row: object) -> bool:
    """Tell whether the road goes over a bridge, on which the county decides."""
    return row.case.subject.startswith("bridge:")  # type: ignore[attr-defined]


ROADS = Flow(
    key="road_repair",
    version=1,
    name="修路申请",
    mandatory=(Level.VILLAGE, Level.COUNTY),
    applies={"bridge": is_bridge},
    steps=(
        Step(
            key="ask",
            name="村里提出",
            kind=StepKind.FILE,
            level=Level.VILLAGE,
            seats=(Seat(Role.VILLAGE_CLERK), Seat(Role.GRID_WORKER)),
            act_name="报送",
            verdicts=(Verdict.AGREE, Verdict.HOLD, Verdict.WITHDRAW),
            revocable=True,
        ),
        Step(
            key="look",
            name="乡镇看现场",
            kind=StepKind.CHECK,
            level=Level.TOWNSHIP,
            seats=(Seat(Role.TOWNSHIP_REVIEWER),),
            act_name="登记现场情况",
            verdicts=(Verdict.AGREE, Verdict.REFUSE, Verdict.RETURN, Verdict.HOLD),
            returns_to=("ask",),
            fields=(RowField("urgency", "紧急程度"),),
            guards=(known_urgency,),
            effects=(keep_look,),
            undo=(forget_look,),
            revocable=True,
        ),
        Step(
            key="post",
            name="张贴",
            kind=StepKind.PUBLISH,
            level=Level.TOWNSHIP,
            seats=(Seat(Role.TOWNSHIP_REVIEWER),),
            act_name="张贴",
            verdicts=(Verdict.AGREE, Verdict.HOLD),
            upheld_to="look",
            effects=(post,),
        ),
        Step(
            key="bridge",
            name="县里定桥",
            kind=StepKind.DECIDE,
            level=Level.COUNTY,
            seats=(Seat(Role.COUNTY_HEAD),),
            act_name="签批",
            verdicts=(Verdict.AGREE, Verdict.REFUSE, Verdict.RETURN, Verdict.HOLD),
            returns_to=("look",),
            optional="bridge",
        ),
        Step(
            key="fund",
            name="县里安排",
            kind=StepKind.RECORD,
            level=Level.COUNTY,
            seats=(Seat(Role.COUNTY_REVIEWER), Seat(Role.COUNTY_FINANCE, Line.FINANCE)),
            act_name="安排",
            each_seat=True,
        ),
    ),
)
catalogue.register(ROADS)
deadlines.register_settings(ROADS)


def ask(by: User, area: Area, subject: str, flow: Flow = ROADS) -> Case:
    """Ask for the road or bridge `subject` (``road:3``) of the village `area` to be mended."""
    return open_case(
        actor=by,
        flow=flow,
        scheme="roads",
        title=f"{area.name} · 修路",
        area=area,
        line=Line.ASSISTANCE,
        subject=subject,
        amount_fen=0,
        create=lambda case: {"where": subject},
    )


def asked(by: User, area: Area, *subjects: str) -> Batch:
    """Ask for each of `subjects` and return their batch."""
    for subject in subjects:
        case = ask(by, area, subject)
    return Batch.objects.get(pk=case.batch_id)
