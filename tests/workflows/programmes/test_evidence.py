"""A case's evidence holds on a machine with nothing of the portal; rows that were changed are named."""

import io
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import transaction
from PIL import Image

from portal.files import services as files
from portal.files import storage
from portal.files.models import PrivateFile
from portal.ledger import offline
from portal.ledger.models import Event
from portal.ledger.verifier import verify
from workflows.demo.build import County
from workflows.engine.models import Case

from ...portal.ledger.parties import Parties, parties, tamper
from ..county import make_batch

TOOL = Path(offline.__file__)


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Parties]:
    with parties(tmp_path) as ours:
        yield ours


@pytest.fixture
def case(county: County) -> Case:
    """A case of a batch that was approved, with a file, on two lists."""
    batch = make_batch(county, rows=2, until="record")
    case = Case.objects.filter(batch=batch).order_by("pk")[0]
    picture = io.BytesIO()
    Image.new("RGB", (9, 9), "green").save(picture, "PNG")
    upload = SimpleUploadedFile("证明.png", picture.getvalue())
    files.store(upload, name="证明.png", reference=f"case:{case.number}", by=county["clerk1"])
    return case


def checked(tool: Path, bundle: Path, trust: Path) -> subprocess.CompletedProcess[str]:
    """Run the single file as a stranger would: another folder, an empty Python, nothing of the portal."""
    return subprocess.run(
        [sys.executable, "-I", "-S", str(tool), "bundle", str(bundle), "--trust", str(trust)],
        capture_output=True,
        text=True,
        cwd="/",
        env={"PYTHONUTF8": "1"},
    )


def rewritten(bundle: Path, name: str, change: bytes) -> Path:
    """Return a copy of `bundle` in which the file `name` holds `change`."""
    target = bundle.with_name("changed.zip")
    with zipfile.ZipFile(bundle) as old, zipfile.ZipFile(target, "w") as new:
        for each in old.namelist():
            new.writestr(each, change if each == name else old.read(each))
    return target


def test_a_cases_evidence_is_checked_by_the_single_file_alone(
    case: Case, both: Parties, tmp_path: Path
) -> None:
    bundle, out = tmp_path / "evidence.zip", StringIO()
    with pytest.raises(CommandError, match="检查点"):
        call_command("export_evidence", case.number, output=bundle)
    both.sign()
    both.witness()
    call_command("export_evidence", case.number, output=bundle, sealed=True, stdout=out)
    assert "附件 1 份，名单 2 份" in out.getvalue()
    with zipfile.ZipFile(bundle) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        record = archive.read(f"events/{manifest['events'][3]}.json")
        tool = tmp_path / "elsewhere.py"
        tool.write_bytes(archive.read("mingbai_verify.py"))
    assert manifest["values"] and not manifest["uncovered"]
    fine = checked(tool, bundle, both.trust)
    assert (fine.returncode, fine.stderr) == (0, ""), fine.stderr
    assert "都对得上" in fine.stdout and "见证：witness.example/discipline" in fine.stdout
    # The export itself is an event.
    assert Event.objects.latest("sequence").kind == "ledger.evidence_exported"
    changes = {
        f"events/{manifest['events'][3]}.json": record.replace(b'"line":', b'"line" :'),
        f"files/{manifest['files'][0]['name']}": b"other",
        "manifest.json": json.dumps(
            {**manifest, "values": [{**manifest["values"][0], "value": "别的"}]}
        ).encode(),
    }
    for (name, change), why in zip(changes.items(), ("不在检查点", "内容变了", "不是当时写的"), strict=True):
        wrong = checked(TOOL, rewritten(bundle, name, change), both.trust)
        assert wrong.returncode == 1 and why in wrong.stderr, (name, wrong.stderr)
    manifest["lists"][0]["rows"][0]["shown"]["item"] = "别的"
    wrong = checked(TOOL, rewritten(bundle, "manifest.json", json.dumps(manifest).encode()), both.trust)
    assert wrong.returncode == 1 and "第 1 行" in wrong.stderr
    stranger = tmp_path / "stranger"
    with parties(stranger) as others:
        shutil.copy(others.trust, tmp_path / "other-trust")
    wrong = checked(TOOL, bundle, tmp_path / "other-trust")
    assert wrong.returncode == 1 and "签名" in wrong.stderr


def test_without_leave_no_personal_value_and_no_file_is_in_a_bundle(
    case: Case, both: Parties, tmp_path: Path
) -> None:
    both.sign()
    both.witness()
    bundle = tmp_path / "evidence.zip"
    call_command("export_evidence", case.number, output=bundle, stdout=StringIO())
    with zipfile.ZipFile(bundle) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert not manifest["values"] and not [name for name in archive.namelist() if "files/" in name]
        text = b"".join(archive.read(name) for name in archive.namelist()).decode()
    names = {row.name for row in case_rows(case)}
    assert names and not [name for name in names if name in text]
    number = manifest["lists"][0]["number"]
    call_command("export_evidence", number, output=bundle, stdout=StringIO())
    assert checked(TOOL, bundle, both.trust).returncode == 0
    with pytest.raises(CommandError, match="核对编号"):
        call_command("export_evidence", "X-1", output=bundle)


def case_rows(case: Case) -> list:
    from disclosure.publicity.models import ListRow

    return list(ListRow.objects.filter(subject=f"case:{case.number}"))


def test_changed_rows_history_files_and_lists_are_named_with_the_event_that_says_otherwise(
    case: Case,
) -> None:
    assert verify().fault is None
    file = PrivateFile.objects.get(reference=f"case:{case.number}")
    stored = Event.objects.get(kind="file.stored", object_id=str(file.pk)).sequence
    last = Event.objects.filter(kind="case.decided", object_id=case.number).latest("sequence").sequence
    decided = Event.objects.filter(kind="case.decided", object_id=case.number).earliest("sequence").sequence
    listed = Event.objects.filter(kind="list.published").earliest("sequence").sequence
    history = case.history.order_by("history_id")[1].history_id
    attacks = [
        ("UPDATE workflows_engine_case SET amount_fen = 1 WHERE id = %s", case.pk, last, "最后一笔"),
        ("UPDATE workflows_engine_case SET state = 'ended' WHERE id = %s", case.pk, last, "最后一笔"),
        (
            "UPDATE workflows_engine_historicalcase SET amount_fen = 1 WHERE history_id = %s",
            history,
            decided,
            "历史记录",
        ),
        (
            "UPDATE workflows_engine_historicalcase SET scheme = 'programme:0' WHERE history_id = %s",
            history,
            decided,
            "历史记录",
        ),
        (
            "UPDATE portal_files_privatefile SET reference = 'case:x' WHERE id = %s",
            file.pk,
            stored,
            "登记",
        ),
        (
            "UPDATE disclosure_publicity_publiclist SET total_fen = 1 WHERE id = %s",
            case_rows(case)[0].list_id,
            listed,
            "栏目",
        ),
        (
            "UPDATE disclosure_publicity_listrow SET amount_fen = 1 WHERE id = %s",
            case_rows(case)[0].pk,
            listed,
            "指纹",
        ),
    ]
    for sql, pk, sequence, words in attacks:
        with transaction.atomic():
            tamper(sql, pk)
            fault = verify().fault
            assert fault is not None and fault.sequence == sequence and words in fault.reason, (sql, fault)
            assert verify(rows=False).fault is None
            transaction.set_rollback(True)
    storage._path(file.sha256).write_bytes(b"other")
    fault = verify().fault
    assert fault is not None and fault.sequence == stored and "换过" in fault.reason
