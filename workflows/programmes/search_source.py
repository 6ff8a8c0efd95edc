"""Programmes in the search: what the version in force says of who, how much and how, as its page shows it."""

from collections.abc import Iterable
from typing import Any

from django.db.models.signals import post_save
from django.utils.translation import gettext_lazy as _

from disclosure.search import services
from disclosure.search.registry import Document, Passage, Source, register
from portal.areas.names import full_name
from portal.clock import jobs

from .models import Programme, ProgrammeVersion
from .services import current_version

NAME, PROGRAMME = "programme", "programme"
JOB = "programmes.search"


def one(key: str) -> Document | None:
    """Return the programme with that id as the search knows it; None while no version is in force."""
    programme = Programme.objects.published().select_related("area").filter(pk=int(key)).first()
    version = current_version(programme) if programme else None
    if programme is None or version is None:
        return None
    definition = version.definition
    texts = [
        ("", definition["summary"]),
        ("who", definition["who"]),
        *(("who", rule["text"]) for rule in definition["eligibility"]),
        *(("how", line) for line in definition["how_to_apply"]),
        ("remedy", definition["remedy"]),
    ]
    return Document(
        kind=PROGRAMME,
        path=f"programmes/{programme.slug}/",
        title=programme.title,
        on=version.valid_from,
        area_path=programme.area_path,
        place=full_name(programme.area),
        about=str(programme.get_line_display()),
        revision=str(version.number),
        passages=tuple(Passage(anchor, str(text)) for anchor, text in texts),
    )


def keys() -> Iterable[str]:
    """Return the ids of all programmes that have a version in force."""
    return [str(pk) for pk in Programme.objects.published().order_by("pk").values_list("pk", flat=True)]


def follow_versions() -> int:
    """Index the programmes whose next version came into force since; return how many."""
    behind = 0
    for programme in Programme.objects.published():
        version = current_version(programme)
        if version and services.indexed_revision(NAME, str(programme.pk)) != str(version.number):
            services.refresh(NAME, str(programme.pk))
            behind += 1
    return behind


def _programme_saved(sender: Any, instance: Programme, raw: bool = False, **kwargs: Any) -> None:
    if not raw:
        services.refresh(NAME, str(instance.pk))


def _version_made(sender: Any, instance: ProgrammeVersion, raw: bool = False, **kwargs: Any) -> None:
    if not raw:
        services.refresh(NAME, str(instance.programme_id))


def connect() -> None:
    """Register, and listen to what changes a programme; the clock brings a version into force by itself."""
    register(SOURCE)
    post_save.connect(_programme_saved, sender=Programme, dispatch_uid="search-programme")
    post_save.connect(_version_made, sender=ProgrammeVersion, dispatch_uid="search-programme-version")
    jobs.register(JOB, follow_versions)


SOURCE = Source(NAME, {PROGRAMME: _("帮扶项目")}, one, keys)
