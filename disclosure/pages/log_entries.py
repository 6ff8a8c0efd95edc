"""Wagtail's own log, bridged into the ledger: each of its entries appends one event, in one transaction.

What an editor does on Wagtail's screens (drafts, pictures, documents, schedules) is written there and nowhere
else. Submissions, publications and withdrawals have events of our own as well, which say more; theirs here is
the log's copy. Titles, reasons and comments may name a household: the record holds a commitment to them.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import registry
from wagtail.models import ModelLogEntry, PageLogEntry

from portal.ledger import bindings, kinds
from portal.ledger.faults import Fault
from portal.ledger.last import append_last
from portal.ledger.models import Event
from portal.ledger.rows import salts_of
from portal.ledger.services import Draft, append, erase_openings, stamp
from portal.sealing import commitments

from .events import office_of

ACTIONS = {
    "wagtail.create": _("网页日志：新建"),
    "wagtail.edit": _("网页日志：改稿"),
    "wagtail.delete": _("网页日志：删除草稿或素材"),
    "wagtail.publish": _("网页日志：发布"),
    "wagtail.publish.scheduled": _("网页日志：到时发布"),
    "wagtail.unpublish": _("网页日志：撤下"),
    "wagtail.unpublish.scheduled": _("网页日志：到时撤下"),
    "wagtail.lock": _("网页日志：锁定"),
    "wagtail.unlock": _("网页日志：解锁"),
    "wagtail.rename": _("网页日志：改名"),
    "wagtail.revert": _("网页日志：改回旧稿"),
    "wagtail.copy": _("网页日志：复制"),
    "wagtail.move": _("网页日志：移动"),
    "wagtail.reorder": _("网页日志：重新排序"),
    "wagtail.publish.schedule": _("网页日志：定时发布"),
    "wagtail.schedule.cancel": _("网页日志：取消定时"),
    "wagtail.comments.create": _("网页日志：写批注"),
    "wagtail.comments.edit": _("网页日志：改批注"),
    "wagtail.comments.delete": _("网页日志：删批注"),
    "wagtail.comments.resolve": _("网页日志：批注已处理"),
    "wagtail.comments.create_reply": _("网页日志：回复批注"),
    "wagtail.comments.edit_reply": _("网页日志：改批注回复"),
    "wagtail.comments.delete_reply": _("网页日志：删批注回复"),
    "wagtail.workflow.start": _("网页日志：送审"),
    "wagtail.workflow.approve": _("网页日志：审核同意"),
    "wagtail.workflow.reject": _("网页日志：审核退回"),
    "wagtail.workflow.resume": _("网页日志：重新送审"),
    "wagtail.workflow.cancel": _("网页日志：撤回送审"),
}
OTHER, REDACTED = "wagtail.other", "wagtail.redacted"
for _kind, _label in {**ACTIONS, OTHER: _("网页日志：其他"), REDACTED: _("网页日志里删去个人信息")}.items():
    kinds.register(_kind, _label)
SAID = "entry"
# Wagtail says nothing of its types.
Entry = Any


def connect() -> None:
    """Stand in Wagtail's one way to its log."""
    log = registry.log

    def recorded(instance: Any, action: str, **rest: Any) -> Entry | None:
        """Log as Wagtail does, and append the event in the same transaction."""
        with transaction.atomic():
            entry: Entry | None = log(instance, action, **rest)
            if entry is not None:
                # Wagtail goes on to lock rows: the ledger's head is locked after the last of them.
                append_last(_draft(entry, action if action in ACTIONS else OTHER, entry.user))
        return entry

    registry.log = recorded


