"""Uploads of every kind, made here, and people who may or may not open them."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from portal.files import access
from portal.files.access import Owner
from portal.files.models import PrivateFile
from portal.files.services import store
from portal.people.models import User

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EXTRA%%trailer << /Root 1 0 R >>\n%%EOF\n"


@pytest.fixture(autouse=True)
def private_root(settings: Any, tmp_path: Any) -> None:
    settings.PRIVATE_ROOT = tmp_path / "private"


@pytest.fixture(autouse=True)
def rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of the kind `case` may be opened by the account named like the case, originals by `inspector`."""
    monkeypatch.setattr(access, "_rules", {})
    monkeypatch.setattr(access, "_owners", {})
    access.register(
        "case",
        lambda user, case: user.username == case,
        owner=lambda case: Owner("case", case, f"办件 {case}"),
        may_open_original=lambda user, case: user.username == "inspector",
    )


@pytest.fixture
def clerk(db: None) -> User:
    return User.objects.create(username="clerk", display_name="测试员")


@pytest.fixture
def stored(clerk: User) -> Callable[..., PrivateFile]:
    """Return `stored(data, name)`: the file taken in for the case `clerk`."""

    def take(data: bytes, name: str = "照片.jpg") -> PrivateFile:
        return store(ContentFile(data), name=name, reference="case:clerk", by=clerk)

    return take


def picture(form: str = "JPEG", size: tuple[int, int] = (60, 40), **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(out, form, **options)
    return out.getvalue()


def photograph() -> bytes:
    """A photograph lying on its side that says where, when and with what it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "SecretPhone"
    exif.get_ifd(0x8825).update({1: "N", 2: (34.0, 10.0, 5.0), 3: "E", 4: (108.0, 50.0, 1.0)})
    return picture(exif=exif, comment=b"secret comment", icc_profile=b"secret profile")


def office(main: str = WORD, parts: dict[str, bytes] | None = None, types: str = "") -> bytes:
    """A Word or Excel document of as little as there can be, with more `parts` and content `types`."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            f'<Override PartName="/main.xml" ContentType="{main}.main+xml"/>{types}</Types>',
        )
        for name, data in (parts or {}).items():
            archive.writestr(name, data)
    return out.getvalue()


def pdf(extra: bytes = b"") -> bytes:
    return PDF.replace(b"%%EXTRA%%", extra)
