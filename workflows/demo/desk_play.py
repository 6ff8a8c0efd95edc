"""What the administrators and inspectors of the demo find: something to agree to, and something sealed."""

from datetime import timedelta

from portal import clock
from portal.inquiries.services import ask_opening, record_search
from portal.people.joint import ask_for_office
from portal.people.models import Line, Role
from portal.people.services import invite_account

from .build import County, make_official
from .calendar import Diary


def play(county: County, diary: Diary) -> None:
    """Add a second supervisor of the county, a grant that waits for the head, and searches to be opened."""
    with clock.travel(diary.now):
        make_official(county, "inspector", "孟清正", Role.SUPERVISOR, "枫禾县", Line.ALL)
        for words in ("菊岭村", "圈舍"):
            record_search(county["supervisor"], "desk:find", words)
        ask_opening(
            by=county["inspector"],
            whose=county["supervisor"],
            first_on=clock.today() - timedelta(days=7),
            last_on=clock.today(),
            reason="演示：核对信访件登记",
        )
        security = county["security"]
        newcomer = invite_account(by=security, username="newcomer", display_name="苗初生").user
        ask_for_office(
            by=security,
            user=newcomer,
            role=Role.GRID_WORKER,
            area=county.areas["菊岭村"],
            starts_on=clock.today(),
        )
