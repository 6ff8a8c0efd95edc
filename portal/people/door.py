"""The door of the desk: every route under the Wagtail admin is shut unless a list by role opens it.

Wagtail opens its screens to whoever may enter; a user with nothing but the way in got 25 of 191 routes.
Here a route is open only by its name, and whatever is shut, hidden or missing gives one and the same 404
(design.md rule 2). Upper rooms open their own routes with `allow` when their app starts.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.datastructures import MultiValueDictKeyError
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from . import leaving
from .drafts import is_in_sight
from .models import Role
from .scope import scope_of

HOME = "wagtailadmin_home"
SIGN_IN = "account_login"
# Wagtail's own ways to a session or a password: sign-in goes through allauth alone.
OLD_SIGN_IN = {
    "wagtailadmin_login",
    "wagtailadmin_password_reset",
    "wagtailadmin_password_reset_done",
    "wagtailadmin_password_reset_confirm",
    "wagtailadmin_password_reset_complete",
}
# The same outside the admin: a sign-in by password alone, and pages behind a password that many share.
OLD_SIGN_IN_OUTSIDE = "wagtailcore_login"
SHARED_PASSWORDS = {"wagtailcore_authenticate_with_password", "wagtaildocs_authenticate_with_password"}
# Of allauth's routes, those that anybody may ask for; each of them looks after itself.
SIGN_IN_PAGES = {
    SIGN_IN,
    "account_logout",
    "account_inactive",
    "account_change_password",
    "account_reset_password",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
}
EVERY_OFFICE = {
    HOME,
    "wagtailadmin_account",
    "wagtailadmin_logout",
    "wagtailadmin_dismissibles",
    "wagtailadmin_javascript_catalog",
    "wagtailadmin_sprite",
    "desk:",
}
EDITOR = {
    "wagtailadmin_api:pages:listing",
    "wagtailadmin_api:pages:detail",
    "wagtailadmin_explore_root",
    "wagtailadmin_explore",
    "wagtailadmin_explore_results",
    "wagtailadmin_pages:add",
    "wagtailadmin_pages:add_subpage",
    "wagtailadmin_pages:preview_on_add",
    "wagtailadmin_pages:edit",
    "wagtailadmin_pages:preview_on_edit",
    "wagtailadmin_pages:view_draft",
    "wagtailadmin_pages:copy",
    "wagtailadmin_pages:search",
    "wagtailadmin_pages:search_results",
    "wagtailadmin_pages:history",
    "wagtailadmin_pages:history_results",
    "wagtailadmin_pages:revisions_index",
    "wagtailadmin_pages:revisions_view",
    "wagtailadmin_pages:revisions_revert",
    "wagtailadmin_pages:revisions_unschedule",
    "wagtailadmin_pages:revisions_compare",
    "wagtailadmin_pages:workflow_action",
    "wagtailadmin_pages:collect_workflow_action_data",
    "wagtailadmin_pages:confirm_workflow_cancellation",
    "wagtailadmin_pages:workflow_preview",
    "wagtailadmin_pages:workflow_history",
    "wagtailadmin_pages:workflow_history_detail",
    "wagtailadmin_choose_page",
    "wagtailadmin_choose_page_child",
    "wagtailadmin_choose_page_search",
    "wagtailadmin_choose_page_chosen_multiple",
    "wagtailadmin_choose_page_external_link",
    "wagtailadmin_choose_page_email_link",
    "wagtailadmin_choose_page_phone_link",
    "wagtailadmin_choose_page_anchor_link",
    "wagtailadmin_tag_autocomplete",
    "wagtailadmin_tag_model_autocomplete",
    "wagtailadmin_editing_sessions:ping",
    "wagtailadmin_editing_sessions:release",
    "wagtailadmin_block_preview",
    "wagtaildocs:index",
    "wagtaildocs:index_results",
    "wagtaildocs:add",
    "wagtaildocs:edit",
    "wagtaildocs:add_multiple",
    "wagtaildocs:edit_multiple",
    "wagtaildocs:create_multiple_from_uploaded_document",
    "wagtaildocs:delete_upload_multiple",
    "wagtaildocs_chooser:",
    "wagtailimages:index",
    "wagtailimages:index_results",
    "wagtailimages:add",
    "wagtailimages:edit",
    "wagtailimages:add_multiple",
    "wagtailimages:edit_multiple",
    "wagtailimages:create_multiple_from_uploaded_image",
    "wagtailimages:delete_upload_multiple",
    "wagtailimages_chooser:",
}

# The second person reads what was handed in, lets it out or sends it back, and withdraws pages; writes none.
COUNTY_HEAD = {
    "wagtailadmin_api:pages:listing",
    "wagtailadmin_api:pages:detail",
    "wagtailadmin_explore_root",
    "wagtailadmin_explore",
    "wagtailadmin_explore_results",
    "wagtailadmin_pages:view_draft",
    "wagtailadmin_pages:search",
    "wagtailadmin_pages:search_results",
    "wagtailadmin_pages:revisions_view",
    "wagtailadmin_pages:revisions_compare",
    "wagtailadmin_pages:workflow_action",
    "wagtailadmin_pages:workflow_preview",
    "wagtailadmin_pages:unpublish",
}

_everyone: set[str] = set(EVERY_OFFICE)
_by_role: dict[str, set[str]] = {Role.EDITOR: set(EDITOR), Role.COUNTY_HEAD: set(COUNTY_HEAD)}


def allow(*names: str, roles: Iterable[str] | None = None) -> None:
    """Open the routes `names` to holders of `roles`, or to every office where no role is given.

    A name that ends in a colon opens a whole namespace; its own views must then narrow what they show.
    """
    if roles is None:
        _everyone.update(names)
        return
    for role in roles:
        _by_role.setdefault(role, set()).update(names)


def is_open(name: str, roles: Iterable[str]) -> bool:
    """Return whether the route `name` is open to somebody who holds `roles`; to nobody without any."""
    held = list(roles)
    if not held:
        return False
    opened = _everyone.union(*(_by_role.get(role, set()) for role in held))
    spaces = name.split(":")
    return name in opened or any(":".join(spaces[:end]) + ":" in opened for end in range(1, len(spaces)))


class DoorMiddleware:
    """Stands before every route of the Wagtail admin and before what packages bring along elsewhere."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.desk = reverse(HOME)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Send visitors to the sign-in page and give one answer for all that is not to be seen."""
        return leaving.forget(request, self._answer(request))

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        if not self._is_desk(request):
            return self.get_response(request)
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        response = self.get_response(request)
        if response.status_code == 404 or _was_refused(request, response):
            return _missing(request)
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Let the request on to its view only where the route is open."""
        match = request.resolver_match
        name = match.view_name if match else ""
        if not self._is_desk(request):
            return _outside(request, name)
        if name in OLD_SIGN_IN:
            return redirect(SIGN_IN)
        offices = scope_of(request.user).offices
        if not offices and name == HOME:
            return render(request, "account/no_office.html", status=403)
        if not is_open(name, (office.role for office in offices)):
            return _missing(request)
        page = kwargs.get("page_id") or kwargs.get("parent_page_id")
        if page and not is_in_sight(page, request.user, to_link=name.startswith("wagtailadmin_choose_")):
            return _missing(request)
        if name == "wagtailadmin_account":
            # Wagtail's page would let people change the name that the ledger knows them by.
            return redirect("account_change_password")
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        """Answer a refusal at the desk like a missing page: else it would tell that there is something.

        Some of Wagtail's screens read fields of a form that need not be there: that is a bad request.
        """
        if self._is_desk(request) and isinstance(error, PermissionDenied):
            return _missing(request)
        if self._is_desk(request) and isinstance(error, MultiValueDictKeyError):
            raise BadRequest from error
        return None

    def _is_desk(self, request: HttpRequest) -> bool:
        return request.path.startswith(self.desk)


def _outside(request: HttpRequest, name: str) -> HttpResponseBase | None:
    """Shut what packages bring along outside the admin; the portal's own pages pass untouched."""
    if name == OLD_SIGN_IN_OUTSIDE:
        return redirect(SIGN_IN)
    shut = name.startswith(("account_", "mfa_")) and not _is_sign_in_page(request, name)
    if shut or name in SHARED_PASSWORDS:
        raise Http404
    return None