def redact(entries: Iterable[Entry]) -> None:
    """Append events for `entries`, out of which a personal datum was taken and whose rows are saved.

    The salts of what they said before are erased: nobody can try whether a name stood there.
    """
    changed = {_reference(entry): entry for entry in entries}
    if not changed:
        return
    about = Q()
    for object_type, object_id in {_object(entry) for entry in changed.values()}:
        about |= Q(object_type=object_type, object_id=object_id)
    records = Event.objects.filter(about, kind__startswith="wagtail.").values_list("sequence", "record")
    old = [sequence for sequence, record in records if json.loads(record)["body"]["entry"] in changed]
    erase_openings(old, by=None, reason=REDACTED)
    append(*(_draft(entry, REDACTED, None) for entry in changed.values()))


def _draft(entry: Entry, kind: str, actor: Any) -> Draft:
    object_type, object_id = _object(entry)
    office = office_of(actor)
    told: dict[str, Any] = {"body": _body(entry), "sealed": _said(entry)}
    return Draft(kind, object_type, object_id, actor=actor, office=office, **told)


def _object(entry: Entry) -> tuple[str, str]:
    """Return whose timeline the entry stands in: the page's, or that of a picture, a document."""
    if isinstance(entry, PageLogEntry):
        return "page", str(entry.page_id)
    return (entry.content_type.model if entry.content_type else "")[:32], entry.object_id[:64]


def _reference(entry: Entry) -> str:
    return f"{'page' if isinstance(entry, PageLogEntry) else 'model'}:{entry.pk}"


def _body(entry: Entry) -> dict[str, Any]:
    """Return what the event says of the entry openly: everything but its words."""
    return {
        "entry": _reference(entry),
        "action": entry.action,
        "by": entry.user.username if entry.user else None,
        "at": stamp(entry.timestamp),
        "type": entry.content_type.model if entry.content_type else None,
        "revision": str(entry.revision_id or ""),
        "content_changed": entry.content_changed,
        "deleted": entry.deleted,
    }


def _said(entry: Entry) -> dict[str, str]:
    """Return the entry's words, written in one way."""
    words = {"label": entry.label, "data": entry.data}
    return {SAID: json.dumps(words, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True)}


@bindings.register
class LogBinding:
    """Holds every entry of Wagtail's log against the latest event that speaks of it."""

    kinds = (*ACTIONS, OTHER, REDACTED)

    def __init__(self) -> None:
        self._told: dict[str, tuple[int, dict[str, Any]]] = {}

    def take(self, sequence: int, record: dict[str, Any]) -> None:
        """Take the event of an entry."""
        self._told[record["body"]["entry"]] = (sequence, record)

    def faults(self) -> Iterator[Fault]:
        """Yield entries that are gone, were changed, or were put in beside the ledger."""
        if not self._told:
            return
        told = dict(self._told)
        last = max(sequence for sequence, _record in told.values())
        salts = salts_of(SAID, event__kind__startswith="wagtail.")
        for model in (PageLogEntry, ModelLogEntry):
            prefix = "page:" if model is PageLogEntry else "model:"
            # What Wagtail logged before the bridge stood is not held against anything.
            first = min((int(one.partition(":")[2]) for one in told if one.startswith(prefix)), default=None)
            if first is None:
                continue
            rows = model.objects.filter(pk__gte=first).select_related("user", "content_type").order_by("pk")
            for entry in rows.iterator(500):
                sequence, record = told.pop(_reference(entry), (0, {}))
                if not sequence:
                    reason = _t("网页日志里多出一条 %(one)s，账本没有记过")
                    yield Fault(last, reason % {"one": _reference(entry)})
                elif not _holds(entry, record, salts.get(sequence, "")):
                    yield Fault(sequence, _t("网页日志 %(one)s 被改过") % {"one": _reference(entry)})
        for reference, (sequence, _record) in told.items():
            yield Fault(sequence, _t("网页日志 %(one)s 不见了") % {"one": reference})


def _holds(entry: Entry, record: dict[str, Any], salt: str) -> bool:
    if record["body"] != _body(entry) or (record["object_type"], record["object_id"]) != _object(entry):
        return False
    return commitments.holds(record["commitments"][SAID], _said(entry)[SAID], salt)
