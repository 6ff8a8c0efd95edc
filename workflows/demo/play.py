"""Playing a batch through the engine, a step at a time, as its officials would; tests play with it too."""

import io
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from disclosure.publicity.models import PublicList
from disclosure.publicity.services import end_due_lists
from portal import clock
from portal.people.models import User
from workflows.engine.acting import RowVerdict
from workflows.engine.definitions import Verdict
from workflows.engine.models import Batch, BatchState, Case, CaseState
from workflows.engine.records import Outcome
from workflows.engine.services import act
from workflows.programmes import definitions, visits
from workflows.programmes.models import Programme
from workflows.programmes.services import file_application
from workflows.registry.models import Household

from .build import DEFINITION, County

# step, due, present, for: of the four meetings of an ordinary village
MEETINGS: list[dict[str, Any]] = [
    {"step": "proposal", "due_count": 5, "present_count": 5, "votes_for": 5},
    {"step": "consultation", "due_count": 7, "present_count": 6, "votes_for": 6},
    {"step": "deliberation", "due_count": 31, "present_count": 26, "votes_for": 25, "votes_abstained": 1},
    {"step": "resolution", "due_count": 42, "present_count": 35, "votes_for": 33, "votes_against": 2},
]
APPRAISAL: dict[str, Any] = {
    "step": "appraisal",
    "due_count": 30,
    "present_count": 26,
    "votes_for": 25,
    "votes_abstained": 1,
}
WITNESS = "沈知行"


