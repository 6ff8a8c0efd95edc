"""Taking a personal datum out of a programme: its title, the words of every version, where its money is from.

Asked for and confirmed as on lists (`disclosure.publicity.redacting`). A version is written once; this is the
one exception (design.md rule 6). Its digest stays as it was made, in the row and in the ledger; the event of
the redaction holds the digest of what is left, so that whoever recomputes it finds one or the other.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disclosure.mirror.marks import mark, take_down_page
from disclosure.pages.taking_out import Text
from disclosure.publicity import redaction_targets
from disclosure.publicity.models import PublicList
from disclosure.publicity.redaction_targets import Found, Removed, Target
from disclosure.publicity.withholding import known_again
from disclosure.site.cache import forget
from portal.ledger.canonical import canonical
from workflows.engine.models import Batch

from . import wording
from .models import Budget, Programme, ProgrammeVersion
from .publication import reference
from .services import current_version

TARGET, TITLE = "programme", "title"
# The whole text, or some words of it, as on pages.
WHOLE, WORDS = "text", "words"
FIELDS = {WHOLE: gettext_lazy("整段"), WORDS: gettext_lazy("其中几个字")}


def public_texts(programme: Programme) -> list[Text]:
    """Return the texts of a programme that the public reads: of the version in force and the budgets."""
    version = current_version(programme)
    if version is None:
        return []
    found = [Text(TITLE, _("名称"), programme.title)]
    found += [Text(*one) for one in wording.words_of(version.definition)]
    found += [
        Text(f"budget-{budget.year}", _("%(year)s年资金来源") % {"year": budget.year}, budget.source)
        for budget in programme.budgets.order_by("year")
    ]
    return [text for text in found if text.value.strip()]


def by_slug(slug: str) -> Programme | None:
    """Return the public programme at the address `slug`, or None."""
    return Programme.objects.published().select_related("area").filter(slug=slug).first()


def _find(object_id: str, name: str) -> Found | None:
    pk, _hash, key = object_id.partition("#")
    if not (pk.isascii() and pk.isdecimal() and len(pk) < 10):
        return None
    programme = Programme.objects.published().select_related("area").filter(pk=int(pk)).first()
    text = next((one for one in public_texts(programme) if one.key == key), None) if programme else None
    if programme is None or text is None:
        return None
    # Not its title: the datum may stand there.
    where = _("项目（%(number)s号）的%(text)s") % {"number": programme.pk, "text": text.label}
    path = f"/programmes/{programme.slug}/"
    return Found(text.value, where[:160], path, programme.area, str(programme.line))


def _remove(object_id: str, name: str, value: str, words: str, told: Mapping[str, str]) -> Removed:
    """Take it out of every version, past and to come, in which it reads the same, of title and budgets.

    The title stands in those of the programme's lists, meetings and batches too: locked in this order, and
    the programme last, as where a list whose days are over moves its batch on.
    """
    first, _hash, key = object_id.partition("#")
    pk = int(first)
    lists: list[str] = []
    named = 0
    if name == WORDS or key == TITLE:
        lists, named = _named_after(pk, value.strip(), words, told)
    programme = Programme.objects.select_for_update(of=("self",)).get(pk=pk)
    change = _other(value.strip(), words, whole=name == WHOLE)
    left = {str(one.number): _of_version(one, change) for one in programme.versions.order_by("number")}
    left = {number: digest for number, digest in left.items() if digest}
    count = len(left) + len(lists) + named
    for budget in programme.budgets.order_by("year"):
        if (source := change(budget.source)) != budget.source:
            # Not by `save`, which tells of money that moved.
            Budget.objects.filter(pk=budget.pk).update(source=source[:120])
            count += 1
    title = change(programme.title)
    count += title != programme.title
    programme.title = title[: Programme._meta.get_field("title").max_length]
    programme.redactions = [
        *programme.redactions,
        {**told, **known_again(value, words, whole=name == WHOLE)},
    ]
    # Saving it tells the search.
    programme.save(update_fields=["title", "redactions"])
    _everywhere(programme)
    return Removed(count, {"programme": programme.slug, "left": left, "lists": lists})


def _named_after(pk: int, value: str, words: str, told: Mapping[str, str]) -> tuple[list[str], int]:
    """Give what is named after a programme another name; return the lists, and how many others."""
    schemes = [version.scheme for version in ProgrammeVersion.objects.filter(programme=pk).only("pk")]
    batches = Batch.objects.filter(scheme__in=schemes)
    lists = redaction_targets.rename(PublicList.objects.filter(scheme__in=schemes), value, words, told)
    references = [reference(batch) for batch in batches.only("number")]
    count = redaction_targets.reword_matters(references, value, words)
    longest = Batch._meta.get_field("title").max_length
    for batch in batches.filter(title__contains=value).select_for_update(of=("self",)).order_by("pk"):
        if (title := batch.title.replace(value, words)) != batch.title:
            # Not by an act: nothing of the batch's way changes.
            Batch.objects.filter(pk=batch.pk).update(title=title[:longest])
            count += 1
    return lists, count


def _of_version(version: ProgrammeVersion, change: wording.Change) -> str:
    """Write other words into a version; return the digest of what is left, empty where nothing changed."""
    new = wording.rewritten(version.definition, change)
    if new == version.definition:
        return ""
    # Past the manager that refuses every change of what was written once.
    models.QuerySet(ProgrammeVersion).filter(pk=version.pk).update(definition=new)
    return hashlib.sha256(canonical(new).encode()).hexdigest()


def _everywhere(programme: Programme) -> None:
    """Take down at once what shows it: its own page, the index, and, for its title, what names it."""
    forget(sender=Programme)
    mark()
    for path in ("/programmes/", f"/programmes/{programme.slug}/"):
        take_down_page(path)


def _other(value: str, words: str, *, whole: bool) -> wording.Change:
    if whole:
        return lambda text: words if text.strip() == value else text
    return lambda text: text.replace(value, words)


def connect() -> None:
    """Let programmes be redacted like lists and pages."""
    redaction_targets.register(_KNOWN)


_KNOWN: Any = Target(TARGET, gettext_lazy("帮扶项目"), FIELDS, _find, _remove, parts=frozenset({WORDS}))
