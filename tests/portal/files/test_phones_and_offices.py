"""What honest people send: photographs of any phone, scans of thirty pages, WPS documents, cut uploads."""

import io

import openpyxl
import pytest
from PIL import Image

from portal.files.errors import RefusedFile
from portal.files.kinds import Limits, Taken, examine

from .conftest import EXCEL, WORD, office, photograph, picture

LIMITS = Limits(65, 200)


def taken(data: bytes) -> Taken:
    return examine(data, LIMITS)


def shown(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(taken(data).data))


def test_a_photograph_of_forty_million_pixels_is_taken_and_made_smaller() -> None:
    assert max(shown(picture("JPEG", (8000, 5000))).size) == 4096


def test_a_heic_that_lies_on_its_side_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    sent = picture("HEIF", (64, 48), exif=exif.tobytes())
    assert shown(sent).size == (48, 64)
    assert taken(sent).content_type == "image/jpeg"


@pytest.mark.parametrize("turn", range(1, 9))
def test_every_way_of_holding_a_camera_comes_out_upright(turn: int) -> None:
    """The corner that was up and left stays recognisable: one dark corner in a light picture."""
    upright = Image.new("L", (32, 16), 255)
    upright.paste(0, (0, 0, 8, 8))
    laid = {
        1: lambda one: one,
        2: lambda one: one.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        3: lambda one: one.transpose(Image.Transpose.ROTATE_180),
        4: lambda one: one.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
        5: lambda one: one.transpose(Image.Transpose.TRANSPOSE),
        6: lambda one: one.transpose(Image.Transpose.ROTATE_90),
        7: lambda one: one.transpose(Image.Transpose.TRANSVERSE),
        8: lambda one: one.transpose(Image.Transpose.ROTATE_270),
    }[turn](upright)
    exif = Image.Exif()
    exif[0x0112] = turn
    out = io.BytesIO()
    laid.save(out, "JPEG", exif=exif)
    seen = shown(out.getvalue()).convert("L")
    assert seen.size == (32, 16)
    assert seen.getpixel((3, 3)) < 64 and seen.getpixel((28, 12)) > 192


def test_place_time_and_device_are_gone_from_what_is_shown() -> None:
    sent = photograph()
    assert b"SecretPhone" in sent
    served = taken(sent).data
    assert b"Secret" not in served and b"secret" not in served and b"Exif" not in served
    assert not shown(sent).getexif()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_an_upload_that_was_cut_says_so(form: str) -> None:
    sent = io.BytesIO()
    Image.effect_noise((300, 300), 80).convert("RGB").save(sent, form)
    whole = sent.getvalue()
    with pytest.raises(RefusedFile, match="没有传完"):
        taken(whole[: len(whole) // 2])


def test_grey_of_sixteen_bits_and_four_colours_of_print_are_shown_as_they_are() -> None:
    out = io.BytesIO()
    Image.new("I;16", (8, 8), 128 * 256).save(out, "PNG")
    assert abs(shown(out.getvalue()).convert("L").getpixel((0, 0)) - 128) <= 1
    out = io.BytesIO()
    Image.new("CMYK", (8, 8), (0, 255, 255, 0)).save(out, "JPEG")
    red, green, blue = shown(out.getvalue()).convert("RGB").getpixel((4, 4))
    assert red > 200 and green < 80 and blue < 80


def test_a_scan_of_thirty_pages_is_taken() -> None:
    pages = [Image.effect_noise((400, 560), 60) for _n in range(30)]
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:])
    assert taken(out.getvalue()).data == out.getvalue()
    with pytest.raises(RefusedFile, match="没有传完"):
        taken(out.getvalue()[:-2000])


def test_documents_of_wps_with_their_own_parts_are_taken() -> None:
    parts = {
        "docProps/custom.xml": b'<Properties><property name="KSOProductBuildVer"/></Properties>',
        "customXml/item1.xml": b'<s:customData xmlns:s="http://www.wps.cn/officeDocument/2013/wpsCustomData"/>',
        "word/media/image1.png": picture("PNG"),
        "xl/cellimages.xml": b"<etc:cellImages xmlns:etc='http://www.wps.cn/officeDocument/2017/etCustomData'/>",
    }
    assert taken(office(WORD, parts)).content_type == WORD
    assert taken(office(EXCEL, parts)).content_type == EXCEL
    out = io.BytesIO()
    book = openpyxl.Workbook()
    for row in range(2000):
        book.active.append([row, "禾坪村", 500])
    book.save(out)
    assert taken(out.getvalue()).extension == ".xlsx"


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "wps、et"),
        (b"\x00\x00\x00\x18ftypisom" + bytes(100), "视频"),
        (b"Rar!\x1a\x07" + bytes(100), "解开后"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(100), "解开后"),
        (b"\xef\xbb\xbf<!DOCTYPE html><html>", "网页和 SVG"),
        (office(WORD, {"xl/externalLinks/externalLink1.xml": b"<a/>"}), "断开链接"),
        (office(WORD, {"word/afchunk.mht": b"x"}), "嵌入"),
    ],
    ids=range(7),
)
def test_what_is_not_taken_says_what_to_do_instead(sent: bytes, said: str) -> None:
    with pytest.raises(RefusedFile, match=said):
        taken(sent)


def test_an_ofd_is_to_be_made_a_pdf() -> None:
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("OFD.xml", "<ofd/>")
    with pytest.raises(RefusedFile, match="转成 PDF"):
        taken(out.getvalue())
