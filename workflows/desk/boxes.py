"""The boxes of the to-do: what a person chooses to see of one, how many there are of each, found by what.

What is searched for may be a villager's name, so it travels sealed (`wrap`), never as itself, in an address.
"""

import base64
import binascii
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import CharField, Count, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from django.utils.translation import gettext as _

from portal import clock
from portal.clock.workdays import add_working_days
from portal.configuration.services import value
from portal.people.models import User
from portal.sealing.fields import seal, unseal
from portal.sealing.keys import keyed_hash
from workflows.engine.catalogue import flow
from workflows.engine.deadlines import YELLOW_KEY, Light
from workflows.engine.models import Batch, Case
from workflows.programmes.models import ProgrammeVersion
from workflows.registry.models import Household

from .models import SavedFilter

LONGEST_QUERY = 60
PART = ["programme", "village", "light", "step", "flow", "since", "sort"]
SORTS: dict[str, tuple[str, ...]] = {
    "due": ("due_on", "pk"),
    "arrived": ("-entered_at", "-pk"),
    "rows": ("-row_count", "pk"),
    "amount": ("-amount_fen", "pk"),
}
SINCE = {"1": 1, "3": 3, "7": 7, "30": 30}
SCHEME = "programme:"
GROUPED = [
    "scheme",
    "flow_key",
    "flow_version",
    "step",
    "area_id",
    "area__code",
    "area__name",
    "area_path",
]


@dataclass
class Facets:
    """What a box holds: its choices with counts, and what each choice means in columns."""

    programmes: dict[str, tuple[str, int]] = field(default_factory=dict)
    villages: dict[str, tuple[str, int]] = field(default_factory=dict)
    flows: dict[str, tuple[str, int]] = field(default_factory=dict)
    steps: dict[str, tuple[str, int]] = field(default_factory=dict)
    lights: dict[str, tuple[str, int]] = field(default_factory=dict)
    schemes: dict[str, list[str]] = field(default_factory=dict)
    areas: dict[str, int] = field(default_factory=dict)
    paths: set[str] = field(default_factory=set)
    saved: list[dict[str, Any]] = field(default_factory=list)


def wrap(user: User, words: str) -> str:
    """Return `words` sealed for `user`, fit for an address; two wrappings of the same words differ."""
    sealed = seal(f"{user.pk}:{clock.today().toordinal()}:{words.strip()[:LONGEST_QUERY]}")
    return base64.urlsafe_b64encode(sealed.encode()).decode()


def unwrap(user: User, token: str) -> str:
    """Return the words that `user` wrapped today or yesterday; empty for anything else."""
    try:
        text = unseal(base64.urlsafe_b64decode(token.encode()).decode())
        owner, day, words = text.split(":", 2)
    except (ValueError, binascii.Error):
        return ""
    fresh = clock.today().toordinal() - int(day) in (0, 1)
    return words if owner == str(user.pk) and fresh else ""


def chosen_in(data: Mapping[str, Any]) -> dict[str, str]:
    """Return the choices that `data` (a query or a form) holds, those that say nothing left out."""
    found = {part: str(data.get(part, ""))[:LONGEST_QUERY] for part in PART}
    return {part: said for part, said in found.items() if said}


def subjects_named(user: User, words: str) -> QuerySet[Any]:
    """Return the opaque keys of the households in sight of `user` with a member of exactly that name.

    As a subquery: it costs no query of its own.
    """
    hashed = keyed_hash(words, "name")
    found = Household.objects.visible_to(user).filter(Q(head_name_hash=hashed) | Q(members__name_hash=hashed))
    return found.order_by().values(key=Concat(Value("household:"), Cast("pk", CharField())))


def cases_named(user: User, words: str) -> QuerySet[Case]:
    """Return the cases in sight of `user` of that number, or of a household with a member of that name."""
    seen = Case.objects.visible_to(user).select_related("batch", "area")
    return seen.filter(Q(number=words) | Q(subject__in=subjects_named(user, words))).order_by("-opened_at")


def matching(user: User, words: str) -> Q:
    """Return the batches meant by `words`: number, title, village code, case number, or a villager's name."""
    inside = cases_named(user, words).order_by().values("batch")
    return Q(number__icontains=words) | Q(title__icontains=words) | Q(area__code=words) | Q(pk__in=inside)


def yellow_until(path: str) -> date:
    """Return the first date whose light is still green at the area `path`, by its own setting."""
    return add_working_days(clock.today(), int(value(YELLOW_KEY, path)) + 1)


