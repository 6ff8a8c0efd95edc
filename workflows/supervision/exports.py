"""A trail that leaves the desk: the table, marked with whose it is, and the proof of every line of it."""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.ledger import checkpoints, evidence, offline, receipts
from portal.ledger.models import Checkpoint, Event
from portal.ledger.services import Draft, append
from portal.people.models import User
from workflows.desk.paper import serial
from workflows.desk.spreadsheet import Column, Mark, inert, write

from . import events, trail, words
from .acts import Line, lines
from .asked import Asked
from .reach import offices_of

# More than anybody reads at once, and what a proof of each can be made for while somebody waits.
MOST_EVENTS = 2000
FORMS = ("xlsx", "csv")
COLUMNS = [
    Column(_("账本编号"), 10, "count"),
    Column(_("记录时间"), 20),
    Column(_("所称时间"), 20),
    Column(_("事项"), 18),
    Column(_("谁"), 12),
    Column(_("职务"), 14),
    Column(_("地方"), 24),
    Column(_("对象"), 32),
    Column(_("内容"), 36),
    Column(_("指纹"), 68, "code"),
]


class TrailNotExported(Exception):
    """A trail that was not exported; `str()` says what to do."""


def export(*, by: User, asked: Asked, form: str) -> tuple[str, bytes]:
    """Return name and bytes of a zip: the table of what is asked for, its records and proofs, the verifier.

    The export is an event with the digest of the very bytes. Raises TrailNotExported for more than
    MOST_EVENTS events, for none, and where the ledger was never signed.
    """
    if form not in FORMS:
        raise TrailNotExported(translate("请选要哪一种表：XLSX 或 CSV。"))
    office = next(iter(offices_of(by)), None)
    if office is None:
        raise TrailNotExported(translate("您现在没有监督的职务，不能导出。"))
    found = trail.all_asked(by, asked, MOST_EVENTS)
    if len(found) > MOST_EVENTS:
        said = {"most": MOST_EVENTS}
        raise TrailNotExported(
            translate("一次最多导出 %(most)s 笔。请先按人、地方、办件或者日期筛选，再导出。") % said
        )
    if not found:
        raise TrailNotExported(translate("没有可以导出的，请换个条件。"))
    checkpoint = checkpoints.covering(found[-1].sequence) or checkpoints.latest()
    if checkpoint is None:
        raise TrailNotExported(translate("账本还没有签过检查点，导出的东西无从证明。请等几分钟再导。"))
    with transaction.atomic():
        number = serial("export")
    now = timezone.localtime(clock.now())
    mark = Mark(translate("留痕"), f"{office} {by}", f"{now:%Y-%m-%d %H:%M}", number)
    table = _table(mark, lines(found), found, form, now.replace(tzinfo=None))
    data = _bundle(number, f"trail.{form}", table, found, checkpoint)
    with transaction.atomic():
        body = {
            "number": number,
            # By what it was narrowed; to whom or what is nobody's business but the sealed log's.
            "filters": [name for name, said in asdict(asked).items() if said],
            "events": len(found),
            "size": checkpoint.size,
            "form": form,
            "sha256": hashlib.sha256(data).hexdigest(),
        }
        sealed = {"filters": json.dumps(asdict(asked), ensure_ascii=False, sort_keys=True)}
        append(
            Draft(events.TRAIL_EXPORTED, "export", number, actor=by, office=office, body=body, sealed=sealed)
        )
    return f"{number}.zip", data


def _table(mark: Mark, told: Sequence[Line], found: Sequence[Event], form: str, made_at: Any) -> bytes:
    rows = _rows(told, found)
    if form == "csv":
        return _csv(mark, rows)
    out = io.BytesIO()
    write(out, mark, [(translate("留痕"), COLUMNS, rows)], made_at=made_at)
    return out.getvalue()


def _rows(told: Sequence[Line], found: Sequence[Event]) -> Iterator[Sequence[Any]]:
    for line, event in zip(told, found, strict=True):
        yield (
            line.sequence,
            words.moment(line.at),
            words.moment(line.claimed_at),
            line.label,
            line.who,
            line.role,
            line.place,
            line.object_words,
            line.summary,
            event.leaf_hash,
        )


def _csv(mark: Mark, rows: Iterator[Sequence[Any]]) -> bytes:
    """Return the rows as CSV in UTF-8 with a mark, which spreadsheets ask for; the first line says whose."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(
        [inert(f"内部资料 · {mark.title} · {mark.office} · {mark.at} 导出 · 导出号 {mark.number} · 不得外传")]
    )
    writer.writerow([str(column.head) for column in COLUMNS])
    writer.writerows([inert(str(value)) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _bundle(number: str, name: str, table: bytes, found: Sequence[Event], checkpoint: Checkpoint) -> bytes:
    """Return the zip, in the form of the ledger's evidence, so that `mingbai_verify.py bundle` checks it."""
    covered = [event for event in found if event.sequence <= checkpoint.size]
    manifest = {
        "format": evidence.FORMAT,
        "number": number,
        "title": translate("留痕"),
        "events": [event.sequence for event in covered],
        "uncovered": [event.sequence for event in found if event.sequence > checkpoint.size],
        "values": [],
        "files": [],
        "lists": [],
        "draws": [],
        "table": {"name": name, "sha256": hashlib.sha256(table).hexdigest()},
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr(name, table)
        for event in covered:
            bundle.writestr(f"events/{event.sequence}.json", event.record)
            bundle.writestr(f"proofs/{event.sequence}.tlog-proof", receipts.proof_of(event, checkpoint))
        bundle.writestr("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1))
        bundle.writestr("checkpoint", str(checkpoints.note_of(checkpoint)))
        bundle.writestr("mingbai_verify.py", Path(offline.__file__).read_text(encoding="utf-8"))
        bundle.writestr("READ-ME.txt", _readme(name, len(covered)))
    return out.getvalue()


def _readme(name: str, count: int) -> str:
    lines_ = [
        translate("留痕导出：表在 %(name)s，%(count)d 笔各有记录（events）和证明（proofs）。")
        % {"name": name, "count": count},
        translate("表里“指纹”一列，就是那一笔记录的叶子指纹。核对办法："),
        "    python3 mingbai_verify.py bundle <zip> --trust <trust>",
        translate("信任文件和核验工具都用您自己另外留存的那份。导出本身也记在账本里，带着这个包的 sha256："),
        translate(
            "核验工具会算出整个包的 sha256，和账本里“导出留痕”那一笔对一对，就知道表里的字没有人动过。"
        ),
    ]
    return "\n".join(lines_) + "\n"
