#!/usr/bin/env python3
"""明白账核验工具: checks evidence of the ledger on any machine with Python 3.10 or newer and nothing else.

One file, standard library alone, no network, nothing of the portal imported: whoever doubts the portal can
read it through. It checks evidence bundles (`export_evidence`) and proofs (C2SP tlog-proof).
"""

from __future__ import annotations

import argparse
import base64
import csv
import hashlib
import hmac
import io
import itertools
import json
import pathlib
import sys
import time
import zipfile
import zlib
from collections.abc import Callable, Iterable
from typing import Any

Point = tuple[int, int, int, int]
Key = tuple[str, bytes, bytes]
Trust = tuple[list[Key], list[Key], Key | None]
Head = tuple[str, int, bytes, list[tuple[str, Any]]]
Signature = tuple[str, bytes, bytes]

# --- Ed25519 (RFC 8032) ---------------------------------------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def _add(a: Point, b: Point) -> Point:
    """Add two points of the curve in extended coordinates."""
    first, second = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    third, fourth = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = second - first, fourth - third, fourth + third, second + first
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(scalar: int, point: Point) -> Point:
    result: Point = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = _add(result, point)
        point = _add(point, point)
        scalar >>= 1
    return result


def _x_of(y: int, sign: int) -> int | None:
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    root = pow(square, (P + 3) // 8, P)
    for x in (root, root * ROOT_OF_MINUS_ONE % P):
        # Nothing has one proper encoding: no number of P or more, no negative zero.
        if x * x % P == square and y < P and (x or not sign):
            return P - x if x & 1 != sign else x
    return None


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = _x_of(BASE_Y, 0) or 0
BASE: Point = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def _packed(point: Point) -> bytes:
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _unpacked(data: bytes) -> Point | None:
    number = int.from_bytes(data, "little")
    y, sign = number & (1 << 255) - 1, number >> 255
    x = _x_of(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


def ed25519_holds(public: bytes, message: bytes, signature: bytes) -> bool:
    """Return whether `signature` (64 bytes) is that of the key `public` (32 bytes) over `message`."""
    if len(public) != 32 or len(signature) != 64:
        return False
    point, scalar = _unpacked(public), int.from_bytes(signature[32:], "little")
    if point is None or scalar >= L:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    minus = (P - point[0], point[1], point[2], P - point[3])
    return _packed(_add(_times(scalar, BASE), _times(challenge, minus))) == signature[:32]


# --- The Merkle tree of RFC 6962 ------------------------------------------------------------------------


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf."""
    return hashlib.sha256(b"\0" + data).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def root_from_path(leaf: bytes, index: int, size: int, path: Iterable[bytes]) -> bytes | None:
    """Return the root that the audit path of leaf `index` gives (RFC 9162, 2.1.3.2), or None."""
    if not 0 <= index < size:
        return None
    node, last = index, size - 1
    for sibling in path:
        if last == 0:
            return None
        if node & 1 or node == last:
            leaf = _node(sibling, leaf)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            leaf = _node(leaf, sibling)
        node, last = node >> 1, last >> 1
    return leaf if last == 0 else None


def root_over(leaves: list[bytes]) -> bytes:
    """Return the root over leaf hashes."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    while len(leaves) > 1:
        pairs = [_node(leaves[n], leaves[n + 1]) for n in range(0, len(leaves) - 1, 2)]
        leaves = pairs + ([leaves[-1]] if len(leaves) % 2 else [])
    return leaves[0]


# --- Signed notes, checkpoints, trust (C2SP) ------------------------------------------------------------


# What comes of reading a file that somebody spoilt; a record nested too deep is a RuntimeError.
UNREADABLE = (
    *(ValueError, LookupError, TypeError, AttributeError, RuntimeError, EOFError),
    *(zipfile.BadZipFile, zlib.error),
)


class Wrong(Exception):
    """What does not hold, in Chinese."""


def unbase64(text: str) -> bytes:
    """Return the bytes of base64 `text`, written in the one proper way."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        data = b""
    if base64.b64encode(data).decode() != text:
        raise Wrong("不是规范的 base64：" + text[:20])
    return data


def parse_key(text: str) -> Key:
    """Return name, kind, public key and id of a vkey."""
    parts = text.split("+", 2)
    material = unbase64(parts[2]) if len(parts) == 3 else b""
    name, kind, public = parts[0], material[:1], material[1:]
    if len(public) != 32 or kind not in (b"\1", b"\4") or key_id(name, kind, public).hex() != parts[1]:
        raise Wrong("公钥抄错了：" + text[:40])
    return name, kind, public


def key_id(name: str, kind: bytes, public: bytes) -> bytes:
    """Return the four bytes by which signatures name a key."""
    return hashlib.sha256(name.encode() + b"\n" + kind + public).digest()[:4]


def parse_trust(text: str) -> Trust:
    """Return the log's keys, the witnesses' keys and the witness that must have signed."""
    logs: list[Key] = []
    witnesses: dict[str, Key] = {}
    quorum = None
    for line in text.splitlines():
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if words[0] == "log":
            logs.append(parse_key(words[1]))
        elif words[0] == "witness":
            witnesses[words[1]] = parse_key(words[2])
        elif words[0] == "quorum" and (words[1] == "none" or words[1] in witnesses):
            quorum = witnesses.get(words[1])
        else:
            raise Wrong("信任文件读不懂：" + line)
    if not logs:
        raise Wrong("信任文件里没有账本的公钥")
    return logs, list(witnesses.values()), quorum


def parse_note(data: str) -> tuple[str, list[Signature]]:
    """Return text and signatures (name, id, blob) of a signed note."""
    text, gap, rest = data.rpartition("\n\n")
    signatures = []
    for line in rest.splitlines():
        words = line.split(" ")
        raw = unbase64(words[2]) if len(words) == 3 and words[0] == "\u2014" else b""
        if len(raw) < 5:
            raise Wrong("签名行写得不对")
        signatures.append((words[1], raw[:4], raw[4:]))
    if not gap or not signatures or not rest.endswith("\n"):
        raise Wrong("不是签过名的文书")
    return text + "\n", signatures


def signers_of(text: str, signatures: list[Signature], keys: list[Key]) -> list[tuple[Key, Any]]:
    """Return which of `keys` signed `text`, with the time of cosignatures; Wrong where one is false."""
    found: list[tuple[Key, Any]] = []
    for name, id_, blob in signatures:
        for key in keys:
            if key[0] != name or key_id(*key) != id_:
                continue
            moment, message = None, text.encode()
            if key[1] == b"\4":
                moment = int.from_bytes(blob[:8], "big")
                message, blob = f"cosignature/v1\ntime {moment}\n{text}".encode(), blob[8:]
            if not ed25519_holds(key[2], message, blob):
                raise Wrong(f"{name} 的签名是假的，或者文书被改过")
            found.append((key, moment))
    return found


def check_checkpoint(note: str, trust: Trust) -> Head:
    """Return origin, size, root and witnesses (name, time) of a signed checkpoint that `trust` accepts."""
    logs, witnesses, quorum = trust
    text, signatures = parse_note(note)
    lines = text.split("\n")
    if len(lines) < 4 or not lines[1].isdigit():
        raise Wrong("不是检查点")
    root = unbase64(lines[2])
    by = signers_of(text, signatures, logs)
    if not any(key[0] == lines[0] for key, _moment in by):
        raise Wrong("检查点没有账本自己的有效签名：不是信任文件里的那把密钥签的")
    seen = signers_of(text, signatures, witnesses)
    if quorum and quorum not in [key for key, _moment in seen]:
        raise Wrong(f"检查点没有见证人 {quorum[0]} 的签名，而信任文件要求有")
    return lines[0], int(lines[1]), root, [(key[0], moment) for key, moment in seen]


def check_proof(text: str, leaf: bytes, trust: Trust) -> tuple[int, Head]:
    """Return what the tlog-proof `text` proves of `leaf`: index, and its checkpoint."""
    head, gap, note = text.partition("\n\n")
    lines = head.split("\n")
    if not gap or lines[0] != "c2sp.org/tlog-proof@v1":
        raise Wrong("不是证明文件（c2sp.org/tlog-proof@v1）")
    rest = lines[2:] if lines[1].startswith("extra ") else lines[1:]
    if not rest or not rest[0].startswith("index ") or not rest[0][6:].isdigit():
        raise Wrong("证明文件里没有编号")
    index = int(rest[0][6:])
    checkpoint = check_checkpoint(note, trust)
    if root_from_path(leaf, index, checkpoint[1], map(unbase64, rest[1:])) != checkpoint[2]:
        raise Wrong(f"第 {index + 1} 号事件不在检查点的账本里：记录或证明被改过")
    return index, checkpoint


# --- Evidence bundles -----------------------------------------------------------------------------------


def canonical(value: Any) -> str:
    """Return canonical JSON (RFC 8785) of strings, integers, true, false, null, lists and objects."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def opens(commitment: str | None, value: str, salt: str) -> bool:
    """Return whether `value` is what was committed to with the hex `salt`."""
    raw = bytes.fromhex(salt)
    return len(raw) == 16 and hashlib.sha256(raw + value.encode()).hexdigest() == commitment


def check_bundle(path: str, trust: Trust, say: Callable[[str], object] = print) -> dict[str, Any]:
    """Check every event, value, file and list of the bundle at `path`; Wrong names what does not hold."""
    with zipfile.ZipFile(path) as bundle:
        read = bundle.read
        manifest = json.loads(read("manifest.json"))
        if manifest.get("format") != "mingbai-evidence/v1":
            raise Wrong("不是明白账的证据包")
        records = _proven(manifest["events"], read, trust, say)
        for item in manifest.get("values", []):
            record = records.get(item["sequence"]) or {}
            if not opens(record.get("commitments", {}).get(item["name"]), item["value"], item["salt"]):
                raise Wrong(f"第 {item['sequence']} 号事件的“{item['name']}”不是当时写的")
        for item in manifest.get("files", []):
            if hashlib.sha256(read("files/" + item["name"])).hexdigest() != item["sha256"]:
                raise Wrong(f"附件 {item['name']} 的内容变了")
            body = records.get(item["sequence"], {}).get("body", {})
            if item["sha256"] not in (body.get("sha256"), body.get("original_sha256")):
                raise Wrong(f"附件 {item['name']} 不是第 {item['sequence']} 号事件存的那份")
        for item in manifest.get("lists", []):
            _check_list(item, records)
        for item in manifest.get("draws", []):
            _redraw(item, records, read, trust, say)
        if "table" in manifest:
            _check_table(manifest, read, say)
            whole = hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()
            say(f"整个包的 sha256 是 {whole}：要和账本里导出号 {manifest['number']} 那一笔写的一样")
    values, files, lists = (len(manifest.get(name, [])) for name in ("values", "files", "lists"))
    say(f"打开的密封值 {values} 个、附件 {files} 份、名单 {lists} 份，都和事件对得上")
    if manifest.get("uncovered"):
        say(f"注意：第 {'、'.join(map(str, manifest['uncovered']))} 号事件在检查点之后，还没有证明")
    return manifest


def _proven(sequences: list[int], read: Any, trust: Trust, say: Any) -> dict[int, Any]:
    """Return the records of the bundle by their numbers; each is in a tree that `trust` accepts."""
    records: dict[int, Any] = {}
    for sequence in sequences:
        data = read(f"events/{sequence}.json")
        record = json.loads(data)
        index, head = check_proof(read(f"proofs/{sequence}.tlog-proof").decode(), leaf_hash(data), trust)
        if index + 1 != sequence or record.get("sequence") != sequence:
            raise Wrong(f"第 {sequence} 号事件的编号和证明对不上")
        records[sequence] = record
    for earlier, later in itertools.pairwise(sorted(records)):
        if records[later]["recorded_at"] < records[earlier]["recorded_at"]:
            raise Wrong(f"第 {later} 号事件的记录时间早于它前面的")
    say(f"事件 {len(records)} 条，都在签过的账本里")
    if records:
        say(f"检查点：{head[0]}，{head[1]} 笔，总指纹 {head[2].hex()}")
        for name, moment in head[3]:
            seen = time.strftime("%Y-%m-%d %H:%M", time.gmtime(moment))
            say(f"见证：{name}，{seen}（协调世界时）")
        if not head[3]:
            say("注意：还没有见证人签名")
    return records


def _check_list(item: dict[str, Any], records: dict[int, Any]) -> None:
    """Recompute the fingerprint of a public list from its rows and compare it with what was published."""
    leaves, left = [], _left_by_redactions(records)
    for place, row in enumerate(item["rows"], 1):
        said = canonical({"position": place, "shown": row["shown"], "identity": row["identity"]})
        commitment, salt = row.get("now") or (row["commitment"], row["salt"])
        if (row.get("now") or not salt) and commitment != left.get((item["number"], place)):
            raise Wrong(f"名单 {item['number']} 第 {place} 行说是删去过内容，包里没有删去它的那一笔")
        if row["position"] != place or not opens(commitment, said, salt):
            raise Wrong(f"名单 {item['number']} 第 {place} 行不是公布时的内容")
        leaves.append(leaf_hash(bytes.fromhex(row["commitment"])))
    if root_over(leaves).hex() != records.get(item["sequence"], {}).get("body", {}).get("digest"):
        raise Wrong(f"名单 {item['number']} 的指纹和公布那一笔的对不上")


def _check_table(manifest: dict[str, Any], read: Any, say: Any) -> None:
    """Check that the table is the one that was made, and that each line of it is one of the records."""
    name = manifest["table"]["name"]
    data = read(name)
    if hashlib.sha256(data).hexdigest() != manifest["table"]["sha256"]:
        raise Wrong(f"表 {name} 不是导出时的那份")
    leaves = {n: leaf_hash(read(f"events/{n}.json")).hex() for n in manifest["events"]}
    if not name.endswith(".csv"):
        say(f"表 {name} 是导出时的那份；每一行以 events 里的记录为准")
        return
    lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))[2:]
    told = {int(line[0]): line[-1] for line in lines}
    if len(told) != len(lines) or set(told) != {*leaves, *manifest.get("uncovered", [])}:
        raise Wrong(f"表 {name} 的行和记录的编号对不上")
    for number, leaf in leaves.items():
        if told[number] != leaf:
            raise Wrong(f"表 {name} 里第 {number} 号那一行的指纹不是那笔记录的")
    say(f"表 {name} 共 {len(lines)} 行，编号和指纹都和记录对得上")


