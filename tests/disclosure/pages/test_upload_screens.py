"""Every screen by which editors send a public file: each act is told, and what was taken out stays out."""

import importlib
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from wagtail.models import UploadedFile

from disclosure.pages import editors, services, uploads
from disclosure.pages.records import RemovedFile
from disclosure.publicity import redacting
from disclosure.publicity.withholding import hash_of
from portal.areas.models import Area
from portal.files.models import PublicDocument, PublicImage
from portal.ledger.models import Event
from portal.ledger.services import Draft, append
from portal.ledger.verifier import verify
from portal.people.models import Line, Role
from tests.disclosure.village import Village
from tests.portal.people import invented

from .editing import browser

pytestmark = pytest.mark.django_db
HER_FORM = {"title": "第三季度名单", "tags": ""}


@pytest.fixture
def desk(village: Village, tmp_path: Path, settings: Any) -> Client:
    """Return the browser of the county's editor."""
    settings.MEDIA_ROOT, settings.MEDIA_SERVED = tmp_path / "media", True
    services.ensure_site("甲县")
    county = village.areas[invented.COUNTY]
    editor = invented.person()
    invented.given(village.granter, editor, Role.EDITOR, county, Line.ALL)
    return browser(editor)


def collection() -> int:
    """Return the county's collection."""
    return int(editors.area_collection(Area.objects.get(code=invented.COUNTY)).pk)


def pdf(inside: str = "1") -> SimpleUploadedFile:
    return SimpleUploadedFile("名单.pdf", f"%PDF-1.4 {inside}".encode(), "application/pdf")


def photo(colour: str = "tan") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(out, "JPEG")
    return SimpleUploadedFile("照片.jpg", out.getvalue(), "image/jpeg")


# The rooms of Wagtail's by what they keep: model, how a file is made, names in the forms of several at once.
SORTS = [
    ("wagtaildocs", PublicDocument, pdf, "doc", "document", "uploaded-document"),
    ("wagtailimages", PublicImage, photo, "image", "image", "uploaded-image"),
]


@pytest.mark.parametrize("room, model, made, one, name, waiting", SORTS)
def test_every_screen_that_takes_a_file_tells_the_ledger(
    desk: Client, room: str, model: Any, made: Callable, one: str, name: str, waiting: str
) -> None:
    kept = {**HER_FORM, "collection": collection()}

    def post(view: str, data: dict[str, Any], *args: Any) -> Any:
        before = Event.objects.count()
        answer = desk.post(reverse(f"{room}{view}", args=args), data)
        assert answer.status_code in (200, 302), answer.content.decode()[:500]
        kinds = Event.objects.order_by("sequence").values_list("kind", flat=True)[before:]
        return answer, list(kinds)

    def several(title: str) -> dict[str, Any]:
        return {"files[]": made(), "title": title, "collection": kept["collection"]}

    created, edited = ["wagtail.create"], ["wagtail.edit"]
    assert post(":add", {**kept, "file": made("1" if room == "wagtaildocs" else "red")})[1] == created
    first = model.objects.get()
    assert post(":edit", {**kept, "title": "改过的名字"}, first.pk)[1] == edited
    answer, kinds = post(":add_multiple", several("第二份"))
    assert kinds == created and answer.json()["success"]
    second = model.objects.exclude(pk=first.pk).get()
    named = {f"{one}-{second.pk}-{key}": value for key, value in kept.items()}
    answer, kinds = post(":edit_multiple", named, second.pk)
    assert kinds == edited and answer.json()["success"]
    # A name that is too long: the file waits for a better one.
    answer, kinds = post(":add_multiple", several("长" * 300))
    assert kinds == [] and UploadedFile.objects.count() == 1
    waits = UploadedFile.objects.get()
    named = {f"{waiting}-{waits.pk}-{key}": value for key, value in kept.items()}
    answer, kinds = post(f":create_multiple_from_uploaded_{name}", named, waits.pk)
    assert kinds == created and answer.json()["success"] and not UploadedFile.objects.exists()
    chosen = {f"{name}-chooser-upload-{key}": value for key, value in {**kept, "file": made()}.items()}
    assert post("_chooser:create", chosen)[1] == created
    assert model.objects.count() == 4
    assert verify().fault is None


@pytest.mark.parametrize("room, model, made, one, name, waiting", SORTS)
def test_a_file_that_two_people_took_out_is_not_taken_back_by_any_screen(
    desk: Client,
    village: Village,
    django_capture_on_commit_callbacks: Callable,
    room: str,
    model: Any,
    made: Callable,
    one: str,
    name: str,
    waiting: str,
) -> None:
    kept = {**HER_FORM, "collection": collection()}
    desk.post(reverse(f"{room}:add"), {**kept, "file": made()})
    bad = model.objects.get().pk
    desk.post(reverse(f"{room}:add"), {**kept, "file": made("2" if room == "wagtaildocs" else "blue")})
    clean = model.objects.exclude(pk=bad).get()
    several = reverse(f"{room}:add_multiple")
    desk.post(several, {"files[]": made(), "title": "长" * 300, "collection": kept["collection"]})
    assert UploadedFile.objects.count() == 1
    asked = redacting.ask(
        **village.seat(Role.COUNTY_REVIEWER),
        target="upload",
        object_id=f"{name}:{bad}",
        field="file",
        datum="id",
    )
    with django_capture_on_commit_callbacks(execute=True):
        redacting.confirm(**village.seat(Role.COUNTY_HEAD), redaction_id=asked.pk)
    assert not UploadedFile.objects.exists(), "what waited for its title went with it"
    body = json.loads(Event.objects.get(kind="publicity.redacted").record)["body"]
    assert body["file"] == RemovedFile.objects.get().digest != uploads._hash(clean)

    words = "已经从网上删去了，因为里面有身份证号，不能再传上来"
    chosen = {f"{name}-chooser-upload-{field}": value for field, value in {**kept, "file": made()}.items()}
    for address, sent in (
        (reverse(f"{room}:add"), {**kept, "file": made()}),
        (reverse(f"{room}:edit", args=[clean.pk]), {**kept, "file": made()}),
        (several, {"files[]": made(), "title": "再传一次", "collection": kept["collection"]}),
        (reverse(f"{room}_chooser:create"), chosen),
    ):
        answer = desk.post(address, sent)
        page = answer.json() if "json" in answer["Content-Type"] else answer.content.decode()
        page = json.dumps(page, ensure_ascii=False) if isinstance(page, dict) else page
        assert answer.status_code == 200 and words in page, address
        assert address == several or HER_FORM["title"] in page, "what else was typed stays"
    assert [*model.objects.all()] == [clean] and not UploadedFile.objects.exists()
    # The same with the datum covered is another file.
    covered = made("3" if room == "wagtaildocs" else "green")
    assert desk.post(reverse(f"{room}:add"), {**kept, "file": covered}).status_code == 302
    assert model.objects.count() == 2
    assert verify().fault is None


def test_what_was_taken_out_before_this_was_kept_is_known_by_its_event(db: None) -> None:
    append(Draft("publicity.redacted", "redaction", "7", body={"target": "upload", "file_sha1": "ab" * 20}))
    append(Draft("publicity.redacted", "redaction", "8", body={"target": "row"}))
    migration = importlib.import_module("disclosure.pages.migrations.0005_removed_files")
    for _twice in range(2):
        migration.known_from_events(apps, None)
    known = RemovedFile.objects.get()
    assert (known.digest, known.what) == (hash_of("ab" * 20), "个人信息")
