"""What the desk's templates ask for: money in yuan, days, and the links of the menu."""

from datetime import date, datetime
from typing import Any

from django import template
from django.utils import timezone

from portal import clock
from workflows.desk.menu import links
from workflows.desk.notice_words import sentences
from workflows.desk.posting_lines import line_of
from workflows.engine.models import Batch, Case
from workflows.notices.models import HouseholdNotice
from workflows.programmes import matters
from workflows.programmes.answers import yuan as yuan_of

register = template.Library()


@register.filter
def yuan(fen: int | None) -> str:
    """Return fen as yuan with thousands separators; a dash where there is no amount."""
    return "—" if fen is None else yuan_of(fen)


@register.filter
def pays(about: Batch | Case) -> bool:
    """Return whether money follows on a batch or case: where it does not, no amount is shown."""
    return matters.pays(about)


@register.filter
def notice_words(notice: HouseholdNotice) -> list[str]:
    """Return in plain sentences what a notice means for the household's money and what comes next."""
    return sentences(notice)


@register.filter
def day(value: date | datetime | None) -> str:
    """Return month and day as 11-03, with the year where it is another than this one."""
    if not value:
        return ""
    if isinstance(value, datetime):
        value = clock.day_of(value)
    return value.isoformat()


@register.filter
def moment(value: datetime | None) -> str:
    """Return date and time of day, Asia/Shanghai."""
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M") if value else ""


@register.filter
def item(mapping: Any, key: Any) -> Any:
    """Return `mapping[key]`, empty where it has none."""
    return mapping.get(key, "") if mapping else ""


@register.simple_tag(takes_context=True)
def desk_links(context: Any) -> list[dict[str, str]]:
    """Return the links of the desk that this person's offices open, for pages without script."""
    return links(context["request"])


@register.simple_tag(takes_context=True)
def posting_line(context: Any) -> dict[str, str] | None:
    """Return what a phone needs to keep and send postings; None for who records none."""
    return line_of(context["request"].user)
