"""A third flow, for tests alone: a village asks for a well. It is countersigned, and returns to any step."""

from portal.areas.models import Area, Level
from portal.people.models import Line, Role, User
from workflows.demo import build
from workflows.demo.build import County
from workflows.demo.play import sign
from workflows.engine import catalogue, deadlines
from workflows.engine.acting import Acting, RowVerdict
from workflows.engine.definitions import ANY_STEP, Flow, RowField, Seat, Step, StepKind, Verdict
from workflows.engine.models import Batch
from workflows.engine.services import open_case

JUDGING = (Verdict.AGREE, Verdict.REFUSE, Verdict.RETURN, Verdict.HOLD)
drilled: list[str] = []
depths: dict[str, int] = {}


def order(acting: Acting) -> None:
    """Order the drilling of the rows that were agreed to."""
    drilled.extend(row.case.number for row in acting.agreed)


def recall(acting: Acting) -> None:
    """Take the order back."""
    for row in acting.rows:
        drilled.remove(row.case.number)


def take_amount(acting: Acting) -> None:
    """Take the amount that was found right."""
    for row in acting.agreed:
        row.amount_fen = row.changes["amount_fen"]


def asked_for(acting: Acting) -> dict[int, object]:
    """Return the depth that was asked for: what the levels vouch for."""
    return {row.case.pk: depths.get(row.case.number, 0) for row in acting.rows}


WELLS = Flow(
    key="well_digging",
    version=1,
    name="打井申请",
    mandatory=(Level.VILLAGE, Level.TOWNSHIP, Level.COUNTY),
    vouched=asked_for,
    steps=(
        Step(
            key="ask",
            name="村里提出",
            kind=StepKind.FILE,
            level=Level.VILLAGE,
            seats=(Seat(Role.VILLAGE_CLERK),),
            act_name="报送",
            verdicts=(Verdict.AGREE, Verdict.HOLD, Verdict.WITHDRAW),
            revocable=True,
        ),
        Step(
            key="look",
            name="乡镇看井位",
            kind=StepKind.CHECK,
            level=Level.TOWNSHIP,
            seats=(Seat(Role.TOWNSHIP_REVIEWER),),
            act_name="登记井位",
            verdicts=JUDGING,
            returns_to=(ANY_STEP,),
            revocable=True,
        ),
        Step(
            key="decide",
            name="乡镇会签",
            kind=StepKind.DECIDE,
            level=Level.TOWNSHIP,
            seats=(Seat(Role.TOWNSHIP_HEAD),),
            act_name="会签",
            verdicts=JUDGING,
            needs=2,
            fields=(RowField("amount_fen", "核定金额", kind="money"),),
            guards=(take_amount,),
            effects=(order,),
            undo=(recall,),
            returns_to=(ANY_STEP,),
            revocable=True,
        ),
        Step(
            key="county",
            name="县级审批",
            kind=StepKind.DECIDE,
            level=Level.COUNTY,
            seats=(Seat(Role.COUNTY_HEAD),),
            act_name="签批",
            verdicts=JUDGING,
            needs=0,
            returns_to=(ANY_STEP,),
        ),
        Step(
            key="file",
            name="县备案",
            kind=StepKind.RECORD,
            level=Level.COUNTY,
            seats=(Seat(Role.COUNTY_REVIEWER),),
            act_name="备案",
        ),
    ),
)
catalogue.register(WELLS)
deadlines.register_settings(WELLS)
FEN = {"amount_fen": 300_000}


def ask(by: User, area: Area, *subjects: str) -> Batch:
    """Ask for wells of 3,000 yuan each and return their batch."""
    for subject in subjects:
        case = open_case(
            actor=by,
            flow=WELLS,
            scheme="wells",
            title=f"{area.name} · 打井",
            area=area,
            line=Line.ASSISTANCE,
            subject=subject,
            amount_fen=300_000,
            create=lambda case: {},
        )
    return Batch.objects.get(pk=case.batch_id)


def make_heads(county: County) -> None:
    """Let there be three heads in the township and two in the county."""
    build.make_official(county, "head8", "柏长青", Role.TOWNSHIP_HEAD, "杉坞镇", Line.ALL)
    build.make_official(county, "head9", "路平川", Role.TOWNSHIP_HEAD, "杉坞镇", Line.ALL)
    build.make_official(county, "countyhead9", "向明山", Role.COUNTY_HEAD, "枫禾县", Line.ALL)


def at(county: County, step: str, *subjects: str) -> Batch:
    """Return a batch of wells that stands at `step`."""
    batch = ask(county["clerk1"], county.areas["禾坪村"], *(subjects or ("well:1",)))
    for key, people in {
        "look": ["clerk1"],
        "decide": ["reviewer1"],
        "county": ["head1", "head8"],
        "file": ["countyhead", "countyhead9"],
    }.items():
        if batch.step == step:
            break
        assert key
        for person in people:
            sign(batch, county[person], changes=FEN)
    assert batch.step == step, batch.step
    return batch


def said(batch: Batch, verdict: Verdict, reason: str = "", **more: object) -> dict[int, RowVerdict]:
    """Return one verdict on every row of `batch`."""
    from workflows.demo.play import active

    return {case.pk: RowVerdict(verdict, reason, FEN, **more) for case in active(batch)}  # type: ignore[arg-type]
