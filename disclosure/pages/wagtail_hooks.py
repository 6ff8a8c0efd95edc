"""The admin's deletion screens say no, with the reason; a link form sent without its field is refused."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.forms.choosers import ExternalLinkChooserForm, URLOrAbsolutePathField
from wagtail.admin.views.chooser import ExternalLinkView
from wagtail.models import Page

from .keeping import PublishedPageKept, published_within


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
    """Refuse the same in bulk: Wagtail's bulk actions skip `before_delete_page`."""
    if action_type != "delete":
        return None
    return _refusal(request, [page for page in objects if isinstance(page, Page)])


class _Address(URLOrAbsolutePathField):
    """Takes a request without the field for an empty one; Wagtail's own fails on it."""

    def to_python(self, value: Any) -> Any:
        """Return the address as typed."""
        return super().to_python(value or "")


class _LinkForm(ExternalLinkChooserForm):
    """The form of a link to another site."""

    url = _Address(required=True, label=_("URL"))


ExternalLinkView.form_class = _LinkForm