def photo(words: str = "") -> SimpleUploadedFile:
    """Return an invented picture: sheds in a field under a sky, another scene for each `words`."""
    scene = random.Random(words)
    image = Image.new("RGB", (640, 420), (201, 214, 222))
    draw = ImageDraw.Draw(image)
    horizon = scene.randint(150, 290)
    for place in range(8):
        # Light falls unevenly over sky and field, so that no two scenes look alike when shrunk.
        shade, ground = scene.randint(150, 245), scene.randint(70, 190)
        draw.rectangle((place * 80, 0, place * 80 + 80, horizon), fill=(shade - 20, shade - 8, shade))
        draw.rectangle((place * 80, horizon, place * 80 + 80, 420), fill=(ground, ground + 20, 80))
    for _shed in range(scene.randint(1, 3)):
        left, wide, high = scene.randint(0, 480), scene.randint(80, 220), scene.randint(60, 150)
        wall = scene.randint(90, 230)
        roof = [(left - 15, horizon), (left + wide // 2, horizon - high), (left + wide + 15, horizon)]
        draw.polygon(roof, fill=(140, 84, 70))
        draw.rectangle((left, horizon, left + wide, horizon + high), fill=(wall, wall - 12, wall - 30))
    for place, letter in enumerate(words.encode()[:24]):
        draw.rectangle((20 + place * 25, 380, 36 + place * 25, 390 + letter % 24), fill=(90, 100, letter))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=80)
    return SimpleUploadedFile(f"{len(words)}.jpg", buffer.getvalue(), "image/jpeg")


def answers(number: int, invested_yuan: int | None = None) -> dict[str, Any]:
    """Return plausible answers to the programme's form for the household number `number`."""
    project, scale = [
        ("养羊圈舍", "圈舍60平方米、羊20只"),
        ("养鸡", "鸡舍30平方米、鸡200只"),
        ("食用菌大棚", "大棚1个、240平方米"),
        ("中药材种植", "丹参2.4亩"),
        ("农机购置", "微耕机1台"),
    ][number % 5]
    invested = invested_yuan or 3000 + number * 370 % 6000
    return {"project": project, "scale": scale, "invested_fen": invested * 100, "expected_fen": invested * 60}


def granted_fen(number: int) -> int:
    """Return what the programme grants for the answers of the household number `number`, in fen."""
    return definitions.granted_fen(DEFINITION, answers(number))


def file_all(county: County, by: str, households: Sequence[Household], programme: Programme) -> Batch:
    """File an application for each household and return their draft batch."""
    case = None
    for household in households:
        case = file_application(
            by=county[by], programme=programme, household=household, answers=answers(household.pk)
        )
    assert case is not None
    return Batch.objects.get(pk=case.batch_id)


def active(batch: Batch) -> list[Case]:
    """Return the rows of `batch` that are on their way, in order."""
    return list(
        Case.objects.filter(batch=batch, state=CaseState.ACTIVE).select_related("application__household")
    )


def sign(
    batch: Batch,
    actor: User,
    *,
    changes: Mapping[str, Any] | None = None,
    rows: Mapping[str, RowVerdict] | None = None,
    opinion: str = "",
    payload: Mapping[str, Any] | None = None,
) -> Outcome:
    """Sign `batch` as `actor`: every row agreed with `changes`, but for `rows` by case number."""
    batch.refresh_from_db()
    verdicts = {
        case.pk: (rows or {}).get(case.number, RowVerdict(Verdict.AGREE, changes=dict(changes or {})))
        for case in active(batch)
    }
    outcome = act(
        actor=actor,
        batch_id=batch.pk,
        seen_version=batch.version,
        verdicts=verdicts,
        opinion=opinion,
        payload=payload,
    )
    batch.refresh_from_db()
    return outcome


def meet(batch: Batch, actor: User, number: int, **other: Any) -> Outcome:
    """Record the meeting `number` (0 to 3) as held today."""
    data = {**MEETINGS[number], "held_on": clock.today(), "place": "村委会会议室", **other}
    if number >= 2:
        data.setdefault("witness", WITNESS)
    return sign(batch, actor, payload=data)


def appraise(batch: Batch, actor: User, **other: Any) -> Outcome:
    """Record the one meeting of an appraisal (民主评议) as held today."""
    data = {**APPRAISAL, "held_on": clock.today(), "place": "村委会会议室", **other}
    return sign(batch, actor, payload=data)


def visit_all(batch: Batch, actor: User, *, one_photo: bool = False) -> None:
    """Record a visit by two people to every row, with a photo; with `one_photo` two rows show the same."""
    cases = active(batch)
    for place, case in enumerate(cases):
        shown = cases[0] if one_photo and place == 1 else case
        visits.record_visit(
            by=actor,
            case=case,
            visited_on=clock.today(),
            first_visitor=actor.display_name,
            second_visitor="韩同行",
            note="到家里看过，和申报的一致。",
            photos=[photo(shown.number)],
        )


def check(
    batch: Batch, actor: User, rows: Mapping[str, RowVerdict] | None = None, opinion: str = ""
) -> Outcome:
    """Check every row at the amount that the village reported, but for `rows` by case number."""
    given = {
        case.number: RowVerdict(Verdict.AGREE, changes={"amount_fen": case.amount_fen})
        for case in active(batch)
    }
    return sign(batch, actor, rows={**given, **(rows or {})}, opinion=opinion)


def accept(batch: Batch, actor: User) -> Outcome:
    """Accept every row at what was approved."""
    given = {
        case.number: RowVerdict(
            Verdict.AGREE,
            changes={
                "accepted_fen": case.amount_fen,
                "accepted_on": clock.today(),
                "acceptors": f"{actor.display_name}、韩同行",
            },
        )
        for case in active(batch)
    }
    return sign(batch, actor, rows=given)


def pay(batch: Batch, actor: User) -> Outcome:
    """Pay every row to the household's card."""
    given = {
        case.number: RowVerdict(
            Verdict.AGREE,
            changes={"card_last4": case.application.household.card_last4, "paid_on": clock.today()},
        )
        for case in active(batch)
    }
    return sign(batch, actor, rows=given)


@dataclass
class Officials:
    """The usernames that act on a village's batches."""

    clerk: str
    helper: str
    reviewer: str
    head: str


def play(county: County, batch: Batch, officials: Officials, until: str) -> Batch:
    """Play `batch` from where it stands until it comes to the step `until` (``end`` for all the way)."""
    batch.refresh_from_db()
    while batch.step != until and batch.state == BatchState.OPEN:
        STEPS[batch.step](county, batch, officials)
        batch.refresh_from_db()
    return batch


def _file(county: County, batch: Batch, who: Officials) -> None:
    sign(batch, county[who.helper])


def _deliberate(county: County, batch: Batch, who: Officials) -> None:
    for number in range(4):
        meet(batch, county[who.clerk], number)


def _check(county: County, batch: Batch, who: Officials) -> None:
    visit_all(batch, county[who.reviewer])
    check(batch, county[who.reviewer])


def _publish(county: County, batch: Batch, who: Officials) -> None:
    sign(batch, county[who.reviewer])
    running = PublicList.objects.get(number=batch.waits)
    ends = clock.now() + (running.closes_on - clock.today() + timedelta(days=1))
    with clock.travel(ends):
        end_due_lists()


def _approve(county: County, batch: Batch, who: Officials) -> None:
    sign(batch, county[who.head], opinion="同意")


def _record(county: County, batch: Batch, _who: Officials) -> None:
    sign(batch, county["county"])
    sign(batch, county["finance"])


def _start(county: County, batch: Batch, who: Officials) -> None:
    sign(batch, county[who.helper], changes={"started_on": clock.today()})


def _accept(county: County, batch: Batch, who: Officials) -> None:
    accept(batch, county[who.reviewer])


def _pay(county: County, batch: Batch, _who: Officials) -> None:
    pay(batch, county["finance"])


def _announce(county: County, batch: Batch, who: Officials) -> None:
    sign(batch, county[who.clerk], changes={"effect": "已建成投产，当年见效"})


STEPS = {
    "file": _file,
    "deliberate": _deliberate,
    "check": _check,
    "publish": _publish,
    "approve": _approve,
    "record": _record,
    "start": _start,
    "accept": _accept,
    "pay": _pay,
    "announce": _announce,
}
