"""Taking files in: by content, without metadata, the original kept, and nothing that runs or blows up."""

import hashlib
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.base import ContentFile
from PIL import Image

from portal.files import storage
from portal.files.errors import DamagedFile, RefusedFile
from portal.files.models import PrivateFile
from portal.files.services import store
from portal.ledger.models import Event
from portal.people.models import User

from .conftest import EXCEL, WORD, office, pdf, photograph, picture

Stored = Callable[..., PrivateFile]


def test_a_photograph_is_served_without_place_time_or_device_and_kept_as_sent(stored: Stored) -> None:
    sent = photograph()
    file = stored(sent)
    served = storage.get(file.sha256)
    with Image.open(io.BytesIO(served)) as image:
        assert not image.getexif() and "icc_profile" not in image.info and "comment" not in image.info
    for secret in (b"SecretPhone", b"secret comment", b"secret profile", b"GPS", b"Exif"):
        assert secret not in served
    assert storage.get(file.original_sha256) == sent
    assert file.sha256 != file.original_sha256


def test_a_photograph_taken_sideways_stands_upright_afterwards(stored: Stored) -> None:
    with Image.open(io.BytesIO(storage.get(stored(photograph()).sha256))) as image:
        assert image.size == (40, 60)


@pytest.mark.parametrize(
    ("form", "content_type", "extension"),
    [
        ("JPEG", "image/jpeg", ".jpg"),
        ("PNG", "image/png", ".png"),
        ("WEBP", "image/jpeg", ".jpg"),
        ("HEIF", "image/jpeg", ".jpg"),
    ],
)
def test_the_content_says_what_an_image_is_whatever_its_name(
    stored: Stored, form: str, content_type: str, extension: str
) -> None:
    file = stored(picture(form), "院子.pdf")
    assert (file.content_type, file.name) == (content_type, f"院子{extension}")


def test_a_transparent_png_stays_transparent_and_loses_its_texts(stored: Stored) -> None:
    from PIL.PngImagePlugin import PngInfo

    texts = PngInfo()
    texts.add_text("Author", "secret author")
    out = io.BytesIO()
    Image.new("RGBA", (8, 8), (1, 2, 3, 0)).save(out, "PNG", pnginfo=texts)
    served = storage.get(stored(out.getvalue(), "章.png").sha256)
    assert b"secret author" not in served
    with Image.open(io.BytesIO(served)) as image:
        assert image.getpixel((0, 0))[3] == 0


def test_a_large_photograph_is_made_smaller(stored: Stored) -> None:
    file = stored(picture(size=(8000, 2000)))
    with Image.open(io.BytesIO(storage.get(file.sha256))) as image:
        assert max(image.size) <= 4096


def test_what_hangs_behind_a_picture_is_not_served(stored: Stored) -> None:
    file = stored(picture() + b"<script>alert(1)</script>" + office())
    served = storage.get(file.sha256)
    assert b"<script>" not in served and not zipfile.is_zipfile(io.BytesIO(served))


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_a_broken_picture_is_refused(stored: Stored, form: str) -> None:
    with pytest.raises(RefusedFile, match="损坏"):
        stored(picture(form, (400, 400))[:120])


