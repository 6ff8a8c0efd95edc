"""督办 for townships, the county and supervisors: the overview, and a slip of what is late to print."""

from typing import Any

from django.core.paginator import Paginator
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from portal import clock
from portal.areas.models import Area
from portal.people.models import User
from workflows.desk import gates, owed_lines
from workflows.desk.overview import (
    GREEN,
    LATE,
    PAUSED,
    RED,
    WHOLE,
    YELLOW,
    Overview,
    calendar_doubt,
    find_area,
    narrowed,
)

from .base import DeskMixin

PER_PAGE = 20
MOST_ON_A_SLIP = 200
RELATED = ("batch__area", "batch__held_by")


class _Counted(Paginator):
    """Pages whose number of lines is known already."""

    def __init__(self, *args: Any, known: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known

    @cached_property
    def count(self) -> int:
        """Return the number of lines."""
        return self.known


class OverviewMixin(DeskMixin):
    """What is looked at: the person's whole area, or a place within it."""

    def roles(self) -> frozenset[str]:
        """Return those who oversee others."""
        return gates.OVERSEERS

    def user(self) -> User:
        """Return who asks."""
        user: User = self.request.user
        return user

    def place(self) -> Area | None:
        """Return the place that was asked for; Http404 where it lies outside the person's offices."""
        return find_area(self.user(), self.request.GET.get("area", "")[:12])


class OverviewView(OverviewMixin, TemplateView):
    """Counts by light, place, step and seat, and the list of what is late, the oldest first."""

    template_name = "desk/overview.html"
    page_title = gettext_lazy("督办")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return counts, tables and one page of the list."""
        area = self.place()
        found = Overview(self.user(), area)
        choices = {
            LATE: _("要督办的"),
            RED: _("超期"),
            YELLOW: _("快到期"),
            WHOLE: _("超总时限"),
            GREEN: _("期限内"),
            PAUSED: _("公示中"),
        }
        light = self.request.GET.get("light", "")
        light = light if light in choices else LATE
        pages = _Counted(
            narrowed(found.stays, light).select_related(*RELATED), PER_PAGE, known=found.count(light)
        )
        page = pages.get_page(self.request.GET.get("p"))
        stays = list(page.object_list)
        owed = owed_lines.watched(self.user(), area)
        offices = found.offices(stays, [one.list.area_path for one in owed])
        waiting = owed_lines.lines(owed, offices)
        kept = {"area": area.code} if area else {}
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {
            "place": area,
            "sum": found.whole(),
            "places": found.places(),
            "steps": found.steps(),
            "people": found.people(offices),
            "lines": found.lines(stays, offices),
            "owed": waiting,
            "owed_red": any(one.deadline and one.deadline.light == RED for one in waiting),
            "page_obj": page,
            "light": light,
            "light_name": choices[light],
            "choices": [
                {"key": key, "name": name, "query": urlencode(kept | {"light": key})}
                for key, name in choices.items()
            ],
            "page_query": urlencode(kept | {"light": light}),
            "slip_query": urlencode(kept),
            "doubt": calendar_doubt(area, found.areas),
        }


class SlipView(OverviewMixin, TemplateView):
    """督办单: what is past its deadline, to be printed, answered by hand and signed."""

    template_name = "desk/overview_slip.html"
    page_title = gettext_lazy("督办单")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the lines that are red or past their total, the oldest first, as many as a slip holds.

        And the lists that should have been corrected by now.
        """
        area = self.place()
        found = Overview(self.user(), area)
        late = narrowed(found.stays, LATE).exclude(light=YELLOW, total_due_on=None)
        late = late.exclude(light=YELLOW, total_due_on__gte=clock.today()).select_related(*RELATED)
        stays = list(late[: MOST_ON_A_SLIP + 1])
        owed = owed_lines.watched(self.user(), area)
        offices = found.offices(stays, [one.list.area_path for one in owed])
        lists = owed_lines.lines(owed, offices)
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {
            "place": area,
            "lines": found.lines(stays[:MOST_ON_A_SLIP], offices),
            "owed": [one for one in lists if one.deadline and one.deadline.light == RED],
            "more": len(stays) > MOST_ON_A_SLIP,
            "most": MOST_ON_A_SLIP,
            "today": clock.today(),
            "by": self.user(),
            "doubt": calendar_doubt(area, found.areas),
        }
