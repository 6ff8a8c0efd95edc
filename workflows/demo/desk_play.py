"""What the administrators and inspectors of the demo find: things to agree to, readings, something sealed."""

from datetime import timedelta

from portal import clock
from portal.files.models import PrivateFile
from portal.files.opening import open_files
from portal.inquiries.services import ask_opening, record_search
from portal.people.invitations import ask_for_reset
from portal.people.joint import ask_for_office
from portal.people.models import Line, Role
from portal.people.services import invite_account

from .build import County, make_official
from .calendar import Diary


def play(county: County, diary: Diary) -> None:
    """Add a second supervisor of the county, what waits for a second person, and what somebody read."""
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
        ask_for_reset(by=security, user=county["clerk2"], reason="忘了密码，当面核对过")
        # The county's inspector looks at what was photographed in one village.
        photos = PrivateFile.objects.filter(reference__startswith="visit:").order_by("-pk")[:2]
        open_files(by=county["inspector"], files=list(photos), session={})
