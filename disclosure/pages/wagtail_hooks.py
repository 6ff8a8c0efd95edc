"""What the admin's page screens do here: nothing is published or deleted by whoever writes it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.forms.choosers import ExternalLinkChooserForm, URLOrAbsolutePathField
from wagtail.admin.views.chooser import ExternalLinkView
from wagtail.models import Page

from .errors import PageError, WithdrawalReasonMissing
from .home import ColumnsPanel, columns_of
from .keeping import PublishedPageKept, published_within
from .moderation import reviewers
from .public_page import LONGEST_REASON

# Of the stock buttons below a page: publication goes through the second person alone, and a page that came
# back is handed in again by the one button for that.
NOT_FROM_HERE = {"action-publish", "action-restart-workflow"}


def _refusal(request: HttpRequest, pages: list[Page]) -> HttpResponse | None:
    kept = published_within(pages).first() if pages else None
    if kept is None:
        return None
    messages.error(request, str(PublishedPageKept(kept.title)))
    return redirect("wagtailadmin_explore", kept.get_parent().pk)


@hooks.register("before_delete_page")
def keep_published_page(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Refuse the deletion of a page that was published, or that has such a page below it."""
    return _refusal(request, [page])


@hooks.register("before_bulk_action")
def keep_published_pages(
    request: HttpRequest, action_type: str, objects: list[Any], action: Any
) -> HttpResponse | None:
    """Refuse the same in bulk, and to move or withdraw many: bulk actions skip the single act's hooks.

    What is public goes out by a second person and comes down with a reason, one page at a time.
    """
    pages = [page for page in objects if isinstance(page, Page)]
    if action_type == "publish" and pages:
        messages.error(request, _t("网页要送审，由没有写过它的县级负责人批准后公开"))
        return redirect("wagtailadmin_explore", pages[0].get_parent().pk)
    if action_type not in ("delete", "move", "unpublish"):
        return None
    return _refusal(request, pages)


@hooks.register("before_move_page")
def keep_address(request: HttpRequest, page: Page, destination: Page) -> HttpResponse | None:
    """Refuse to move what was published: its address stands on paper and in programmes."""
    return _refusal(request, [page])


class _Address(URLOrAbsolutePathField):
    """Takes a request without the field for an empty one; Wagtail's own fails on it."""

    def to_python(self, value: Any) -> Any:
        """Return the address as typed."""
        return super().to_python(value or "")


class _LinkForm(ExternalLinkChooserForm):
    """The form of a link to another site."""

    url = _Address(required=True, label=_("URL"))


ExternalLinkView.form_class = _LinkForm


@hooks.register("construct_page_action_menu")
def no_short_way_out(menu_items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """Offer saving, handing in and taking back: nobody publishes what they write."""
    menu_items[:] = [item for item in menu_items if item.name not in NOT_FROM_HERE]
    for item in menu_items:
        if item.name == "action-cancel-workflow":
            item.label = _("撤回送审")


@hooks.register("before_create_page")
def drafts_only(request: HttpRequest, parent_page: Page, page_class: type[Page]) -> HttpResponse | None:
    """Refuse a new page that would be public at once: Wagtail saves it live before it asks anybody."""
    if "action-publish" not in request.POST:
        return None
    messages.error(request, _t("网页要送审，由没有写过它的县级负责人批准后公开"))
    return redirect("wagtailadmin_explore", parent_page.pk)


@hooks.register("before_publish_page")
def only_by_the_second_person(request: HttpRequest, page: Page) -> HttpResponse:
    """Refuse publication from the editor's own screen, whatever permissions somebody holds together."""
    messages.error(request, _t("网页要送审，由没有写过它的县级负责人批准后公开"))
    return redirect("wagtailadmin_pages:edit", page.pk)


@hooks.register("before_edit_page")
def say_why_it_came_back(request: HttpRequest, page: Page) -> None:
    """Show above the form why the page was sent back; Wagtail keeps it in a folded panel."""
    state = page.current_workflow_state
    if request.method == "GET" and state is not None and state.status == state.STATUS_NEEDS_CHANGES:
        reason = state.current_task_state.comment
        messages.warning(request, _t("这篇网页退回了，要改的是：%(reason)s") % {"reason": reason})


@hooks.register("before_copy_page")
def copies_are_drafts(request: HttpRequest, page: Page) -> None:
    """Refuse copies that would be public at once, and aliases, which follow their source."""
    if request.POST.get("publish_copies") or request.POST.get("alias"):
        raise PermissionDenied


@hooks.register("before_unpublish_page")
def withdraw_in_one_act(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Withdraw the page and write who did it in one transaction; Wagtail's own view knows no transaction."""
    if request.method != "POST":
        return None
    reason = request.POST.get("reason", "").replace("\x00", "")
    try:
        page.specific.unpublish(user=request.user, reason=reason)
    except WithdrawalReasonMissing as error:
        # The form comes back as it was filled in.
        back = reverse("wagtailadmin_explore", args=[page.get_parent().pk])
        context = {"reason": reason, "wrong": str(error), "longest": LONGEST_REASON, "next_url": back}
        return render(request, "wagtailadmin/pages/confirm_unpublish.html", context, status=422)
    except PageError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, _t("“%(title)s”已经从网站上撤下，原来的地址写着原因") % {"title": page.title}
        )
    return redirect("wagtailadmin_explore", page.get_parent().pk)


@hooks.register("after_create_page")
@hooks.register("after_edit_page")
def say_if_nobody_can_decide(request: HttpRequest, page: Page) -> None:
    """Warn whoever hands a page in while nobody could let it out: it waits, it does not pass by itself."""
    if request.POST.get("action-submit") and page.workflow_in_progress and not reviewers(page):
        messages.warning(
            request, _t("现在没有能审核这篇网页的县级负责人，它会一直等着；请让安全管理员授予职务")
        )


@hooks.register("construct_homepage_panels")
def columns_first(request: HttpRequest, panels: list[Any]) -> None:
    """Begin with the editor's columns; leave out the pages that somebody locked: nobody can, here."""
    panels[:] = [panel for panel in panels if getattr(panel, "name", "") != "locked_pages"]
    if columns := columns_of(request.user):
        panels.append(ColumnsPanel(columns))
