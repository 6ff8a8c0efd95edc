"""Taking a personal datum out of a page, its revisions, its log and its withdrawals (design.md rule 6).

Asked for and confirmed as on lists (`publicity.redacting`). The datum is kept nowhere; by its keyed hash
it is known again where an editor who has the old text still open saves it.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import Page, PageLogEntry, Revision

from disclosure.publicity import redaction_targets
from disclosure.publicity.redaction_targets import Found, Removed, Target
from disclosure.publicity.withholding import known_again, put_back
from portal.areas.models import Area, Level
from portal.ledger import written

from . import log_entries
from .moderation import area_of
from .records import Withdrawal
from .signals import page_redacted
from .taking_out import Change, Text, rewrite, texts_of

TARGET = "page"
# The whole text, or some words of it.
WHOLE, WORDS = "text", "words"
FIELDS = {WHOLE: gettext_lazy("整段"), WORDS: gettext_lazy("其中几个字")}
REASON = "reason"


def public_texts(page: Any) -> list[Text]:
    """Return the texts of a page that the public reads: all of it, or of a withdrawn one title and reason."""
    if page.live:
        return texts_of(page)
    withdrawal = page.withdrawals.order_by("-pk").first()
    if withdrawal is None:
        return []
    return [
        Text("f-title", _("标题"), withdrawal.title),
        Text(REASON, _("撤下的原因"), withdrawal.reason),
    ]


def place_of(page: Any) -> Area | None:
    """Return the area whose officials answer for `page`: its column's, else the county's."""
    counties = Area.objects.filter(level=Level.COUNTY).order_by("path")
    return area_of(page) or counties.first()


def by_key(page_id: str, key: str) -> tuple[Any, Text] | None:
    """Return the public page with that id and its text `key` as it stands, or None."""
    if not (page_id.isascii() and page_id.isdecimal() and len(page_id) < 10):
        return None
    page = Page.objects.filter(pk=int(page_id), depth__gt=1).first()
    page = page.specific if page else None
    found = next((text for text in public_texts(page) if text.key == key), None) if page else None
    return (page, found) if page and found else None


def _find(object_id: str, name: str) -> Found | None:
    page_id, _hash, key = object_id.partition("#")
    found = by_key(page_id, key)
    area = place_of(found[0]) if found else None
    if found is None or area is None:
        return None
    page, text = found
    # Not its title: the datum may stand there.
    where = _("%(kind)s（%(number)s号网页）%(text)s") % {
        "kind": page._meta.verbose_name,
        "number": page.pk,
        "text": text.label,
    }
    return Found(text.value, where[:160], _path(page), area, "")


def _remove(object_id: str, name: str, value: str, words: str, told: Mapping[str, str]) -> Removed:
    """Take it out of the page and of every revision in which it reads the same."""
    key = int(object_id.partition("#")[0])
    page = Page.objects.select_for_update(of=("self",)).get(pk=key).specific
    change = _other(value.strip(), words, whole=name == WHOLE)
    data = page.serializable_data()
    changed = rewrite(type(page), data, change)
    for field in changed:
        setattr(page, field, data[field])
    page.redactions = [
        *page.redactions,
        {**told, **known_again(value, words, whole=name == WHOLE)},
    ]
    page.save(clean=False, update_fields=[*changed, "redactions"])
    revisions = _of_revisions(page, change)
    count = sum(changed.values()) + _of_withdrawals(page, change)
    _of_log(page, change)
    page_redacted.send(sender=type(page), page=page)
    body = {"page": str(page.pk), "fields": sorted(changed), "revisions": revisions}
    return Removed(count + len(revisions), body)


def _of_revisions(page: Any, change: Change) -> list[str]:
    touched = []
    for revision in Revision.page_revisions.filter(object_id=str(page.pk)).order_by("pk"):
        content, said = dict(revision.content), change(revision.object_str)
        if rewrite(type(page), content, change) or said != revision.object_str:
            # Not by `save`, which tells Wagtail of a revision that is new.
            Revision.objects.filter(pk=revision.pk).update(content=content, object_str=said)
            touched.append(str(revision.pk))
    return touched


def _of_withdrawals(page: Any, change: Change) -> int:
    count = 0
    for one in Withdrawal.objects.filter(page=page.pk):
        new = {"title": change(one.title), "reason": change(one.reason)}
        if new != {"title": one.title, "reason": one.reason}:
            # A withdrawal is written once; this is the one exception (design.md rule 6).
            Withdrawal.objects.filter(pk=one.pk).update(**new)
            written.note_again(Withdrawal, [one])
            count += 1
    return count


def _of_log(page: Any, change: Change) -> None:
    touched = []
    for entry in PageLogEntry.objects.filter(page=page.pk).select_related("user", "content_type"):
        label, data = change(entry.label), _deep(entry.data, change)
        if (label, data) != (entry.label, entry.data):
            PageLogEntry.objects.filter(pk=entry.pk).update(label=label, data=data)
            entry.label, entry.data = label, data
            touched.append(entry)
    log_entries.redact(touched)


def _deep(value: Any, change: Change) -> Any:
    if isinstance(value, dict):
        return {key: _deep(one, change) for key, one in value.items()}
    if isinstance(value, list):
        return [_deep(one, change) for one in value]
    return change(value) if isinstance(value, str) else value


def _other(value: str, words: str, *, whole: bool) -> Change:
    if whole:
        return lambda text: words if text.strip() == value else text
    return lambda text: text.replace(value, words)


def kept_out(page: Any) -> None:
    """Put the tombstones back into `page`, unsaved, wherever what was redacted of it stands again."""
    data = page.serializable_data()
    for field in rewrite(type(page), data, lambda text: put_back(text, page.redactions)):
        setattr(page, field, data[field])


def _path(page: Any) -> str:
    parts = page.get_url_parts()
    return str(parts[2])[:120] if parts else ""


redaction_targets.register(
    Target(TARGET, gettext_lazy("网页"), FIELDS, _find, _remove, parts=frozenset({WORDS}))
)
