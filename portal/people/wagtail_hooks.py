"""What Wagtail's screens show: no other section's drafts, no way to an address that the door shuts."""

from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import Resolver404, resolve
from wagtail import hooks
from wagtail.admin import wagtail_hooks as stock_hooks
from wagtail.admin.menu import SubmenuMenuItem
from wagtail.admin.search import Search, admin_search_areas
from wagtail.admin.ui.menus.pages import PageMenuItem
from wagtail.models import PagePermissionTester

from .door import is_open
from .drafts import in_sight
from .scope import scope_of


@hooks.register("construct_page_chooser_queryset")
def without_hidden_drafts(pages: Any, request: Any) -> Any:
    """Narrow the page chooser's browsing and searching."""
    return in_sight(pages, request.user)


# Last, so that it sees what other rooms put into the side bar.
@hooks.register("construct_main_menu", order=1000)
def only_open_doors(request: HttpRequest, menu_items: list[Any]) -> None:
    """Leave out of the side bar what is shut to the person."""
    roles = scope_of(request.user).roles
    menu_items[:] = [item for item in menu_items if is_open(_route(item.url), roles)]


@cache
def _route(url: str) -> str:
    try:
        return resolve(url.partition("?")[0]).view_name
    except Resolver404:
        return ""


def _for_those_who_edit(tester: type[Any]) -> None:
    """Have Wagtail link to a page's history only for those to whom that screen opens."""
    stock = tester.can_view_revisions

    def can_view_revisions(self: Any) -> bool:
        return bool(stock(self) and self.user.is_active and "change" in self.permissions)

    tester.can_view_revisions = can_view_revisions


def _keep_behind_the_door(button: type[Any]) -> None:
    """Have a button of Wagtail's page screens ask the door as well; their header has no hook to do so."""
    stock = button.is_shown

    def is_shown(self: Any, user: Any) -> bool:
        open_to_them = self.url_name is None or is_open(self.url_name, scope_of(user).roles)
        return bool(open_to_them and stock(self, user))

    button.is_shown = is_shown


def _search_what_opens(search: Search) -> None:
    """Have the side bar ask the door before Wagtail asks the database who may search what."""
    stock = search.search_items_for_request

    def search_items_for_request(request: HttpRequest) -> list[Any]:
        roles = scope_of(request.user).roles
        if not any(is_open(_route(area.url), roles) for area in search.registered_search_areas):
            return []
        return [area for area in stock(request) if is_open(_route(area.url), roles)]

    search.search_items_for_request = search_items_for_request


def _never(self: Any, request: HttpRequest) -> bool:
    return False


_for_those_who_edit(PagePermissionTester)
_search_what_opens(admin_search_areas)
# Folders hold reports and settings, which are shut to all, and help on other sites, of which a network
# of a county may have none. What stands in them is not asked for.
SubmenuMenuItem.is_shown = _never
for _button in vars(stock_hooks).values():
    if isinstance(_button, type) and issubclass(_button, PageMenuItem) and "is_shown" in vars(_button):
        _keep_behind_the_door(_button)
