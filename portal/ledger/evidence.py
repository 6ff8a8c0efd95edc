"""Evidence bundles: everything that the ledger and the rooms hold of one case or list, with its proofs.

A room registers what belongs to its objects; `export` writes a zip that `offline.py` checks on a machine
with nothing else. What is in it: the records of the events, their proofs, the values that were sealed
(where asked for), the files, the rows of lists. What is not: anything that was erased.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from portal.people.models import Office, User

from . import checkpoints, receipts
from .draws import Draw, first_checkpoint, table
from .models import Event, Opening
from .services import Draft, append

EXPORTED = "ledger.evidence_exported"
FORMAT = "mingbai-evidence/v1"


class NoEvidence(LookupError):
    """Nothing can be exported under that name; the message says what to do (Chinese)."""


@dataclass(frozen=True)
class EvidenceFile:
    """A file that belongs to the evidence: its name in the bundle, its bytes' digest, how to read it."""

    name: str
    sha256: str
    object_id: str
    read: Callable[[], bytes]


@dataclass(frozen=True)
class Value:
    """A personal value that an event holds only sealed: of which object's events, under which name."""

    object_type: str
    object_id: str
    name: str
    value: str


@dataclass
class Evidence:
    """What belongs to one object: the objects of its events, files, sealed values, lists, draws."""

    title: str
    objects: list[tuple[str, str]] = field(default_factory=list)
    files: list[EvidenceFile] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)
    # By their numbers, how to read them: many rows, and who only asks what belongs reads none.
    lists: dict[str, Callable[[], dict[str, Any]]] = field(default_factory=dict)
    draws: list[Draw] = field(default_factory=list)
    # Where named, only events of these kinds are handed out.
    kinds: tuple[str, ...] = ()


_collectors: dict[str, Callable[[str], Evidence | None]] = {}


def register(kind: str, collect: Callable[[str], Evidence | None]) -> None:
    """Have `collect(number)` answer for objects of `kind`, None where there is none; ValueError if taken."""
    if _collectors.setdefault(kind, collect) is not collect:
        raise ValueError(f"证据 {kind} 已经有房间负责")


def collect(number: str) -> Evidence:
    """Return what belongs to the object called `number`, of whichever kind; NoEvidence where none."""
    for collector in _collectors.values():
        if found := collector(number):
            return found
    raise NoEvidence(_("没有编号是 %(number)s 的办件或名单。请核对编号") % {"number": number})


