"""The facts of the footer (主办、标识码、备案号 …): set by a command or at the desk, never invented."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Site

from portal.areas.models import Level
from portal.ledger.services import Draft, append
from portal.people.models import Office, Role, User
from portal.people.scope import scope_of

from .errors import PageError
from .models import SiteRecord
from .services import ensure_site

FIELDS = ("sponsor", "operator", "phone", "site_code", "icp", "police", "organ")
CODE_DIGITS = 10
# Who answers for the pages, and who runs the machine. One site is one county's: nobody below fills it in.
KEEPERS = frozenset([Role.EDITOR, Role.SYSTEM_ADMIN])
KEEPING_LEVELS = (Level.CITY, Level.COUNTY)


class BadFact(PageError):
    """A fact of the footer cannot be right; `field` is the one."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class NotYourFooter(PageError):
    """The footer is filled in by other offices."""


def keeper(user: User) -> Office | None:
    """Return the office by which `user` fills in the footer today, or None."""
    held = scope_of(user).offices
    return next((one for one in held if one.role in KEEPERS and one.area.level in KEEPING_LEVELS), None)


def set_facts(facts: Mapping[str, str], county: str = "", *, by: User | None = None) -> SiteRecord:
    """Set those of FIELDS that `facts` names (an empty one is to be filled in again), and the county's name.

    `by` is the official at the desk; None is whoever runs the command on the machine. The event says what
    stands there now. Raises NotYourFooter, BadFact: a site code has ten digits (S34).
    """
    office = keeper(by) if by is not None else None
    if by is not None and office is None:
        raise NotYourFooter(_("页脚由县里的网站编辑或系统管理员填，请交给他们。"))
    unknown = set(facts) - set(FIELDS)
    if unknown:
        raise BadFact(_("没有这一项：%(names)s") % {"names": "、".join(sorted(unknown))})
    code = facts.get("site_code", "")
    if code and not (code.isascii() and code.isdigit() and len(code) == CODE_DIGITS):
        raise BadFact(
            _("网站标识码是10位数字，请照全国政府网站基本信息数据库里的填；还没有就空着"), "site_code"
        )
    for name, value in facts.items():
        longest = SiteRecord._meta.get_field(name).max_length or 0
        if len(value) > longest or not value.isprintable():
            label = SiteRecord._meta.get_field(name).verbose_name
            raise BadFact(
                _("“%(label)s”最多%(most)d个字，写在一行里") % {"label": label, "most": longest}, name
            )
    with transaction.atomic():
        ensure_site(county.strip())
        site = Site.objects.get(is_default_site=True)
        record = SiteRecord.objects.select_for_update().get(site=site)
        for name, value in facts.items():
            setattr(record, name, value.strip())
        record.save()
        said = {name: getattr(record, name) for name in FIELDS} | {"county": site.site_name}
        append(Draft("site.recorded", "site", str(site.pk), actor=by, office=office, body=said))
    return record
