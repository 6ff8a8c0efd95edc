"""Rules of taking a picture or a document out of the site: file, sizes, links, every version of a page."""

import io
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.test import Client
from PIL import Image
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry, Revision

from disclosure.pages import editors, left_files, log_entries, services, uploads
from disclosure.pages.models import NoticePage
from disclosure.publicity import redacting
from disclosure.publicity.errors import BadRedaction, NoSuchRedaction
from portal.clock import jobs
from portal.files.models import PublicDocument, PublicImage
from portal.ledger.models import Event
from portal.people.models import Role
from tests.disclosure.village import Village

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, settings: Any) -> Iterator[None]:
    """Keep uploads in a folder of the test's own, and start with an empty cache."""
    settings.MEDIA_ROOT, settings.MEDIA_SERVED = tmp_path / "media", True
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def document(village: Village) -> PublicDocument:
    """Return a scan with somebody's number in it, in the county's collection."""
    services.ensure_site("甲县")
    county = next(area for area in village.area.get_ancestors() if area.level == "county")
    return PublicDocument.objects.create(
        title="王五的身份证",
        file=ContentFile(b"%PDF-1.4 990000", name="wangwu.pdf"),
        collection=editors.area_collection(county),
    )


@pytest.fixture
def picture(document: PublicDocument) -> PublicImage:
    """Return a picture with one size of it."""
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "tan").save(out, "JPEG")
    image = PublicImage.objects.create(
        title="王五在家", file=ContentFile(out.getvalue(), name="wangwu.jpg"), collection=document.collection
    )
    image.get_rendition("width-30")
    return image


def linking(*addresses: str) -> NoticePage:
    """Return a notice that leads to files, published, with a draft besides."""
    body = "<p>见附件：</p>" + "".join(f'<p><a href="{one}">王五的材料</a>。</p>' for one in addresses)
    page = NoticePage(title="附件", slug="attached", body=body, live=False)
    services.section(services.NOTICES).add_child(instance=page)
    page.save_revision().publish()
    page.body = body + "<p>还没有公开。</p>"
    page.save_revision()
    return page


def taken_out(village: Village, key: str) -> Any:
    """Ask by the county's reviewer, confirm by its head."""
    asked = redacting.ask(
        **village.seat(Role.COUNTY_REVIEWER), target="upload", object_id=key, field="file", datum="id"
    )
    assert "wangwu" in asked.asked_value, "who decides looks at it first"
    return redacting.confirm(**village.seat(Role.COUNTY_HEAD), redaction_id=asked.pk)


def log_entries_faults() -> Iterator[Any]:
    """Yield what Wagtail's log and the ledger do not agree in."""
    binding = log_entries.LogBinding()
    for event in Event.objects.filter(kind__startswith="wagtail.").order_by("sequence"):
        binding.take(event.sequence, json.loads(event.record))
    yield from binding.faults()


def on_disk() -> list[str]:
    """Return the names of all uploaded files."""
    return sorted(one.name for one in Path(configured.MEDIA_ROOT).rglob("*") if one.is_file())


def test_a_document_leaves_with_its_file_and_the_links_to_it_in_every_version(
    village: Village, document: PublicDocument, django_capture_on_commit_callbacks: Callable
) -> None:
    other = PublicDocument.objects.create(title="通知", file=ContentFile(b"%PDF-1.4 x", name="notice.pdf"))
    page = linking(document.url, f"/media/{document.file.name}", other.url)
    log(document, "wagtail.create")
    key = uploads.at(document.url)
    assert key == uploads.at(f"/media/{document.file.name}") == f"document:{document.pk}"
    assert Client().get(document.url).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        done = taken_out(village, key)
    assert on_disk() == ["notice.pdf"] and done.asked_value == ""
    for address in (document.url, f"/media/{document.file.name}"):
        assert Client().get(address).status_code == 404
    cache.clear()
    shown = Client().get("/notices/attached/").content.decode()
    assert shown.count("〔已删去：身份证号〕") == 2 and other.url in shown
    assert "删去了身份证号：甲县（县级经办）提出，甲县（县级负责人）确认" in shown
    revisions = Revision.page_revisions.filter(object_id=str(page.pk))
    kept = json.dumps([one.content for one in revisions], ensure_ascii=False) + shown
    assert "wangwu" not in kept and f"/documents/{document.pk}/" not in kept
    assert "还没有公开" in kept
    assert [entry.label for entry in ModelLogEntry.objects.all()] == ["〔已删去：身份证号〕"]
    assert not [*log_entries_faults()], "the ledger knows why the log reads otherwise"
    event = Event.objects.get(kind="publicity.redacted")
    assert "wangwu" not in event.record and "王五" not in event.record
    assert json.loads(event.record)["body"]["pages"] == [str(page.pk)]