def test_a_picture_with_too_many_pixels_is_refused_before_it_is_decoded(stored: Stored) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 20000, 20000, 8, 2, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    with pytest.raises(RefusedFile, match="像素太多"):
        stored(bomb)
    for side in (8100, 60000):
        header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
        with pytest.raises(RefusedFile, match="像素太多"):
            stored(b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", b"") + chunk(b"IEND", b""))


@pytest.mark.parametrize(
    "data",
    [
        b"<html><script>alert(1)</script></html>",
        b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        b"GIF89a<script>alert(1)</script>",
        b"MZ" + bytes(200),
        b"#!/bin/sh\necho",
        b"\n%PDF-1.4\n%%EOF",
        "王测试,500\n".encode(),
    ],
)
def test_what_is_no_picture_or_document_is_refused_whatever_its_name(stored: Stored, data: bytes) -> None:
    with pytest.raises(RefusedFile, match="不接收"):
        stored(data, "照片.jpg")
    assert not PrivateFile.objects.exists()


def test_a_spreadsheet_and_a_letter_are_taken_as_they_are(stored: Stored) -> None:
    out = io.BytesIO()
    book = openpyxl.Workbook()
    book.active["A1"].hyperlink = "https://example.org/"
    book.save(out)
    file = stored(out.getvalue(), "花名册.xlsx")
    assert (file.content_type, file.name) == (EXCEL, "花名册.xlsx")
    assert storage.get(file.sha256) == out.getvalue()
    assert file.sha256 == file.original_sha256
    assert stored(office(WORD), "申请书.doc").name == "申请书.docx"


def test_printer_settings_are_no_macro(stored: Stored) -> None:
    assert stored(office(EXCEL, {"xl/printerSettings/printerSettings1.bin": b"x"})).content_type == EXCEL


def relations(kind: str, mode: str = 'TargetMode="External"') -> bytes:
    return (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="a" Type="http://schemas.example/relationships/{kind}" '
        f'Target="https://example.org/" {mode}/></Relationships>'
    ).encode()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (office(EXCEL, {"xl/vbaProject.bin": b"x"}), "宏"),
        (office("application/vnd.ms-excel.sheet.macroEnabled"), "宏"),
        (
            office(
                EXCEL, types='<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'
            ),
            "宏",
        ),
        (office(WORD, {"word/embeddings/oleObject1.bin": b"x"}), "嵌入"),
        (office(WORD, {"word/activeX/activeX1.xml": b"x"}), "嵌入"),
        (office(WORD, {"word/_rels/settings.xml.rels": relations("attachedTemplate")}), "外部"),
        (office(WORD, {"../../etc/cron.d/x": b"x"}), "路径"),
        (office("application/vnd.oasis.opendocument.text"), "不接收这种文档"),
        (office(WORD)[:-30], "损坏"),
        (office(WORD) + b"<script>", "前后夹带"),
        (office(WORD, {"a.rels": b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}), "不合规范"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "旧格式"),
    ],
    ids=range(12),
)
def test_a_document_that_runs_hides_or_calls_outside_is_refused(
    stored: Stored, data: bytes, said: str
) -> None:
    with pytest.raises(RefusedFile, match=said):
        stored(data, "花名册.xlsx")
    assert not PrivateFile.objects.exists()


def test_a_document_with_links_to_click_is_taken(stored: Stored) -> None:
    assert stored(office(WORD, {"word/_rels/document.xml.rels": relations("hyperlink")})).content_type == WORD


def test_an_archive_is_refused(stored: Stored) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "a")
    with pytest.raises(RefusedFile, match="压缩包"):
        stored(out.getvalue(), "资料.docx")


def test_a_document_that_unpacks_to_too_much_is_refused_even_if_it_lies_about_it(stored: Stored) -> None:
    bomb = office(EXCEL, {"xl/worksheets/sheet1.xml": bytes(210 * 1024 * 1024)})
    assert len(bomb) < 1024 * 1024
    with pytest.raises(RefusedFile, match="解开后太大"):
        stored(bomb)
    true_size = struct.pack("<I", 210 * 1024 * 1024)
    with pytest.raises(RefusedFile, match="损坏"):
        stored(bomb.replace(true_size, struct.pack("<I", 1000)))


def test_a_document_with_thousands_of_parts_is_refused(stored: Stored) -> None:
    with pytest.raises(RefusedFile, match="部件太多"):
        stored(office(WORD, {f"{n}": b"" for n in range(5001)}))


def test_a_pdf_is_taken_as_it_is(stored: Stored) -> None:
    packed = zlib.compress(b"1 0 << /Type /Page >>")
    for extra in (
        b"",
        b"5 0 obj << /Type /ObjStm /Filter /FlateDecode >> stream\n" + packed + b"\nendstream\n",
    ):
        file = stored(pdf(extra), "协议.pdf")
        assert (file.content_type, file.name) == ("application/pdf", "协议.pdf")
        assert storage.get(file.sha256) == pdf(extra)


