"""The facts of the footer (主办、标识码、备案号 …): set by whoever runs the installation, never invented."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Site

from portal.ledger.services import Draft, append

from .errors import PageError
from .models import SiteRecord
from .services import ensure_site

FIELDS = ("sponsor", "operator", "phone", "site_code", "icp", "police", "organ")
CODE_DIGITS = 10


class BadFact(PageError):
    """A fact of the footer cannot be right."""


def set_facts(facts: Mapping[str, str], county: str = "") -> SiteRecord:
    """Set those of FIELDS that `facts` names (an empty one is to be filled in again), and the county's name.

    The event says what stands there now. Raises BadFact: a site code has ten digits (S34).
    """
    unknown = set(facts) - set(FIELDS)
    if unknown:
        raise BadFact(_("没有这一项：%(names)s") % {"names": "、".join(sorted(unknown))})
    code = facts.get("site_code", "")
    if code and not (code.isascii() and code.isdigit() and len(code) == CODE_DIGITS):
        raise BadFact(_("网站标识码是10位数字，请照全国政府网站基本信息数据库里的填；还没有就空着"))
    for name, value in facts.items():
        longest = SiteRecord._meta.get_field(name).max_length or 0
        if len(value) > longest or not value.isprintable():
            label = SiteRecord._meta.get_field(name).verbose_name
            raise BadFact(_("“%(label)s”最多%(most)d个字，写在一行里") % {"label": label, "most": longest})
    with transaction.atomic():
        ensure_site(county.strip())
        site = Site.objects.get(is_default_site=True)
        record = SiteRecord.objects.select_for_update().get(site=site)
        for name, value in facts.items():
            setattr(record, name, value.strip())
        record.save()
        said = {name: getattr(record, name) for name in FIELDS} | {"county": site.site_name}
        append(Draft("site.recorded", "site", str(site.pk), body=said))
    return record
