"""The trail: answers to what is not there, everything named in words, a table that cannot be edited."""

import ast
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from portal.ledger import kinds, offline
from portal.ledger.models import Event
from tests.portal.ledger.parties import Parties
from workflows.demo.build import County
from workflows.supervision.asked import Asked, pack
from workflows.supervision.labels import LABELS
from workflows.supervision.objects import OBJECTS, named

from ..county import VILLAGE, make_batch
from ..rectification.conftest import opened as ticket_of
from .conftest import SignIn, supervisor_of
from .test_trail import TRAIL, numbers

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[3]


def answer(client: Client, **said: str) -> str:
    """Return what the page of the trail says to what is asked for."""
    shown = client.post(TRAIL, said, follow=True).content.decode()
    found = re.search(r'<p class="desk-nothing">(.*?)</p>', shown)
    return found[1] if found else ""


def test_each_answer_that_is_empty_says_which_part_of_the_question_is_not_there(
    county: County, sign_in: SignIn
) -> None:
    batch = make_batch(county, 1, "check")
    client = sign_in("supervisor")
    assert "没有叫“欧阳无此人”的人" in answer(client, person="欧阳无此人", area=VILLAGE)
    assert "没有编号“99-0000”" in answer(client, number="99-0000")
    assert "没有编号" in answer(client, number="%%'; --")
    assert "换个日子" in answer(client, first="2190-01-01")
    elsewhere = answer(client, person="county", number=batch.number, kind="case.decided")
    assert "合在一起没有" in elsewhere or "没有叫" in elsewhere
    # Below what cannot be looked for stand no lines that nobody asked for.
    shown = client.post(TRAIL, {"area": "没有这个村"}).content.decode()
    assert "先改好" in shown and "/trail/1/" not in shown and batch.number not in shown


def test_what_lies_outside_reads_like_what_there_is_not(county: County, sign_in: SignIn) -> None:
    case = make_batch(county, 1, "check").cases.get()
    county.people["watcher"] = supervisor_of(county, "蕨溪乡")
    client = sign_in("watcher")
    hidden, missing = answer(client, number=case.number), answer(client, number="990101101201209900001")
    assert hidden.replace(case.number, "N") == missing.replace("990101101201209900001", "N") != ""
    hidden, missing = answer(client, person="clerk1"), answer(client, person="nobody1")
    assert hidden.replace("clerk1", "N") == missing.replace("nobody1", "N") != ""


def test_objects_are_found_by_the_number_and_by_the_name_that_the_pages_show(county: County) -> None:
    ticket = ticket_of(county)
    supervisor = county["supervisor"]
    assert numbers(supervisor, number=ticket.number)
    assert numbers(supervisor, number=f"整改单 {ticket.number}") == numbers(supervisor, number=ticket.number)
    office = Event.objects.filter(object_type="office").latest("sequence").object_id
    assert named(f"任职{office}") == named(f"office:{office}") == ("office", office)
    assert named("胡言乱语") is None and named("无此物 5") is None


def test_a_table_that_was_edited_in_its_bundle_is_found_out(
    county: County, sign_in: SignIn, both: Parties, tmp_path: Path
) -> None:
    case = make_batch(county, 1, "check").cases.get()
    both.sign()
    both.witness()
    token = pack(county["supervisor"], Asked(number=case.number))
    trust = offline.parse_trust(both.trust.read_text())
    for form in ("csv", "xlsx"):
        response = sign_in("supervisor").post(f"{TRAIL}export/", {"s": token, "form": form})
        parts = {}
        with zipfile.ZipFile(io.BytesIO(response.content)) as bundle:
            parts = {name: bundle.read(name) for name in bundle.namelist()}
        said: list[Any] = []
        (tmp_path / "t.zip").write_bytes(response.content)
        offline.check_bundle(str(tmp_path / "t.zip"), trust, said.append)
        assert any("sha256" in str(line) for line in said)
        name = f"trail.{form}"
        with zipfile.ZipFile(tmp_path / "edited.zip", "w") as bundle:
            for one, data in parts.items():
                bundle.writestr(one, data + b"\n" if one == name else data)
        with pytest.raises(offline.Wrong, match="不是导出时的那份"):
            offline.check_bundle(str(tmp_path / "edited.zip"), trust, said.append)


def _written() -> tuple[set[str], set[str]]:
    """Return the entries of events' bodies and the kinds of objects that the source names."""
    entries: set[str] = set()
    objects: set[str] = set()
    for floor in ("portal", "disclosure", "workflows"):
        for path in (ROOT / floor).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                given: Any = None
                if isinstance(node, ast.keyword) and node.arg == "body":
                    given = node.value
                elif isinstance(node, ast.Assign | ast.AnnAssign):
                    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                    given = node.value if isinstance(target, ast.Name) and target.id == "body" else None
                elif isinstance(node, ast.keyword) and node.arg == "object_type":
                    objects |= {node.value.value} if isinstance(node.value, ast.Constant) else set()
                if isinstance(given, ast.Dict):
                    entries |= {key.value for key in given.keys if isinstance(key, ast.Constant)}
    return entries, objects


def test_every_entry_and_every_object_of_an_event_has_a_name_in_words() -> None:
    entries, objects = _written()
    assert len(entries) > 100 and not entries - set(LABELS)
    assert len(objects) > 10 and not objects - set(OBJECTS)
    assert all(kinds.is_registered(key.rpartition(".")[0]) for key in LABELS if "." in key)
