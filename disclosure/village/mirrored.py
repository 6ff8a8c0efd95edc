"""The public addresses of village matters, for the mirror and the sitemap."""

from collections.abc import Iterator

from django.db.models.signals import post_save

from disclosure.deliberations.models import Deliberation
from disclosure.mirror.marks import mark
from disclosure.mirror.registry import Address, Source, register
from disclosure.mirror.sources import lists_of

from .models import VillageMatter
from .public import path_of
from .results import PREFIX


def connect() -> None:
    """Tell the mirror of the matters' pages and of what changes them."""
    register(Source(every, behind))
    post_save.connect(_saved, sender=VillageMatter, dispatch_uid="mirror-VillageMatter")


def every() -> Iterator[Address]:
    """Return the pages of all matters that villages have met on."""
    for number in VillageMatter.objects.published().order_by("pk").values_list("number", flat=True):
        yield Address(f"/{path_of(number)}")


def behind(kind: str, key: str) -> Iterator[Address]:
    """Return the pages of the matters that a list, a deliberation or a change of their own shows on."""
    if kind == "village":
        found = VillageMatter.objects.filter(pk=int(key))
    else:
        references = {one.reference for one in lists_of(kind, key)[:1]}
        if kind == "deliberation":
            references |= {*Deliberation.objects.filter(pk=int(key)).values_list("reference", flat=True)}
        numbers = [one.removeprefix(PREFIX) for one in references if one.startswith(PREFIX)]
        found = VillageMatter.objects.filter(number__in=numbers)
    for number in found.published().values_list("number", flat=True):
        yield Address(f"/{path_of(number)}")


def _saved(instance: VillageMatter, **_signal: object) -> None:
    mark(f"village:{instance.pk}")