def _lit(light: str, paths: Iterable[str]) -> Q:
    """Return the batches whose deadline shows `light`; a list that runs has none."""
    today = clock.today()
    if light == Light.NONE:
        return Q(due_on=None) | ~Q(waits="")
    running = Q(waits="", due_on__isnull=False)
    if light == Light.RED:
        return running & Q(due_on__lt=today)
    ends: dict[date, list[str]] = {}
    for path in paths:
        ends.setdefault(yellow_until(path), []).append(path)
    term = Q(pk__in=[])
    for end, places in ends.items():
        dates = Q(due_on__gte=end) if light == Light.GREEN else Q(due_on__gte=today, due_on__lt=end)
        # A county that never set a place apart has one date for all.
        term |= dates if len(ends) == 1 else dates & Q(area_path__in=places)
    return running & term


def condition(chosen: Mapping[str, str], facets: Facets) -> Q:
    """Return what `chosen` narrows a box to; a choice that the box does not hold leaves nothing."""
    found = Q()
    if slug := chosen.get("programme"):
        found &= Q(scheme__in=facets.schemes.get(slug, []))
    if code := chosen.get("village"):
        found &= Q(area_id=facets.areas.get(code, 0))
    if key := chosen.get("flow"):
        found &= Q(flow_key=key)
    if step := chosen.get("step"):
        flow_key, _colon, key = step.partition(":")
        found &= Q(flow_key=flow_key, step=key)
    if light := chosen.get("light"):
        found &= _lit(light, facets.paths) if light in Light.values else Q(pk__in=[])
    if days := SINCE.get(chosen.get("since", "")):
        first = clock.today() - timedelta(days=days - 1)
        found &= Q(entered_at__gte=timezone.make_aware(datetime.combine(first, time.min)))
    return found


def sorting(chosen: Mapping[str, str]) -> tuple[str, ...]:
    """Return the columns to sort by; empty for the box's own order."""
    return SORTS.get(chosen.get("sort", ""), ())


def facets_of(user: User, box: str, rows: QuerySet[Batch]) -> Facets:
    """Return what `rows` (all of a box) hold, with the person's saved filters and their counts.

    Four queries at any length: groups, programmes, saved filters, and one that counts all of it.
    """
    facets = Facets()
    every = Batch.objects.filter(pk__in=rows.order_by().values("pk"))
    groups = list(every.order_by("area__code").values(*GROUPED).annotate(n=Count("pk")))
    titles = _titles({group["scheme"] for group in groups})
    for group in groups:
        if programme := titles.get(group["scheme"]):
            _add(facets.programmes, programme[0], programme[1], group["n"])
            schemes = facets.schemes.setdefault(programme[0], [])
            if group["scheme"] not in schemes:
                schemes.append(group["scheme"])
        _add(facets.villages, group["area__code"], group["area__name"], group["n"])
        facets.areas[group["area__code"]] = group["area_id"]
        facets.paths.add(group["area_path"])
        run = flow(group["flow_key"], group["flow_version"])
        _add(facets.flows, run.key, run.name, group["n"])
        _add(facets.steps, f"{run.key}:{group['step']}", run.step(group["step"]).name, group["n"])
    _count(user, box, every, facets)
    if len(facets.flows) > 1:
        facets.steps = {
            key: (f"{facets.flows[key.split(':')[0]][0]} · {name}", n)
            for key, (name, n) in facets.steps.items()
        }
    return facets


def _count(user: User, box: str, every: QuerySet[Batch], facets: Facets) -> None:
    """Put the counts of the lights and of the saved filters into `facets`: two queries."""
    saved = list(SavedFilter.objects.filter(user=user, box=box).order_by("pk"))
    words = {Light.RED: _("红灯"), Light.YELLOW: _("黄灯"), Light.GREEN: _("绿灯"), Light.NONE: _("不计时")}
    wanted = {f"light_{light}": Count("pk", filter=_lit(light, facets.paths)) for light in words}
    wanted |= {f"saved_{one.pk}": Count("pk", filter=condition(one.chosen, facets)) for one in saved}
    counts = every.aggregate(**wanted) if facets.paths else dict.fromkeys(wanted, 0)
    for light, word in words.items():
        if counts[f"light_{light}"]:
            facets.lights[light.value] = (word, counts[f"light_{light}"])
    facets.saved = [
        {"pk": one.pk, "name": one.name, "chosen": one.chosen, "count": counts[f"saved_{one.pk}"]}
        for one in saved
    ]


def _titles(schemes: set[str]) -> dict[str, tuple[str, str]]:
    """Return slug and title of the programme of each of `schemes` that names one."""
    keys = [scheme.removeprefix(SCHEME) for scheme in schemes if scheme.startswith(SCHEME)]
    found = ProgrammeVersion.objects.filter(pk__in=[key for key in keys if key.isdecimal()])
    rows = found.values_list("pk", "programme__slug", "programme__title")
    return {f"{SCHEME}{pk}": (slug, title) for pk, slug, title in rows}


def _add(counts: dict[str, tuple[str, int]], key: str, name: str, n: int) -> None:
    counts[key] = (name, counts.get(key, ("", 0))[1] + n)
