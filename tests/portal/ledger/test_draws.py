"""Samples are drawn again by anyone: from the frame, and from the seed that the ledger held before."""

import hashlib
import hmac
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from portal.ledger import draws, evidence, kinds, offline
from portal.ledger.draws import BadFrame, Draw
from portal.ledger.services import Draft, append

from .parties import Parties, record

FRAME = draws.frame_of([("b", f"k{n}") for n in range(30)] + [("a", f"h{n}") for n in range(20)])
TAKE = {"b": 4, "a": 2}
SEED = bytes(range(32))


def test_each_stratum_gives_its_first_keys_in_the_order_of_the_keyed_hash() -> None:
    sample = draws.draw(SEED, FRAME, TAKE)
    for stratum, count in TAKE.items():
        keys = [key for its, key in FRAME if its == stratum]
        ranked = sorted(keys, key=lambda key: hmac.new(SEED, key.encode(), hashlib.sha256).hexdigest())
        assert [key for its, key in sample if its == stratum] == ranked[:count]
    # The order goes on: who stands in is fixed with the draw. And another seed draws others.
    assert draws.draw(SEED, FRAME, {"a": 3})[:2] == sample[:2]
    assert draws.draw(SEED, FRAME, TAKE, beacon="x") != sample != draws.draw(bytes(32), FRAME, TAKE)
    assert draws.draw(SEED, reversed(FRAME), TAKE) == sample


def test_a_frame_that_could_be_read_in_two_ways_is_refused() -> None:
    for rows in ([("a", "k"), ("b", "k")], [("a,b", "k")], [("a", 'k"')], [("a", "k\n")], [("", "k")]):
        with pytest.raises(BadFrame):
            draws.frame_of(rows)
    for take in ({"a": 21}, {"a": 0}, {"c": 1}):
        with pytest.raises(BadFrame):
            draws.seed_body(SEED, FRAME, take)


@pytest.mark.django_db
def test_the_single_file_draws_a_sample_again_from_its_bundle(both: Parties, tmp_path: Path) -> None:
    kinds.register("test.seeded", "封存")
    kinds.register("test.drawn", "抽样")
    record(2)
    seeded = append(Draft("test.seeded", "draw", "D1", body=draws.seed_body(SEED, FRAME, TAKE)))[0].sequence
    assert draws.beacon_after(seeded) == ""
    both.sign()
    both.witness()
    beacon = draws.beacon_after(seeded)
    record(1)
    both.sign()
    assert beacon and beacon == draws.beacon_after(seeded)
    sample = draws.draw(SEED, FRAME, TAKE, beacon)
    drawn = append(Draft("test.drawn", "draw", "D1", body=draws.draw_body(seeded, sample, beacon)))[
        0
    ].sequence
    foretold = draws.draw(SEED, FRAME, TAKE)
    without = append(Draft("test.drawn", "draw", "D1", body=draws.draw_body(seeded, foretold, "")))[
        0
    ].sequence
    both.sign()
    both.witness()
    offered = {
        "fine": Draw(FRAME, sample, seeded, drawn),
        "without": Draw(FRAME, foretold, seeded, without),
        "other sample": Draw(FRAME, sample[1:], seeded, drawn),
        "other frame": Draw(FRAME[1:], sample, seeded, drawn),
        "not seeded": Draw(FRAME, sample, seeded - 1, drawn),
    }
    told: dict[str, subprocess.CompletedProcess[str]] = {}
    for name, draw in offered.items():
        evidence._collectors["test draw"] = lambda number, draw=draw: (
            evidence.Evidence("抽样", [("draw", "D1")], draws=[draw]) if number == "D1" else None
        )
        try:
            evidence.export("D1", tmp_path / "bundle.zip")
        finally:
            del evidence._collectors["test draw"]
        with zipfile.ZipFile(tmp_path / "bundle.zip") as bundle:
            assert "重抽" in bundle.read("READ-ME.txt").decode()
        tool = shutil.copy(Path(offline.__file__), tmp_path / "tool.py")
        words = [sys.executable, "-I", "-S", str(tool), "bundle", str(tmp_path / "bundle.zip"), "--trust"]
        told[name] = subprocess.run(
            [*words, str(both.trust)], capture_output=True, text=True, cwd="/", env={"PYTHONUTF8": "1"}
        )
    assert told["fine"].returncode == 0 and "一户不差" in told["fine"].stdout, told["fine"].stderr
    assert "能先试出结果" not in told["fine"].stdout and "能先试出结果" in told["without"].stdout
    assert told["without"].returncode == 1
    for name, words_ in {"other sample": "不是这些户", "other frame": "封存", "not seeded": "种子"}.items():
        assert told[name].returncode == 1 and words_ in told[name].stderr, (name, told[name])
