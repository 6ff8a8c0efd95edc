"""Who files and who keeps the village's meetings, the same in every flow."""

from portal.people.models import Role
from workflows.engine.definitions import Seat, Verdict

FILERS = (Seat(Role.VILLAGE_CLERK), Seat(Role.HELPER), Seat(Role.RESIDENT_TEAM))
CLERKS = (Seat(Role.VILLAGE_CLERK), Seat(Role.VILLAGE_SECRETARY), Seat(Role.RESIDENT_TEAM))
FILED = (Verdict.AGREE, Verdict.HOLD, Verdict.WITHDRAW)
JUDGED = (Verdict.AGREE, Verdict.REFUSE, Verdict.RETURN, Verdict.HOLD)
PASSED_ON = (Verdict.AGREE, Verdict.RETURN, Verdict.HOLD)
