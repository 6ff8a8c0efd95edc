"""Searching a list of the desk: what an inspector asks for comes by POST and stands in no address."""

from functools import cached_property
from typing import Any

from django.http import HttpRequest

from workflows.desk import boxes, gates


class SealedSearch:
    """A list whose search, for an inspector, goes through `desk:find`; others may have it in the address.

    An address stands in the web server's log, which an administrator reads: it would tell whom an inspector
    looks for (`portal.inquiries`).
    """

    request: HttpRequest
    index_url_name: str

    @cached_property
    def search_query(self) -> str:
        """What is searched for: sealed in the address, or, for who is no inspector, as it was typed."""
        if token := self.request.GET.get("n", ""):
            return boxes.unwrap(self.request.user, token)
        return "" if self._sealed else str(super().search_query)  # type: ignore[misc]

    @cached_property
    def _sealed(self) -> bool:
        return gates.holds(self.request.user, gates.SUPERVISORS)

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add where the search is sent to, if it is to be sealed."""
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)  # type: ignore[misc]
        return context | {"find_in": self.index_url_name.partition(":")[2] if self._sealed else ""}
