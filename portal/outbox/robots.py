"""Group robots: proposed by the county's reviewer, confirmed by its head, queued for, and seen to fail."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from portal import clock
from portal.areas.models import Area, Level, path_range
from portal.ledger.services import Draft, append
from portal.people.models import Line, Office, Role, User
from portal.people.scope import scope_of

from .errors import BadRobot, NotYourRobot
from .events import CONFIRMED, PROPOSED, STOPPED
from .models import ROBOT_KINDS, App, Robot, RobotPost
from .webhook import check_address

GRACE = timedelta(minutes=5)
PROPOSER, CONFIRMER = Role.COUNTY_REVIEWER, Role.COUNTY_HEAD
# They see that a robot is broken, and nothing of what it was to tell.
KEEPERS = [PROPOSER, CONFIRMER, Role.EDITOR, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN]

_screens: list[Callable[[], str]] = []


def register_screen(address: Callable[[], str]) -> None:
    """Have `address()` name the screen where robots are kept; an upper room's."""
    _screens[:] = [address]


def screen() -> str:
    """Return the path of the screen where robots are kept, or nothing."""
    return _screens[0]() if _screens else ""


def propose(
    *,
    by: User,
    area: Area,
    line: str,
    below: bool,
    app: str,
    name: str,
    address: str,
    secret: str = "",
    starts_on: date,
) -> Robot:
    """Propose a group robot for the offices at `area` on `line`; it sends nothing until it is confirmed.

    Raises NotYourRobot, BadRobot.
    """
    name, address, secret = name.strip(), address.strip(), secret.strip()
    with transaction.atomic():
        office = _office(by, PROPOSER, area)
        if app not in App.values or line not in Line.values or area.level == Level.CITY:
            raise BadRobot(_("请从列出的几种里选"))
        if not 1 <= len(name) <= 40:
            raise BadRobot(_("请给群机器人起一个 40 字以内的名称"))
        if starts_on < clock.today():
            raise BadRobot(_("启用日期已经过去，请改成今天或以后"))
        if app == App.DINGTALK and not secret:
            raise BadRobot(_("钉钉群机器人要选“加签”，请把 SEC 开头的密钥也填上"))
        if not secret.isascii() or len(secret) > 200 or len(address) > 500:
            raise BadRobot(_("地址或密钥太长或有不认识的字，请从群里重新复制"))
        robot = Robot.objects.create(
            area=area,
            line=line,
            below=below,
            app=app,
            name=name,
            host=check_address(app, address),
            address=address,
            secret=secret if app == App.DINGTALK else "",
            starts_on=starts_on,
            proposed_by=by,
        )
        append(_draft(PROPOSED, robot, by, office))
    return robot


def confirm(*, by: User, robot_id: int) -> Robot:
    """Confirm a proposed robot as its second person. Raises NotYourRobot, BadRobot."""
    with transaction.atomic():
        robot = _locked(robot_id)
        office = _office(by, CONFIRMER, robot.area)
        if robot.confirmed_at or robot.stopped_at:
            raise BadRobot(_("这个群机器人已经确认过或停用了，请刷新后再看"))
        if robot.proposed_by_id == by.pk:
            raise BadRobot(_("提出的人不能自己确认，请由另一位负责人确认"))
        robot.confirmed_by, robot.confirmed_at = by, clock.now()
        robot.save(update_fields=["confirmed_by", "confirmed_at"])
        append(_draft(CONFIRMED, robot, by, office))
    return robot


def stop(*, by: User, robot_id: int) -> Robot:
    """Stop a robot for good; either of the two persons may. Raises NotYourRobot, BadRobot."""
    with transaction.atomic():
        robot = _locked(robot_id)
        office = _office(by, [PROPOSER, CONFIRMER], robot.area)
        if robot.stopped_at:
            raise BadRobot(_("这个群机器人已经停用了"))
        now = clock.now()
        robot.stopped_by, robot.stopped_at = by, now
        robot.save(update_fields=["stopped_by", "stopped_at"])
        robot.posts.exclude(next_attempt_at=None).update(next_attempt_at=None, given_up_at=now)
        append(_draft(STOPPED, robot, by, office))
    return robot


def kept_by(user: User) -> QuerySet[Robot]:
    """Return the robots within the offices by which `user` keeps robots or sees whether they work."""
    reach = Q(pk__in=[])
    for office in scope_of(user).offices:
        if office.role in KEEPERS:
            reach |= path_range(office.area.path, "area__path")
    return Robot.objects.filter(reach).select_related("area", "proposed_by", "confirmed_by")


def keepers(robot: Robot) -> list[User]:
    """Return who is told that `robot` is broken."""
    held = Office.objects.in_force(clock.today()).filter(role__in=KEEPERS, user__is_active=True)
    return list({one.user: None for one in held.select_related("user", "area") if _over(one, robot)})


def queue(people: Iterable[int], title: str, link: str, kind: str, now: datetime) -> list[Robot]:
    """Queue one post for each robot of the offices of `people`, one however many it tells; return the robots.

    Robots that wait after a failure are left to the clock: a broken one costs the others no time.
    """
    if kind not in ROBOT_KINDS:
        return []
    robots = list(Robot.objects.in_force(clock.today()).select_related("area"))
    if not robots:
        return []
    held = Office.objects.in_force(clock.today()).filter(user__in=list(people)).select_related("area")
    offices = list(held)
    telling = [robot for robot in robots if any(_serves(robot, office) for office in offices)]
    RobotPost.objects.bulk_create(
        RobotPost(
            robot=robot,
            kind=kind,
            title=title,
            link=link,
            queued_at=now,
            # A robot that rests gets no task: the clock takes the post up when it may speak again.
            next_attempt_at=robot.not_before if robot.not_before and robot.not_before > now else now + GRACE,
        )
        for robot in telling
    )
    return [robot for robot in telling if not robot.not_before or robot.not_before <= now]


def _serves(robot: Robot, office: Office) -> bool:
    same = robot.area_id == office.area_id or (robot.below and robot.area.covers(office.area.path))
    return same and (robot.line == Line.ALL or office.line in (Line.ALL, robot.line))


def _over(office: Office, robot: Robot) -> bool:
    return office.area.covers(robot.area.path)


def _locked(robot_id: int) -> Robot:
    robot = Robot.objects.select_for_update(of=("self",)).select_related("area").filter(pk=robot_id).first()
    if robot is None:
        raise _missing()
    return robot


def _office(by: User, roles: str | list[Role], area: Area) -> Office:
    office = scope_of(by, fresh=True).holds(roles, area.path, None)
    if office is None:
        raise _missing()
    return office


def _missing() -> NotYourRobot:
    return NotYourRobot(_("群机器人由县级经办提出、县级负责人确认，请转给他们办"))


def _draft(kind: str, robot: Robot, by: User, office: Office) -> Draft:
    return Draft(
        kind=kind,
        object_type="robot",
        object_id=str(robot.pk),
        actor=by,
        office=office,
        area_code=robot.area.code,
        line=robot.line,
        body={"app": robot.app, "host": robot.host, "below": robot.below},
    )
