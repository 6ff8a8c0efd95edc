"""图表: four pictures of a place, each with its table."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from portal.areas.models import Area, Level

from ..pictures import gather, years
from ..reach import areas_within, offices_of
from .base import SupervisionMixin


class PicturesView(SupervisionMixin, TemplateView):
    """The person's own place, or one below it."""

    template_name = "desk/supervision/pictures.html"
    page_title = gettext_lazy("图表")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the pictures."""
        within = areas_within(self.user())
        area = self._area(within)
        asked = self.request.GET.get("year", "")
        known = years()
        year = int(asked) if asked in map(str, known) else known[0]
        choices = within.exclude(level=Level.VILLAGE).order_by("code")[:300]
        return super().get_context_data(**kwargs) | {
            "place": area,
            "places": list(choices),
            "year": year,
            "years": known,
            "pictures": gather(self.user(), area, year),
        }

    def _area(self, within: Any) -> Area:
        """Return the place asked for, else that of the widest office; Http404 for one out of reach."""
        code = self.request.GET.get("area", "").replace("\x00", "")
        if code:
            found: Area | None = within.filter(code=code).first()
            if found is None:
                raise Http404
            return found
        return min((office.area for office in offices_of(self.user())), key=lambda area: len(area.path))
