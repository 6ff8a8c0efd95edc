"""What the demo supervisor did with clues: looked, called one a false alarm, made one a ticket."""

from portal.people.models import Role
from workflows.radar import services
from workflows.radar.models import Flag, FlagState

from .build import County
from .calendar import Diary, Story


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


def _waiting(rule: str) -> list[Flag]:
    return list(Flag.objects.filter(rule=rule, state=FlagState.OPEN).order_by("pk"))
