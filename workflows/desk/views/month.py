"""月结: a month's work of the person's area, to look over and to print."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from portal import clock
from portal.areas.models import Area, Level
from portal.people.models import ROLES_WITHOUT_CASES, User
from portal.people.scope import scope_of
from workflows.desk import month_end

from .base import DeskMixin


class MonthView(DeskMixin, TemplateView):
    """One month, of all that the person's offices cover or of one place in it."""

    template_name = "desk/month.html"
    page_title = gettext_lazy("月结")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the month asked for."""
        user: User = self.request.user
        first = month_end.month_of(self.request.GET.get("month", ""))
        place = self._place(user)
        following = month_end.after(first)
        scope = scope_of(user)
        own = [held.area.name for held in scope.offices if held.role not in ROLES_WITHOUT_CASES]
        return super().get_context_data(**kwargs) | {
            "month": month_end.gather(user, first, place),
            "place": place,
            "places": self._places(user),
            "where": place.name if place else "、".join(dict.fromkeys(own)),
            "earlier": month_end.before(first),
            "later": following if following <= clock.today() else None,
            "light_words": {"red": _("红灯"), "yellow": _("黄灯"), "green": _("绿灯"), "none": _("不计时")},
            "today": clock.today(),
        }

    def _places(self, user: User) -> list[Area]:
        """Return the townships and villages next below the person's own places, to choose one of."""
        scope = scope_of(user)
        county = any(held.area.level == Level.COUNTY for held in scope.offices)
        level = Level.TOWNSHIP if county else Level.VILLAGE
        found = scope.filter_areas(Area.objects.in_force(clock.today())).filter(level=level)
        return list(found.order_by("code")[:200])

    def _place(self, user: User) -> Area | None:
        """Return the place asked for; Http404 for one outside the person's offices."""
        code = self.request.GET.get("area", "")
        if not code:
            return None
        found = scope_of(user).filter_areas(Area.objects.in_force(clock.today())).filter(code=code).first()
        if found is None:
            raise Http404
        return found
