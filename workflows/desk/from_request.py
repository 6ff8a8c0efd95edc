"""Filing for somebody's request: the filing screens open the case, and the request is filed by the same act.

A request's page leads to a filing screen with ``?request=<id>&seen=<version>``; forms that send to their own
address keep it.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from portal.people.models import User
from workflows.changes.models import Wanted
from workflows.engine.errors import ActRefused
from workflows.engine.models import Case
from workflows.programmes.models import Programme
from workflows.registry.models import Household
from workflows.requests import offices
from workflows.requests.asking import Chosen
from workflows.requests.errors import RequestError
from workflows.requests.models import HelpRequest, Matter
from workflows.requests.services import file_request

from . import filing


class RequestInTheWay(ActRefused):
    """The request for which the case was to be opened cannot be filed; nothing was opened."""


def opened(http: HttpRequest, by: User, open_case: Callable[[], Case]) -> Case:
    """Return the case that `open_case()` opens; where the address names a request, that is filed as it.

    Both happen or none does. Raises RequestInTheWay besides what `open_case` raises.
    """
    named = http.GET.get("request", "")
    if not named:
        return open_case()
    try:
        return file_request(
            by=by,
            request_id=_number(named),
            seen_version=_number(http.GET.get("seen", "")),
            open_case=open_case,
            identified=http.POST.get("identified", ""),
        )
    except RequestError as error:
        raise RequestInTheWay(str(error)) from error


def own_form_of(http: HttpRequest, by: User, programme: Programme) -> HelpRequest | None:
    """Return the request named in the address where the form of `programme` was filled in with it.

    None for everybody but who handles it.
    """
    found = offices.readable(by).filter(pk=_number(http.GET.get("request", "")), programme=programme)
    asked = found.exclude(form_version=None).select_related("form_version").first()
    return asked if asked is not None and offices.handler(by, asked) is not None else None


def stands_in(http: HttpRequest, by: User) -> bool:
    """Return whether the address names a request that `by` handles for a village in which nobody files."""
    number = _number(http.GET.get("request", ""))
    asked = offices.readable(by).filter(pk=number).first() if number else None
    if asked is None or offices.handler(by, asked) is None:
        return False
    return asked.area_id in {area.pk for area in filing.deputy_areas(by)}


def way(asked: HelpRequest, household: Household, chosen: Chosen) -> str:
    """Return the address of the form for `household` by which `asked` is filed as what was chosen."""
    query: dict[str, Any] = {"household": household.pk}
    if chosen.programme is not None:
        name, query["programme"] = "desk:file", chosen.programme.slug
    elif chosen.matter == Matter.HARDSHIP:
        name = "desk:aid"
    elif chosen.wanted == Wanted.EXIT:
        name = "desk:exit"
    else:
        name, query["wanted"] = "desk:change", chosen.wanted
    return f"{reverse(name)}?{urlencode(query | {'request': asked.pk, 'seen': asked.version})}"


def _number(given: str) -> int:
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 18 else 0
