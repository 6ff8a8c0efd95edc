"""Showing one personal field whole: to an office that needs it, for a reason, and told in the ledger."""

from django.db import models, transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.configuration import keys
from portal.configuration.services import value
from portal.ledger.services import Draft, append
from portal.people.models import ROLES_WITHOUT_CASES, Line, Office, Role, User
from portal.people.scope import scope_of

from . import events
from .errors import RevealRefused
from .models import Household, Member


class Field(models.TextChoices):
    """The personal fields that stand masked on the desk."""

    ID_NUMBER = "id_number", gettext_lazy("身份证号")
    PHONE = "phone", gettext_lazy("联系电话")
    BANK_CARD = "bank_card", gettext_lazy("一卡通卡号")
    CAUSE = "cause", gettext_lazy("致贫原因")


class Reason(models.TextChoices):
    """Why a field is looked at."""

    CHECK = "check", gettext_lazy("核对本人身份")
    CONTACT = "contact", gettext_lazy("联系农户")
    PAY = "pay", gettext_lazy("核对拨付卡号")
    MATCH = "match", gettext_lazy("和部门数据比对")
    HELP = "help", gettext_lazy("研究帮扶措施")
    COMPLAINT = "complaint", gettext_lazy("核查异议或者举报")


KEY = "reveal.{}"
SOURCE = gettext_lazy("个人信息保护法最小必要原则；哪些职务需要，待县确认")
# Who needs which field by default; a county sets it by place and date.
ROLES: dict[Field, list[Role]] = {
    Field.ID_NUMBER: [Role.VILLAGE_CLERK, Role.TOWNSHIP_REVIEWER, Role.COUNTY_REVIEWER],
    Field.PHONE: [
        Role.VILLAGE_CLERK,
        Role.HELPER,
        Role.RESIDENT_TEAM,
        Role.TOWNSHIP_REVIEWER,
        Role.COUNTY_REVIEWER,
    ],
    Field.BANK_CARD: [Role.VILLAGE_CLERK, Role.TOWNSHIP_REVIEWER, Role.COUNTY_FINANCE],
    Field.CAUSE: [
        Role.VILLAGE_CLERK,
        Role.HELPER,
        Role.RESIDENT_TEAM,
        Role.TOWNSHIP_REVIEWER,
        Role.TOWNSHIP_HEAD,
        Role.COUNTY_REVIEWER,
    ],
}


def register() -> None:
    """Register who may see which field as settings; administrators are not among those to choose from."""
    offered = {role.value: role.label for role in Role if role not in ROLES_WITHOUT_CASES}
    for field, roles in ROLES.items():
        keys.register(
            KEY.format(field.value),
            default=[role.value for role in roles],
            source=SOURCE,
            verified=False,
            label=format_lazy("{}：{}", gettext_lazy("哪些职务可以查看"), field.label),
            choices=offered,
        )


def may_see(user: User, household: Household, field: Field, *, fresh: bool = False) -> Office | None:
    """Return the office by which `user` may look at `field` of `household`, None without one.

    Another line's office at the same place does not need it; finance pays for all lines.
    """
    roles = set(value(KEY.format(field.value), household.area_path)) - set(ROLES_WITHOUT_CASES)
    scope = scope_of(user, fresh=fresh)
    office = scope.holds(roles, household.area_path, Line.ASSISTANCE)
    return office or scope.holds(roles & {Role.COUNTY_FINANCE}, household.area_path, Line.FINANCE)


def reveal(
    *, by: User, household: Household, field: Field, reason: Reason, member: Member | None = None
) -> str:
    """Return `field` of `household` (of `member` for ID numbers) whole, after the ledger was told.

    The event names the field, the household, the office and the reason, never the value. Raises
    RevealRefused.
    """
    with transaction.atomic():
        office = may_see(by, household, field, fresh=True)
        if office is None:
            raise RevealRefused(_("您的职务不需要查看这一项，要核对请找村文书或者乡镇经办"))
        if field == Field.ID_NUMBER and (member is None or member.household_id != household.pk):
            raise RevealRefused(_("没有这位成员，请刷新页面后再办"))
        append(
            Draft(
                events.FIELD_REVEALED,
                "household",
                str(household.pk),
                actor=by,
                office=office,
                area_code=household.area.code,
                body={
                    "field": field.value,
                    "member": member.pk if member else None,
                    "reason": reason.value,
                },
            )
        )
    if field == Field.ID_NUMBER and member is not None:
        return str(member.id_number)
    return str(household.get_cause_display() if field == Field.CAUSE else getattr(household, field.value))