def _left_by_redactions(records: dict[int, Any]) -> dict[tuple[str, int], str]:
    """Return the commitment to what the last redaction left of each row, by the list's number and the row."""
    redacted = [one for _number, one in sorted(records.items()) if one.get("kind") == "publicity.redacted"]
    # A name leaves the first commitment alone, which no bundle opens.
    told = [one["body"] for one in redacted if one["body"].get("target") == "row"]
    rows = [row for body in told if body.get("field") != "name" for row in body.get("rows", [])]
    return {(row["list"], row["row"]): row["left"] for row in rows}


def _redraw(item: dict[str, Any], records: dict[int, Any], read: Any, trust: Trust, say: Any) -> None:
    """Draw a sample again from its frame and the seed that the ledger held before, and compare."""
    seeded, drawn = (records.get(item[name], {}).get("body", {}) for name in ("seed_event", "draw_event"))
    frame, sample = (read(f"{item['folder']}/{name}") for name in ("frame", "sample"))
    if drawn.get("seed_event") != item["seed_event"] or item["seed_event"] >= item["draw_event"]:
        raise Wrong(f"第 {item['draw_event']} 号抽样之前，种子没有记进账本")
    if hashlib.sha256(frame).hexdigest() != seeded.get("frame_sha256"):
        raise Wrong(f"抽样名册不是第 {item['seed_event']} 号事件封存的那份")
    seed, beacon = bytes.fromhex(seeded["seed"]), drawn["beacon"]
    if not beacon:
        say("注意：种子没有混进签名员的签名，写种子的人能先试出结果再写")
        raise Wrong(f"第 {item['draw_event']} 号抽样没有混进签名员的签名")
    text, signatures = parse_note(read(item["folder"] + "/checkpoint").decode())
    by = [key[:2] for key, _moment in signers_of(text, signatures, trust[0])]
    blobs = [base64.b64encode(blob).decode() for name, _id, blob in signatures if (name, b"\1") in by]
    if beacon not in blobs or not item["seed_event"] <= int(text.split("\n")[1]) < item["draw_event"]:
        raise Wrong("抽样用的签名不是签名员在种子之后、抽样之前签的")
    seed = hashlib.sha256(seed + beacon.encode()).digest()
    rows = [line.split(",") for line in frame.decode().splitlines()[1:]]
    again = "stratum,key\n"
    for stratum, count in sorted(seeded["take"].items()):
        keys = [key for its_stratum, key in rows if its_stratum == stratum]
        keys.sort(key=lambda key: hmac.digest(seed, key.encode(), "sha256"))
        again += "".join(f"{stratum},{key}\n" for key in keys[:count])
    if again.encode() != sample or hashlib.sha256(sample).hexdigest() != drawn["sample_sha256"]:
        raise Wrong(f"第 {item['draw_event']} 号抽样重抽出来的不是这些户")
    say(f"抽样：{len(rows)} 户里抽 {drawn['sample_rows']} 户，用账本里的种子重抽，一户不差")


