"""The public page of a village matter."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from disclosure.publicity.public import contact
from disclosure.site.areas import trail
from disclosure.site.metas import Article
from disclosure.site.responses import public_page

from . import public


@require_safe
def matter(request: HttpRequest, number: str) -> HttpResponse:
    """Show how a village settled a matter: its meetings with counts, why each passed, what was published."""
    found = public.page(number)
    if found is None:
        raise Http404
    about = found["matter"]
    area = about.area
    context = {**found, "area": area, "trail": [*trail(area), area], "contact": contact(area)}
    context["article"] = Article(about.title, about.first_met_on, area.name)
    return public_page(request, "public/matter.html", context)
