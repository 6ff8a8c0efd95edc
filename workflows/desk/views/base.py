"""What every screen of the desk shares: the gate, the page's furniture, the answer to a refused form."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from workflows.desk import gates


class DeskMixin(WagtailAdminTemplateMixin):
    """Closes the screen to everybody but holders of `roles()`; for others it is not there (404)."""

    request: HttpRequest
    menu = ""
    template_name = "desk/base.html"

    def roles(self) -> frozenset[str]:
        """Return the roles that open the screen."""
        return gates.READERS

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let nobody in without an office that opens the screen."""
        gates.require(request.user, self.roles())
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Return none: the desk has a heading of its own."""
        return []
