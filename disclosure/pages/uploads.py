"""Taking a public picture or document out of the site: file, sizes, links to it, in every version of a page.

The law's datum may stand in a scan as well as in a sentence. Asked for and confirmed as on lists
(`publicity.redacting`). The file leaves the disk at the commit; where pages linked it stands a tombstone.
"""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from urllib.parse import unquote

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.documents import get_document_model
from wagtail.fields import RichTextField
from wagtail.images import get_image_model
from wagtail.models import ModelLogEntry, Page, Revision

from disclosure.publicity import redaction_targets
from disclosure.publicity.redaction_targets import Found, Removed, Target
from portal.areas.models import Area, Level

from . import log_entries
from .models import NoticePage, PolicyReadingPage
from .signals import page_redacted

TARGET = "upload"
WHOLE = "file"
FIELDS = {WHOLE: gettext_lazy("整个文件")}
IMAGE, DOCUMENT = "image", "document"
# The kinds of pages whose text may lead to a file.
_LINKING = (NoticePage, PolicyReadingPage)
_ADDRESS = re.compile(r"/(?:media/(?P<name>(?:images|documents)/[^/]+)|documents/(?P<pk>\d{1,9})/[^/]*)\Z")


def at(path: str) -> str | None:
    """Return the key of the picture or document at the address `path` (``image:5``), or None."""
    found = _ADDRESS.fullmatch(unquote(path))
    if found is None:
        return None
    if found["pk"]:
        return _key(DOCUMENT, get_document_model().objects.filter(pk=int(found["pk"])))
    if found["name"].startswith("documents/"):
        return _key(DOCUMENT, get_document_model().objects.filter(file=found["name"]))
    return _key(IMAGE, get_image_model().objects.filter(renditions__file=found["name"]))


def one(key: str) -> Any:
    """Return the picture or document with that key, or None."""
    kind, _colon, pk = key.partition(":")
    model = {IMAGE: get_image_model(), DOCUMENT: get_document_model()}.get(kind)
    if model is None or not (pk.isascii() and pk.isdecimal() and len(pk) < 10):
        return None
    return model.objects.filter(pk=int(pk)).first()


def place_of(upload: Any) -> Area | None:
    """Return the area whose editors keep it: its collection's, else the county."""
    areas = Area.objects.filter(code=upload.collection.name[-12:])
    return areas.first() or Area.objects.filter(level=Level.COUNTY).order_by("path").first()


def _key(kind: str, found: Any) -> str | None:
    pk = found.values_list("pk", flat=True).first()
    return f"{kind}:{pk}" if pk else None


def _find(object_id: str, name: str) -> Found | None:
    upload = one(object_id)
    area = place_of(upload) if upload else None
    if upload is None or area is None:
        return None
    # Not its title: the datum may stand there.
    where = _("%(kind)s（%(number)s号）") % {"kind": upload._meta.verbose_name, "number": upload.pk}
    # Whoever decides looks at it first. Its address may hold its name, so it is kept no longer than the rest.
    shown = (_sizes(upload) or [None])[0] if isinstance(upload, get_image_model()) else upload
    address = shown.url if shown else ""
    return Found(f"{upload.title} {address}\n{upload.get_file_hash()}", where, "", area, "")


def _remove(object_id: str, name: str, value: str, words: str, told: Mapping[str, str]) -> Removed:
    """Delete the file and all that was made of it; put `words` where pages and their revisions led to it."""
    upload = one(object_id)
    pattern = _leading_to(object_id.partition(":")[0], upload)
    pages, revisions = [], 0
    for model in _LINKING:
        fields = [field.name for field in model._meta.concrete_fields if isinstance(field, RichTextField)]
        revisions += _of_revisions(model, fields, pattern, words)
        for pk in model.objects.order_by("pk").values_list("pk", flat=True):
            if _of_page(model, pk, fields, pattern, words, told):
                pages.append(str(pk))
    body = {"upload": object_id, "file_sha1": upload.get_file_hash(), "pages": pages}
    _of_log(upload, words)
    stored = [upload.file, *(one.file for one in _sizes(upload))]
    # At the commit: Wagtail's own way is a task, which waits for its turn.
    for file in stored:
        transaction.on_commit(partial(file.storage.delete, file.name), robust=True)
    upload.delete()
    return Removed(1 + len(pages) + revisions, body)


def _of_log(upload: Any, words: str) -> None:
    """Take its title out of what Wagtail logged of it."""
    kind = ContentType.objects.get_for_model(upload)
    touched = []
    known = ModelLogEntry.objects.filter(content_type=kind, object_id=str(upload.pk))
    for entry in known.select_related("user", "content_type"):
        ModelLogEntry.objects.filter(pk=entry.pk).update(label=words, data={})
        entry.label, entry.data = words, {}
        touched.append(entry)
    log_entries.redact(touched)


def _sizes(upload: Any) -> list[Any]:
    return [*upload.renditions.all()] if isinstance(upload, get_image_model()) else []


def _leading_to(kind: str, upload: Any) -> re.Pattern[str]:
    """Return what finds links to it, and places where it stands, in stored rich text."""
    names = [upload.file.name, *(one.file.name for one in _sizes(upload))]
    paths = [f"/media/{name}" for name in names] + ([f"/documents/{upload.pk}/"] if kind == DOCUMENT else [])
    path = "|".join(re.escape(path) for path in paths)
    linked = rf'<a\b(?=[^>]*(?:href="[^"]*(?:{path})|linktype="{kind}"[^>]*\bid="{upload.pk}"|'
    linked += rf'\bid="{upload.pk}"[^>]*linktype="{kind}"))[^>]*>(?P<text>.*?)</a>'
    standing = rf'<embed\b(?=[^>]*embedtype="{kind}")(?=[^>]*\bid="{upload.pk}")[^>]*/?>'
    return re.compile(f"{linked}|{standing}", re.S)


def _without(pattern: re.Pattern[str], words: str) -> Callable[[str], str]:
    # A link's own words may name whom the file is about: they go too.
    return lambda source: pattern.sub(lambda _found: words, source)


def _of_page(
    model: type[Page],
    pk: int,
    fields: list[str],
    pattern: re.Pattern[str],
    words: str,
    told: Mapping[str, str],
) -> bool:
    page: Any = model.objects.get(pk=pk)
    new = {field: _without(pattern, words)(getattr(page, field)) for field in fields}
    if all(getattr(page, field) == text for field, text in new.items()):
        return False
    for field, text in new.items():
        setattr(page, field, text)
    # By nothing is it known again in a text: what is gone leads nowhere.
    page.redactions = [*page.redactions, {**told, "hash": "", "length": 0, "whole": True, "words": words}]
    page.save(clean=False, update_fields=[*fields, "redactions"])
    page_redacted.send(sender=model, page=page)
    return True


def _of_revisions(model: type[Page], fields: list[str], pattern: re.Pattern[str], words: str) -> int:
    kind = ContentType.objects.get_for_model(model)
    count = 0
    for revision in Revision.objects.filter(content_type=kind).order_by("pk").iterator(200):
        content = dict(revision.content)
        new = {field: _without(pattern, words)(str(content.get(field) or "")) for field in fields}
        if any(new[field] != str(content.get(field) or "") for field in fields):
            Revision.objects.filter(pk=revision.pk).update(content={**content, **new})
            count += 1
    return count


redaction_targets.register(Target(TARGET, gettext_lazy("图片和文件"), FIELDS, _find, _remove))
