"""Dates claimed long before they were recorded: visits, meetings, payments and what a phone says it noted."""

from collections.abc import Iterator
from datetime import date, datetime

from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from disclosure.deliberations.models import Meeting
from disclosure.publicity.models import PublicList
from portal import clock
from portal.areas.models import Area
from portal.configuration.services import value
from workflows.money.models import Payment
from workflows.programmes.models import Visit

from ..keys import SOURCE, count
from ..rule import Found, Rule, Threshold, Weight, Window, case_objects, key_of

CODE = "claimed_late"


def find(window: Window) -> Iterator[Found]:
    """Yield what is said to have happened more days before it was recorded than the setting says."""
    for numbers in window.chunks("visit.recorded"):
        visits = Visit.objects.filter(case__number__in=numbers, recorded_at__gte=window.began)
        for visit in visits.select_related("case__area", "case__batch", "recorded_by"):
            case = visit.case
            if words := _late(_("入户核查"), visit.visited_on, visit.recorded_at, case.area):
                where = (case.area, case.line, case_objects(case))
                yield Found(
                    f"visit:{visit.pk}", *where[:2], words, where[2], visit.recorded_at, visit.recorded_by
                )
    for numbers in window.chunks("meeting.recorded"):
        meetings = Meeting.objects.filter(deliberation__number__in=numbers, recorded_at__gte=window.began)
        for meeting in meetings.select_related("deliberation__area"):
            held = meeting.deliberation
            if words := _late(meeting.get_step_display(), meeting.held_on, meeting.recorded_at, held.area):
                at = [("deliberation", held.number)]
                yield Found(f"meeting:{meeting.pk}", held.area, held.line, words, at, meeting.recorded_at)
    for numbers in window.chunks("payment.recorded"):
        payments = Payment.objects.filter(case__number__in=numbers, recorded_at__gte=window.began)
        for payment in payments.select_related("case__area", "case__batch"):
            case = payment.case
            if words := _late(_("拨付"), payment.paid_on, payment.recorded_at, case.area):
                at = case_objects(case)
                yield Found(f"payment:{payment.pk}", case.area, case.line, words, at, payment.recorded_at)
    yield from _postings(window)


def _postings(window: Window) -> Iterator[Found]:
    for numbers in window.chunks("list.posted"):
        lists = PublicList.objects.filter(number__in=numbers).select_related("area")
        for list_ in lists.prefetch_related("postings"):
            for posting in list_.postings.all():
                if posting.recorded_at < window.began:
                    continue
                words = _late(_("张贴"), posting.seen_on, posting.recorded_at, list_.area)
                if words:
                    at = [("list", list_.number)]
                    yield Found(
                        f"posting:{posting.pk}", list_.area, list_.line, words, at, posting.recorded_at
                    )


def _late(what: object, said_on: date, recorded_at: datetime, area: Area) -> str:
    """Return in words how late it was recorded; nothing where it was in time."""
    days = (clock.day_of(recorded_at) - said_on).days
    if days <= int(value(key_of(CODE, "days"), area)):
        return ""
    said = {"what": str(what), "said": said_on.isoformat(), "days": days}
    return translate("%(what)s说是 %(said)s，过了 %(days)s 天才登记。") % said


RULE = Rule(
    code=CODE,
    title=_("日期写得早、登记得晚"),
    why=_("说的日子和登记的日子隔得太久，可能是事后补的。没有信号的地方晚几天登记是常事。"),
    find=find,
    weight=Weight.LIGHT,
    thresholds=(Threshold("days", 7, _("晚几天以上登记才提示"), SOURCE, check=count(1, 365)),),
)
