"""How the desk stands in the Wagtail admin: its addresses, side bar, style and home page."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLResolver, include, path
from django.utils.html import format_html
from wagtail import hooks

from portal.people.models import ROLES_WITHOUT_CASES, Role
from portal.people.scope import scope_of

from . import gates, urls
from .home import DeskPanel
from .menu import ENTRIES, DeskMenuItem, Entry

FIRST = 10
# Of Wagtail's own panels, what is left to officials: pages that wait for the second person.
FOR_OFFICIALS = {"workflow_objects_to_moderate"}


@hooks.register("register_admin_urls")
def addresses() -> list[URLResolver]:
    """Put the desk under the admin, in its own namespace."""
    return [path("desk/", include((urls.urlpatterns, "desk"), namespace="desk"))]


def _menu_item(entry: Entry, order: int) -> Callable[[], DeskMenuItem]:
    return lambda: DeskMenuItem(entry, order)


for _place, _entry in enumerate(ENTRIES):
    hooks.register("register_admin_menu_item", _menu_item(_entry, FIRST + _place))


@hooks.register("construct_homepage_panels")
def to_do_instead(request: HttpRequest, panels: list[Any]) -> None:
    """Show officials their to-do, a county head also pages that wait; an editor keeps the panels of pages."""
    roles = scope_of(request.user).roles
    if Role.EDITOR not in roles:
        kept = FOR_OFFICIALS if Role.COUNTY_HEAD in roles else set()
        panels[:] = [panel for panel in panels if getattr(panel, "name", "") in kept]
    if roles - set(ROLES_WITHOUT_CASES):
        panels.insert(0, DeskPanel())


@hooks.register("construct_homepage_summary_items")
def no_page_counts(request: HttpRequest, items: list[Any]) -> None:
    """Leave the counts of pages and images to those who edit them."""
    if not gates.holds(request.user, frozenset([Role.EDITOR])):
        items.clear()


@hooks.register("insert_global_admin_css")
def style() -> str:
    """Bring the desk's calm to every screen of the admin."""
    return str(format_html('<link rel="stylesheet" href="{}">', static("desk/desk.css")))