def export(
    number: str,
    target: Path,
    *,
    sealed: bool = False,
    by: User | None = None,
    office: Office | None = None,
    tool: Path | None = None,
) -> dict[str, Any]:
    """Write the evidence of `number` to the zip at `target`, record the export, and return its index.

    `sealed` adds personal values and the contents of files: only for who may read the case. Raises
    NoEvidence, also where the ledger has no signed checkpoint yet.
    """
    evidence = collect(number)
    events = _events(evidence)
    if not events:
        raise NoEvidence(_("账本里没有 %(number)s 的事件") % {"number": number})
    checkpoint = checkpoints.covering(events[-1].sequence) or checkpoints.latest()
    if checkpoint is None:
        raise NoEvidence(_("账本还没有签过检查点，证据无从证明。先运行 sign_checkpoints"))
    if any(draw.draw_event > checkpoint.size for draw in evidence.draws):
        # Else the verifier would find everything right without having drawn again.
        raise NoEvidence(_("抽样那一笔账本还没有签名，几分钟后就有，请稍后再导出"))
    covered = [event for event in events if event.sequence <= checkpoint.size]
    proofs = {event.sequence: receipts.proof_of(event, checkpoint) for event in covered}
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "number": number,
        "title": evidence.title,
        "events": [event.sequence for event in covered],
        "uncovered": [event.sequence for event in events if event.sequence > checkpoint.size],
        "values": _values(evidence, covered) if sealed else [],
        "files": [],
        "lists": _lists(evidence, covered),
        "draws": [],
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        for event in covered:
            bundle.writestr(f"events/{event.sequence}.json", event.record)
            bundle.writestr(f"proofs/{event.sequence}.tlog-proof", proofs[event.sequence])
        if sealed:
            manifest["files"] = _files(evidence, covered, bundle)
        manifest["draws"] = _draws(evidence, checkpoint.size, bundle)
        bundle.writestr("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1))
        bundle.writestr("checkpoint", str(checkpoints.note_of(checkpoint)))
        bundle.writestr("mingbai_verify.py", (tool or Path(__file__).with_name("offline.py")).read_text())
        bundle.writestr("READ-ME.txt", _readme(evidence, manifest))
    data = out.getvalue()
    with transaction.atomic():
        body = {
            "number": number,
            "events": len(covered),
            "size": checkpoint.size,
            "sealed": sealed,
            "sha256": hashlib.sha256(data).hexdigest(),
        }
        append(Draft(EXPORTED, "evidence", number, actor=by, office=office, body=body))
    target.write_bytes(data)
    return manifest


def _events(evidence: Evidence) -> list[Event]:
    asked = Q(pk__in=[])
    for object_type, object_id in evidence.objects:
        asked |= Q(object_type=object_type, object_id=object_id)
    if evidence.kinds:
        asked &= Q(kind__in=evidence.kinds)
    return list(Event.objects.filter(asked).order_by("sequence"))


def _values(evidence: Evidence, events: Sequence[Event]) -> list[dict[str, Any]]:
    """Return the sealed values that can still be opened, each with its salt."""
    known: dict[tuple[str, str, str], list[str]] = {}
    for value in evidence.values:
        known.setdefault((value.object_type, value.object_id, value.name), []).append(value.value)
    by_sequence = {event.sequence: event for event in events}
    opened = []
    for opening in Opening.objects.filter(event__in=list(by_sequence)).exclude(salt="").order_by("pk"):
        event = by_sequence[opening.event_id]
        commitment = json.loads(event.record)["commitments"].get(opening.name)
        for value_ in known.get((event.object_type, event.object_id, opening.name), []):
            digest = hashlib.sha256(bytes.fromhex(opening.salt) + value_.encode()).hexdigest()
            if digest == commitment:
                opened.append(
                    {
                        "sequence": event.sequence,
                        "name": opening.name,
                        "value": value_,
                        "salt": opening.salt,
                    }
                )
                break
    return opened


def _files(evidence: Evidence, events: Sequence[Event], bundle: zipfile.ZipFile) -> list[dict[str, Any]]:
    stored = {event.object_id: event.sequence for event in events if event.kind == "file.stored"}
    written = []
    for file in evidence.files:
        if file.object_id in stored:
            bundle.writestr(f"files/{file.name}", file.read())
            written.append({"name": file.name, "sha256": file.sha256, "sequence": stored[file.object_id]})
    return written


def _lists(evidence: Evidence, events: Sequence[Event]) -> list[dict[str, Any]]:
    """Return the lists whose publication is among `events`, each under the number of that event."""
    published = {
        event.object_id: event.sequence
        for event in events
        if event.object_type == "list" and "digest" in json.loads(event.record)["body"]
    }
    return [
        {**read(), "sequence": published[number]}
        for number, read in evidence.lists.items()
        if number in published
    ]


def _draws(evidence: Evidence, size: int, bundle: zipfile.ZipFile) -> list[dict[str, Any]]:
    """Write frame, sample and beacon of every draw that the checkpoint of `size` covers."""
    written: list[dict[str, Any]] = []
    for draw in evidence.draws:
        if max(draw.seed_event, draw.draw_event) > size:
            continue
        folder = f"draws/{len(written) + 1}"
        parts = {"frame": table(draw.frame), "sample": table(draw.sample)}
        if first := first_checkpoint(draw.seed_event):
            parts["checkpoint"] = first.note.encode()
        for name, data in parts.items():
            bundle.writestr(f"{folder}/{name}", data)
        one = {"folder": folder, "seed_event": draw.seed_event, "draw_event": draw.draw_event}
        written.append(one)
    return written


def _readme(evidence: Evidence, manifest: dict[str, Any]) -> str:
    lines = [
        _("证据包：%(title)s") % {"title": evidence.title},
        "",
        _("事件 %(count)d 条，每条有记录（events）和证明（proofs）。核对办法：")
        % {"count": len(manifest["events"])},
        "    python3 mingbai_verify.py bundle <zip> --trust <trust>",
        _("信任文件要用您自己另外留存的那份；核验工具也最好用您自己另外下载的那份，不用包里的。"),
        *(
            [_("抽样（draws）：frame 是抽样名册，sample 是抽中的；核验工具会用账本里的种子重抽一遍。")]
            if manifest["draws"]
            else []
        ),
        _("记录是规范化的 JSON（RFC 8785），账本是 RFC 6962 的树，检查点和证明按 C2SP 的格式。"),
    ]
    return "\n".join(lines) + "\n"