def test_a_picture_leaves_in_every_size(
    village: Village, picture: PublicImage, django_capture_on_commit_callbacks: Callable
) -> None:
    size = picture.renditions.get().url
    linking(size)
    assert Client().get(size).status_code == 200
    key = uploads.at(size)
    assert key == f"image:{picture.pk}"
    with django_capture_on_commit_callbacks(execute=True):
        taken_out(village, key)
    assert not [name for name in on_disk() if name.endswith("jpg")]
    assert Client().get(size).status_code == 404 and uploads.at(size) is None
    assert "〔已删去：身份证号〕" in Client().get("/notices/attached/").content.decode()


def test_it_takes_two_of_those_who_answer_for_it(village: Village, document: PublicDocument) -> None:
    known = {"target": "upload", "object_id": f"document:{document.pk}", "field": "file", "datum": "id"}
    with pytest.raises(NoSuchRedaction):
        redacting.ask(**village.seat(Role.VILLAGE_CLERK), **known)
    with pytest.raises(NoSuchRedaction):
        redacting.ask(**village.seat(Role.COUNTY_REVIEWER), **known | {"object_id": "document:987654"})
    own = redacting.ask(**village.seat(Role.COUNTY_REVIEWER), **known)
    with pytest.raises(BadRedaction, match="不能自己确认"):
        redacting.confirm(**village.seat(Role.COUNTY_REVIEWER), redaction_id=own.pk)
    assert PublicDocument.objects.filter(pk=document.pk).exists()


def test_the_same_bytes_under_other_names_go_together(
    village: Village, document: PublicDocument, django_capture_on_commit_callbacks: Callable
) -> None:
    data = b"%PDF-1.4 990000"
    again = PublicDocument(title="附件二", file=ContentFile(data, name="second.pdf"))
    again._set_document_file_metadata()
    again.save()
    other = PublicDocument.objects.create(title="通知", file=ContentFile(b"%PDF-1.4 x", name="notice.pdf"))
    page = linking(document.url, again.url, other.url)
    with django_capture_on_commit_callbacks(execute=True):
        done = taken_out(village, f"document:{document.pk}")
    assert on_disk() == ["notice.pdf"] and [*PublicDocument.objects.all()] == [other]
    assert Client().get(again.url).status_code == 404
    page.refresh_from_db()
    assert page.body.count("〔已删去：身份证号〕") == 2 and other.url in page.body
    body = json.loads(Event.objects.get(kind="publicity.redacted").record)["body"]
    assert body["uploads"] == [f"document:{document.pk}", f"document:{again.pk}"]
    assert done.taken_from == 5, "two files, a page and its two revisions"


def test_a_picture_handed_in_twice_goes_twice_and_who_decides_sees_both(
    village: Village, picture: PublicImage, django_capture_on_commit_callbacks: Callable
) -> None:
    with picture.open_file() as file:
        data = file.read()
    again = PublicImage.objects.create(title="近照", file=ContentFile(data, name="again.jpg"))
    scan = PublicDocument.objects.create(title="照片附件", file=ContentFile(data, name="scan.jpg"))
    known = {"target": "upload", "object_id": f"image:{again.pk}", "field": "file", "datum": "id"}
    asked = redacting.ask(**village.seat(Role.COUNTY_REVIEWER), **known)
    assert all(one in asked.asked_value for one in ("王五在家", "近照", "照片附件", scan.url))
    with django_capture_on_commit_callbacks(execute=True):
        redacting.confirm(**village.seat(Role.COUNTY_HEAD), redaction_id=asked.pk)
    assert not PublicImage.objects.exists() and not [one for one in on_disk() if one.endswith("jpg")]


def test_a_file_that_a_crash_left_without_a_row_is_found_and_removed(
    village: Village, document: PublicDocument, picture: PublicImage
) -> None:
    names = on_disk()
    # The commit stands, and the process dies before the files are removed.
    taken_out(village, f"image:{picture.pk}")
    assert on_disk() == names
    assert left_files.remove_left() == 0, "what was only just written may have its row yet to come"
    for one in Path(configured.MEDIA_ROOT).rglob("*.*"):
        os.utime(one, (0, 0))
    assert jobs.run_due()[left_files.JOB] == 2
    assert on_disk() == ["wangwu.pdf"] and document.file.storage.exists(document.file.name)
    assert left_files.remove_left() == 0
    event = json.loads(Event.objects.get(kind=left_files.REMOVED).record)
    assert event["body"] == {"files": 2}


def test_where_hardly_any_file_has_a_row_none_is_removed(village: Village, document: PublicDocument) -> None:
    folder = Path(configured.MEDIA_ROOT) / "documents"
    for number in range(left_files.MOST + 1):
        (folder / f"{number}.pdf").write_bytes(b"%PDF-1.4")
        os.utime(folder / f"{number}.pdf", (0, 0))
    with pytest.raises(left_files.FilesOfAnotherDatabase, match="没有删任何文件"):
        left_files.remove_left()
    assert len(on_disk()) == left_files.MOST + 2