def hidden(text: bytes, filters: bytes = b"/Filter /FlateDecode", pad: int = 1) -> bytes:
    space = b" " * pad
    return (
        b"5 0 obj << /Type /ObjStm "
        + filters
        + space
        + b">> stream\n"
        + zlib.compress(text)
        + b"\nendstream\n"
    )


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (pdf(b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"), "脚本"),
        (pdf(b"<< /S /Java#53cript >>"), "脚本"),
        (pdf(b"% stream\n<< /S /JavaScript >>\nendstream\n"), "脚本"),
        (pdf(hidden(b"<< /S /Launch /F (a.exe) >>")), "脚本"),
        (pdf(b"% stream\n" + hidden(b"<< /EmbeddedFiles 3 0 R >>")), "夹带"),
        (pdf(hidden(b"<< /S /Launch >>", b"/Filter [/ASCIIHexDecode /FlateDecode]")), "结构"),
        (pdf(hidden(b"<< /S /Launch >>", pad=2000)), "结构"),
        (pdf(hidden(b"<< /S /Launch >>").replace(b"/ObjStm", b"/Obj#53tm")), "脚本"),
        (pdf(b"<< /XFA [ 3 0 R ] >>"), "脚本"),
        (pdf(b"<< /Encrypt 9 0 R >>"), "密码"),
        (pdf() + office(), "同时是"),
        (pdf(b"<script>alert(1)</script>"), "同时是"),
        (pdf()[:40], "不完整"),
        (pdf(hidden(bytes(201 * 1024 * 1024))), "太大"),
    ],
    ids=range(14),
)
def test_a_pdf_that_runs_hides_or_is_something_else_too_is_refused(
    stored: Stored, data: bytes, said: str
) -> None:
    with pytest.raises(RefusedFile, match=said):
        stored(data, "协议.pdf")


def test_an_empty_and_an_oversized_file_are_refused(stored: Stored) -> None:
    with pytest.raises(RefusedFile, match="空的"):
        stored(b"")
    with pytest.raises(RefusedFile, match="不能超过 20 MB"):
        stored(picture() + bytes(20 * 1024 * 1024))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../../etc/passwd", "passwd.jpg"),
        ("C:\\Users\\me\\院子.jpg", "院子.jpg"),
        ("a\r\nSet-Cookie: x=1.jpg", "a Set-Cookie_ x=1.jpg"),
        ("院子\u202egpj.exe", "院子gpj.jpg"),
        ("院子.php.jpg", "院子.php.jpg"),
        ("..", "附件.jpg"),
        ("", "附件.jpg"),
        (".htaccess", "htaccess.jpg"),
        ("a\x00b.jpg", "ab.jpg"),
        ("长" * 300 + ".jpg", "长" * 116 + ".jpg"),
    ],
)
def test_a_name_is_what_a_person_sees_and_never_a_path(stored: Stored, name: str, shown: str) -> None:
    assert stored(picture(), name).name == shown


def test_the_bytes_lie_outside_public_media_by_their_digest_readable_by_the_portal_alone(
    stored: Stored, settings: Any
) -> None:
    file = stored(picture())
    paths = sorted(path for path in Path(settings.PRIVATE_ROOT).rglob("*") if path.is_file())
    assert sorted(path.name for path in paths) == sorted({file.sha256, file.original_sha256})
    for path in paths:
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.name
        assert path.stat().st_mode & 0o077 == 0
    assert not Path(settings.PRIVATE_ROOT).is_relative_to(settings.MEDIA_ROOT)


def test_altered_or_missing_bytes_are_noticed_and_storing_them_again_heals_them(
    stored: Stored, settings: Any
) -> None:
    file = stored(pdf(), "协议.pdf")
    path = Path(settings.PRIVATE_ROOT) / file.sha256[:2] / file.sha256
    path.write_bytes(b"altered")
    with pytest.raises(DamagedFile, match="不一致"):
        storage.get(file.sha256)
    path.unlink()
    with pytest.raises(DamagedFile, match="找不到"):
        storage.get(file.sha256)
    stored(pdf(), "协议.pdf")
    assert storage.get(file.sha256) == pdf()


@pytest.mark.parametrize("digest", ["", "../../etc/passwd", "A" * 64])
def test_only_a_digest_names_a_place_on_disk(digest: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        storage.get(digest)


def test_storing_is_an_event_with_both_digests_and_without_the_name(stored: Stored, clerk: User) -> None:
    file = stored(photograph(), "王测试家.jpg")
    event = Event.objects.get()
    assert (event.kind, event.object_id, event.actor) == ("file.stored", str(file.pk), clerk)
    assert "王测试" not in event.record
    body = json.loads(event.record)["body"]
    assert (body["sha256"], body["original_sha256"]) == (file.sha256, file.original_sha256)


@pytest.mark.parametrize("reference", ["nobody:1", "case", "case:", ""])
def test_a_file_that_no_room_answers_for_is_not_taken(clerk: User, reference: str) -> None:
    with pytest.raises(ValueError, match="负责"):
        store(ContentFile(picture()), name="a.jpg", reference=reference, by=clerk)
