"""Walking the URL resolver: every route of the portal, of Wagtail and of what packages bring along."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import Resolver404, get_resolver, resolve, reverse

# Arguments of routes whose objects matter to nobody here; those of our own come from the stage.
SAMPLES = {
    "app_label": "wagtailcore",
    "model_name": "page",
    "app_name": "wagtailcore",
    "content_type_app_name": "disclosure_pages",
    "content_type_model_name": "page",
    "action": "delete",
    "action_name": "approve",
    "object_id": "1",
    "session_id": 1,
    "filter_spec": "original",
    "uidb64": "MQ",
    "uidb36": "1",
    "key": "x-y",
    "token": "x-y",
    "pk": "1",
}
# Routes without a name, and what only they look like.
NAMELESS = {"admin/test404/": "/admin/test404/", "admin/^.*/$": "/admin/no/such/page/"}
POSITIONAL = {
    "wagtailadmin_pages:revisions_compare": ("1", "live", "latest"),
    "wagtaildocs_serve": ("1", "x.pdf"),
    "wagtail_serve": ("",),
    "mfa_remove_webauthn": (1,),
    "mfa_edit_webauthn": (1,),
}


@dataclass(frozen=True)
class Route:
    """One route: its name with namespaces (a nameless one by its pattern) and its pattern in full."""

    name: str
    pattern: Any
    full: str

    def address(self, **known: Any) -> str:
        """Return an address of the route with the arguments `known`, else made-up ones of the right kinds."""
        if self.full in NAMELESS:
            return NAMELESS[self.full]
        if self.name in POSITIONAL:
            return str(reverse(self.name, args=POSITIONAL[self.name]))
        regex = self.pattern.pattern.regex
        kwargs = {
            key: known.get(key, SAMPLES.get(key, 1 if self._is_number(key) else "x"))
            for key in regex.groupindex
        }
        return str(reverse(self.name, kwargs=kwargs))

    def _is_number(self, key: str) -> bool:
        converter = self.pattern.pattern.converters.get(key)
        return type(converter).__name__ == "IntConverter"


def walk(patterns: list[Any], spaces: tuple[str, ...] = (), before: str = "") -> Iterator[Route]:
    """Yield every route below `patterns`."""
    for pattern in patterns:
        full = before + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from walk(
                pattern.url_patterns, (*spaces, pattern.namespace) if pattern.namespace else spaces, full
            )
        elif pattern.name:
            yield Route(":".join((*spaces, pattern.name)), pattern, full)
        else:
            yield Route(full, pattern, full)


def every_route() -> list[Route]:
    """Return every route of the project."""
    return list(walk(get_resolver().url_patterns))


def addresses(known: Mapping[str, Mapping[str, Any]]) -> list[tuple[Route, str]]:
    """Return every route with an address that leads to it; `known` gives arguments by the route's name."""
    found = []
    for route in every_route():
        where = route.address(**known.get(route.name, {}))
        try:
            match = resolve(where)
        except Resolver404:
            raise AssertionError(f"{where} leads nowhere, not to {route.full}") from None
        if route.full not in NAMELESS:
            assert match.view_name == route.name, f"{where} leads to {match.view_name}, not {route.name}"
        found.append((route, where))
    return found
