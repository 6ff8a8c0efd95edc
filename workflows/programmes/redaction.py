"""Taking a personal datum out of a programme: its title, the words of every version, where its money is from.

Asked for and confirmed as on lists (`disclosure.publicity.redacting`). A version is written once; this is the
one exception (design.md rule 6). What the ledger committed to of the text can be opened no more, its salt is
erased; the event of the redaction commits to what is left, so that whoever compares finds the one or the
other. Events of before texts were sealed cannot be changed: `stays` says so to who asks and who decides.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disclosure.deliberations.models import Deliberation
from disclosure.mirror.marks import mark, take_down_page
from disclosure.pages.taking_out import Text
from disclosure.publicity import redaction_targets, said_before
from disclosure.publicity.models import PublicList
from disclosure.publicity.redaction_targets import Found, Removed, Target
from disclosure.publicity.withholding import known_again
from disclosure.site.cache import forget
from portal.ledger import written
from workflows.engine.models import Batch

from . import recorded, wording
from .models import Budget, Programme, ProgrammeVersion
from .publication import reference
from .recorded import LEFT, TARGET, TITLE, Said
from .services import current_version

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
    named = _Named()
    if name == WORDS or key == TITLE:
        named = _named_after(pk, value.strip(), words, told)
    programme = Programme.objects.select_for_update(of=("self",)).get(pk=pk)
    before = _texts(programme)
    change = _other(value.strip(), words, whole=name == WHOLE)
    for version in programme.versions.order_by("number"):
        _of_version(version, change)
    for budget in programme.budgets.order_by("year"):
        if (source := change(budget.source)) != budget.source:
            # Not by `save`, which tells of money that moved.
            Budget.objects.filter(pk=budget.pk).update(source=source[:120])
            written.note_again(Budget, [budget])
    title = change(programme.title)
    programme.title = title[: Programme._meta.get_field("title").max_length]
    programme.redactions = [
        *programme.redactions,
        {**told, **known_again(value, words, whole=name == WHOLE)},
    ]
    # Saving it tells the search.
    programme.save(update_fields=["title", "redactions"])
    _everywhere(programme)
    after = _texts(programme)
    changed = [key for key, text in before.items() if after[key] != text]
    removed = _recorded(programme, before, after, value.strip())
    stays = sorted({*removed.body["stays"], *named.openly(value.strip())})
    return replace(
        removed,
        count=len(changed) + len(named),
        body={**removed.body, "programme": programme.slug, "lists": named.lists, "stays": stays},
        forgotten={*removed.forgotten, *named.sealed()},
    )


@dataclass
class _Named:
    """What is named after a programme: the numbers of its lists and meetings, and how many batches."""

    lists: list[str] = field(default_factory=list)
    matters: list[str] = field(default_factory=list)
    batches: int = 0

    def __len__(self) -> int:
        return len(self.lists) + len(self.matters) + self.batches

    def openly(self, value: str) -> list[int]:
        """Return the events that say `value` of them openly."""
        lists = said_before.openly("list", self.lists, value)
        return lists + said_before.openly("deliberation", self.matters, value)

    def sealed(self) -> frozenset[int]:
        """Return the events that hold how they are called sealed."""
        lists = said_before.sealed("list", self.lists)
        return lists | said_before.sealed("deliberation", self.matters)


def _texts(programme: Programme) -> dict[str, str]:
    return recorded.texts_of(programme, programme.versions.all(), programme.budgets.all())


def _recorded(
    programme: Programme, before: Mapping[str, str], after: Mapping[str, str], value: str
) -> Removed:
    """Return what the ledger is to say of the texts from now on, and whose salts are to go.

    Those of every text that changed, and of what stood in its place earlier, which nobody can look into any
    more. Where such an event held other texts too, these are sealed anew.
    """
    said = recorded.said_of(programme)
    salts = recorded.salts_of(said)
    last = {one.key: one for one in said}
    changed = {key for key, text in before.items() if after[key] != text}
    forgotten = {
        one.sequence for one in said if one.commitment and (one.key in changed or one is not last[one.key])
    }
    left = sorted(changed | {key for key, one in last.items() if one.sequence in forgotten and key in after})
    return Removed(
        0,
        {
            "left": left,
            # What did not read as recorded before this is told for good: no redaction covers up a change.
            "unlike": [key for key in left if key in last and not last[key].holds(before[key], salts)],
            "stays": sorted({one.sequence for one in said if _keeps(one, changed, value)}),
        },
        {LEFT + key: after[key] for key in left},
        frozenset(forgotten),
    )


def _keeps(said: Said, changed: Collection[str], value: str) -> bool:
    """Return whether an event tells, or lets somebody try, what was taken out, and does so for good."""
    return said.for_good and (value in said.plain or bool(said.digest and said.key in changed))


def stays(object_id: str, value: str = "") -> str:
    """Return in words what the ledger holds of a programme's texts that no redaction takes back, or "".

    With `value` only what holds it, or a bare digest by which it could be tried.
    """
    pk = object_id.partition("#")[0]
    programme = Programme.objects.filter(pk=int(pk)).first() if pk.isdecimal() and len(pk) < 10 else None
    said = [one for one in recorded.said_of(programme) if one.for_good] if programme else []
    plain = [one for one in said if one.plain and value.strip() in one.plain]
    texts = _texts(programme) if programme else {}
    written = json.dumps(value.strip(), ensure_ascii=False)[1:-1]
    bare = [one for one in said if one.digest and written in texts.get(one.key, "")]
    named = _called_so(programme, value.strip()) if programme and value.strip() else []
    return said_before.for_good(
        [
            said_before.in_words([one.sequence for one in plain], _("写着名称或资金来源的原文")),
            said_before.in_words(
                [one.sequence for one in bare],
                _("只记着整版内容的指纹，知道其余文字的人可以拿猜的字去试"),
            ),
            said_before.in_words(named, _("写着名单标题或会议事项的原文")),
        ]
    )


def _called_so(programme: Programme, value: str) -> list[int]:
    """Return the events of lists and meetings of `programme` that say `value` openly."""
    batches, lists = _after(programme.pk)
    numbers = lists.filter(title__contains=value).values_list("number", flat=True)
    matters = Deliberation.objects.filter(reference__in=[reference(one) for one in batches.only("number")])
    of_matters = matters.filter(matter__contains=value).values_list("number", flat=True)
    return said_before.openly("list", numbers, value) + said_before.openly("deliberation", of_matters, value)


def _after(pk: int) -> tuple[QuerySet[Batch], QuerySet[PublicList]]:
    """Return the batches and the lists of a programme's versions."""
    schemes = [version.scheme for version in ProgrammeVersion.objects.filter(programme=pk).only("pk")]
    return Batch.objects.filter(scheme__in=schemes), PublicList.objects.filter(scheme__in=schemes)