def _is_sign_in_page(request: HttpRequest, name: str) -> bool:
    if name == "account_reset_password":
        # It only says whom to ask: the portal holds no mail addresses to send a link to.
        return request.method in ("GET", "HEAD")
    if name in SIGN_IN_PAGES:
        return True
    # The second step of signing in. What else the package brings is shut: `portal.signin` has its own.
    return bool(settings.SIGN_IN_SECOND_FACTOR) and name == "mfa_authenticate"


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    address = reverse(SIGN_IN)
    old = any(request.path == reverse(name) for name in ("wagtailadmin_login", "wagtailadmin_password_reset"))
    if request.method == "GET" and not old:
        address += "?" + urlencode({"next": request.get_full_path()})
    return HttpResponseRedirect(address)


def _missing(request: HttpRequest) -> HttpResponse:
    return render(request, "account/missing.html", status=404)


def _was_refused(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Return whether Wagtail refused: it goes to the home page and leaves a message, which is taken back."""
    if response.status_code != 302 or response.get("Location") != reverse(HOME):
        return False
    # Wagtail's own words, in its own translation; its template leaves blank lines behind them.
    refusal = _("Sorry, you do not have permission to access this area.")
    storage = get_messages(request)
    queued = getattr(storage, "_queued_messages", [])
    kept = [message for message in queued if str(message.message).strip() != refusal]
    if len(kept) == len(queued):
        return False
    storage._queued_messages = kept
    return True
