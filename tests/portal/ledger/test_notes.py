"""Signed notes: the published vectors of C2SP and of Go's note tools, and what is refused."""

import sys
from contextlib import suppress
from pathlib import Path

import pytest

from portal.ledger import notes, signers, trust
from portal.ledger.checkpoints import TreeHead
from portal.ledger.notes import BadNote, VerifierKey

# C2SP signed-note, section "Example".
FOO = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
FOO_NOTE = (
    "This is an example message.\n\n"
    "— example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
# golang.org/x/mod/sumdb/note, the example of its documentation: Ed25519 signs the same way every time.
GO_PRIVATE = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n\n"
    "— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
# C2SP tlog-cosignature, section "Introduction": its keys are not published, its form and time are.
SOFA = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 "
    "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)


def test_the_published_note_of_c2sp_is_verified_with_its_published_key() -> None:
    key = VerifierKey.parse(FOO)
    note = notes.parse(FOO_NOTE)
    assert (str(key), str(note)) == (FOO, FOO_NOTE)
    assert [found for found, _signature in notes.verified(note, [key])] == [key]


def test_signing_gives_the_published_note_of_gos_tools_byte_for_byte(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(GO_PRIVATE + "\n")
    file.chmod(0o600)
    signer = signers.from_file(file)
    assert str(signer.key) == GO_PUBLIC
    assert str(signers.signed(GO_NOTE.partition("\n\n")[0] + "\n", signer)) == GO_NOTE


def test_the_published_checkpoint_reads_as_the_specification_says() -> None:
    note = notes.parse(SOFA)
    head = TreeHead.parse(note.text)
    assert (head.origin, head.size, len(head.root)) == ("example.com/behind-the-sofa", 20852163, 32)
    assert head.text() == note.text and str(note) == SOFA
    cosignature = note.signatures[1]
    assert (len(cosignature.blob), int.from_bytes(cosignature.blob[:8], "big")) == (72, 1679315147)
    assert notes.cosigned_message(note.text, 1679315147).decode() == (
        "cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\n"
        "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    )


@pytest.mark.parametrize("place", range(0, len(FOO_NOTE), 7))
def test_a_note_changed_anywhere_is_not_taken(place: int) -> None:
    key = VerifierKey.parse(FOO)
    other = "B" if FOO_NOTE[place] != "B" else "C"
    changed = FOO_NOTE[:place] + other + FOO_NOTE[place + 1 :]
    with suppress(BadNote):
        assert notes.verified(notes.parse(changed), [key]) == []


def test_a_signature_that_names_a_known_key_and_does_not_hold_rejects_the_whole_note() -> None:
    foo, go = VerifierKey.parse(FOO), VerifierKey.parse(GO_PUBLIC)
    strange = notes.parse(GO_NOTE.replace("don't", "do not"))
    with pytest.raises(BadNote, match="假的"):
        notes.verified(strange, [foo, go])
    assert notes.verified(strange, [foo]) == []


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "text\n",
        "text\n\n",
        "text\n\nno dash\n",
        "text\n\n— name\n",
        "text\n\n— name AAAA\n",
        "text\n\n— na+me AAAAAAAA\n",
        "text\n\n— name AAAAAAAA",
        "text\n\n— name AAAAAAA\n",
        "text\n\n— name AAAAAAB=\n",
        "te\txt\n\n— name AAAAAAAA\n",
    ],
)
def test_what_does_not_follow_the_format_is_refused(broken: str) -> None:
    with pytest.raises(BadNote):
        notes.parse(broken)


@pytest.mark.parametrize(
    "broken",
    ["", "a\n1\n", "a\n01\nAAAA\n", "a\n1\nAAAA\n", "\n1\n" + "A" * 43 + "=\n", "a\n0\n" + "A" * 43 + "=\n"],
)
def test_what_is_no_checkpoint_is_refused(broken: str) -> None:
    with pytest.raises(BadNote):
        TreeHead.parse(broken)


@pytest.mark.parametrize("broken", [FOO.replace("530d", "530e"), FOO[:-4], FOO.replace("Aeky", "ZZky"), "x"])
def test_a_key_that_was_copied_wrongly_is_refused(broken: str) -> None:
    with pytest.raises(BadNote):
        VerifierKey.parse(broken)


def test_a_key_file_is_made_once_and_read_by_its_owner_alone(tmp_path: Path) -> None:
    key = signers.make_key(tmp_path / "key", "log.example", witness=False)
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    assert signers.from_file(tmp_path / "key").key == key
    with pytest.raises(signers.CannotSign, match="不会覆盖"):
        signers.make_key(tmp_path / "key", "log.example", witness=False)
    (tmp_path / "key").chmod(0o640)
    with pytest.raises(signers.CannotSign, match="chmod"):
        signers.from_file(tmp_path / "key")
    with pytest.raises(signers.CannotSign, match="空格"):
        signers.make_key(tmp_path / "other", "log example", witness=False)


def test_a_device_outside_signs_and_what_it_signs_wrongly_is_not_used(tmp_path: Path) -> None:
    file = tmp_path / "key"
    key = signers.make_key(file, "log.example", witness=False)
    script = tmp_path / "device.py"
    script.write_text(
        "import base64, sys\n"
        "from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey\n"
        f"line = open({str(file)!r}).read().strip()\n"
        "seed = base64.b64decode(line.split('+', 4)[4])[1:]\n"
        "signed = Ed25519PrivateKey.from_private_bytes(seed).sign(sys.stdin.buffer.read())\n"
        "sys.stdout.buffer.write(signed if 'bad' not in sys.argv else signed[::-1])\n"
    )
    device = signers.device(key, f"{sys.executable} {script}")
    assert notes.verified(signers.signed("text\n", device), [key])
    for command, why in (
        (f"{sys.executable} {script} bad", "验不过"),
        ("false", "报错"),
        ("/nowhere", "应答"),
    ):
        with pytest.raises(signers.CannotSign, match=why):
            signers.device(key, command).sign("text\n")


def test_the_trust_file_says_whose_signatures_count_and_names_the_line_that_is_wrong(tmp_path: Path) -> None:
    log = signers.make_key(tmp_path / "log", "log.example", witness=False)
    witness = signers.make_key(tmp_path / "witness", "witness.example", witness=True)
    policy = trust.parse(f"# a comment\n\n log {log}\nwitness w {witness} https://w.example\nquorum w\n")
    assert (policy.logs, policy.witnesses, policy.quorum, policy.origin) == (
        (log,),
        (witness,),
        witness,
        "log.example",
    )
    for broken, why in (
        (f"log {log}\ngroup g all w\n", "第 2 行"),
        (f"quorum w\nlog {log}\n", "第 1 行"),
        (f"log {witness}\n", "放反"),
        (f"witness w {log}\n", "放反"),
    ):
        with pytest.raises(BadNote, match=why):
            trust.parse(broken)