def _named_after(pk: int, value: str, words: str, told: Mapping[str, str]) -> _Named:
    """Give what is named after a programme another name; return what it was."""
    batches, lists = _after(pk)
    named = _Named(redaction_targets.rename(lists, value, words, told))
    references = [reference(batch) for batch in batches.only("number")]
    named.matters = redaction_targets.reword_matters(references, value, words)
    longest = Batch._meta.get_field("title").max_length
    for batch in batches.filter(title__contains=value).select_for_update(of=("self",)).order_by("pk"):
        if (title := batch.title.replace(value, words)) != batch.title:
            # Not by an act: nothing of the batch's way changes.
            Batch.objects.filter(pk=batch.pk).update(title=title[:longest])
            written.note_again(Batch, [batch])
            named.batches += 1
    return named


def _of_version(version: ProgrammeVersion, change: wording.Change) -> None:
    """Write other words into a version."""
    new = wording.rewritten(version.definition, change)
    if new != version.definition:
        # Past the manager that refuses every change of what was written once.
        models.QuerySet(ProgrammeVersion).filter(pk=version.pk).update(definition=new)
        written.note_again(ProgrammeVersion, [version])


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


_KNOWN: Any = Target(
    TARGET, gettext_lazy("帮扶项目"), FIELDS, _find, _remove, parts=frozenset({WORDS}), stays=stays
)