def main(words: list[str] | None = None) -> int:
    """Run one of the commands; 0 where everything holds, 1 where something does not."""
    parser = argparse.ArgumentParser(description="明白账核验工具：不联网，只用 Python 自带的功能")
    commands = parser.add_subparsers(dest="command", required=True)
    bundle = commands.add_parser("bundle", help="核对证据包")
    proof = commands.add_parser("proof", help="核对一笔的证明文件")
    bundle.add_argument("file", help="证据包（.zip）")
    proof.add_argument("file", help="证明文件（.tlog-proof）")
    proof.add_argument("--record", help="这一笔的记录（.json）；不写就用证明文件里附带的")
    for each in (bundle, proof):
        each.add_argument("--trust", required=True, help="信任文件：您自己另外留存的公钥，不要用证据包里的")
    given = parser.parse_args(words)
    try:
        trust = parse_trust(pathlib.Path(given.trust).read_text("utf-8"))
        if given.command == "bundle":
            check_bundle(given.file, trust)
        else:
            _prove(given, trust)
    except (Wrong, OSError, *UNREADABLE) as error:
        print(f"对不上：{error}" if isinstance(error, Wrong) else f"读不懂：{error!r}", file=sys.stderr)
        return 1
    print("都对得上。")
    return 0


def _prove(given: argparse.Namespace, trust: Trust) -> None:
    text = pathlib.Path(given.file).read_text("utf-8")
    extra = [line[6:] for line in text.split("\n")[:2] if line.startswith("extra ")]
    if not given.record and not extra:
        raise Wrong("写上 --record：这一笔的记录")
    leaf = leaf_hash(pathlib.Path(given.record).read_bytes()) if given.record else unbase64(extra[0])
    index, (origin, size, root, witnesses) = check_proof(text, leaf, trust)
    print(f"第 {index + 1} 号事件在账本 {origin} 里（{size} 笔，总指纹 {root.hex()}）")
    print("见证：" + ("、".join(name for name, _moment in witnesses) or "还没有"))


if __name__ == "__main__":
    sys.exit(main())
