"""Index numbers (索引号): issued when a page is first published, by its issuer's template, for good.

A number belongs to its page for ever: a withdrawn page keeps it, no other page gets it. Within a series (the
template with its year or month filled in) the numbers have no gap, since a number is drawn in the transaction
that publishes. Source: domain.md section 4 (S27, S28).
"""

from datetime import date
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _
from wagtail.models import Page, Site

from portal import clock
from portal.areas.models import Area, Level
from portal.configuration import services as configuration

from .errors import IndexNumberTaken
from .keys import INDEX_TEMPLATES, TOKEN, split
from .records import IndexNumber

DIGITS = 5


def number_of(page: Page) -> str:
    """Return the index number that `page` was given, or an empty string."""
    found = IndexNumber.objects.filter(page=page.pk).values_list("number", flat=True).first()
    return str(found or "")


def ensure(page: Any) -> IndexNumber | None:
    """Give `page`, which is about to be published, its number; return it if it is a new one.

    A number that the document itself prints is kept as printed. Runs in the publishing transaction.
    Raises IndexNumberTaken where another page has the printed number.
    """
    issuer = getattr(page, "issuer", "") or getattr(page, "source", "")
    printed = str(getattr(page, "index_number", "")).strip()
    # One publication at a time draws a number.
    Site.objects.select_for_update().order_by("pk").first()
    if IndexNumber.objects.filter(page=page.pk).exists():
        return None
    if printed:
        refuse_taken(printed, page.pk)
        return IndexNumber.objects.create(page_id=page.pk, number=printed, issuer=issuer, printed=True)
    template = template_of(issuer)
    if not template:
        return None
    today = clock.today()
    series = _filled(template, today, "")
    serial = IndexNumber.objects.filter(series=series).aggregate(last=Max("serial"))["last"] or 0
    while True:
        serial += 1
        number = _filled(template, today, serial)
        # A document may have come with a printed number of this very series.
        taken = IndexNumber.objects.filter(number=number).first()
        if taken is None:
            return IndexNumber.objects.create(
                page_id=page.pk, number=number, issuer=issuer, series=series, serial=serial
            )


def refuse_taken(number: str, page_id: int | None) -> None:
    """Raise IndexNumberTaken where a page other than `page_id` has `number`."""
    taken = IndexNumber.objects.filter(number=number).exclude(page=page_id).select_related("page").first()
    if taken is not None:
        raise IndexNumberTaken(
            _("索引号“%(number)s”已经是《%(title)s》的，不能再用；请核对，或留空由系统编号")
            % {"number": number, "title": taken.page.title}
        )


def template_of(issuer: str) -> str:
    """Return the template of `issuer` that holds today in a county of the site, or an empty string.

    Each county sets those of its own issuers; on a site of several the first that names the issuer counts.
    """
    if not issuer.strip():
        return ""
    top = Area.objects.in_force(clock.today()).filter(level__in=[Level.COUNTY, Level.CITY]).order_by("path")
    for area in (*top, None):
        for name, template in map(split, configuration.value(INDEX_TEMPLATES, area)):
            if name == issuer.strip():
                return template
    return ""


def site_area() -> Area | None:
    """Return the county whose site this is (a city where it has several), or None before areas are loaded."""
    areas = Area.objects.in_force(clock.today())
    top = list(areas.filter(level__in=[Level.CITY, Level.COUNTY]).order_by("path")[:3])
    counties = [area for area in top if area.level == Level.COUNTY]
    if len(counties) == 1:
        return counties[0]
    return next((area for area in top if area.level == Level.CITY), next(iter(counties), None))


def _filled(template: str, on: date, serial: int | str) -> str:
    def put(token: Any) -> str:
        if token[1] == "年":
            return f"{on:%Y}"
        if token[1] == "年月":
            return f"{on:%Y%m}"
        return f"{serial:0{int(token[2] or DIGITS)}d}" if isinstance(serial, int) else ""

    return TOKEN.sub(put, template)
