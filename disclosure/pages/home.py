"""What an editor's home page begins with: their columns, and how a page goes public."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from wagtail.admin.ui.components import Component
from wagtail.models import Page
from wagtail.permissions import page_permission_policy


def columns_of(user: Any) -> list[Page]:
    """Return the columns that an office of `user` lets them write in, in the order of the tree."""
    given = page_permission_policy.get_cached_permissions_for_user(user)
    pages = {right.page_id: right.page for right in given if right.permission.codename == "add_page"}
    return sorted(pages.values(), key=lambda page: page.path)


class ColumnsPanel(Component):
    """The columns of an editor, each with the way to write in it. No query of its own."""

    name = "columns"
    template_name = "pages/admin/columns.html"
    order = 20

    def __init__(self, columns: list[Page]) -> None:
        self.columns = columns

    def get_context_data(self, parent_context: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the columns."""
        return {"columns": self.columns, "heading": _("我的栏目")}
