"""Taking a public picture or document out of the site: file, sizes, links to it, in every version of a page.

The law's datum may stand in a scan as well as in a sentence. Asked for and confirmed as on lists
(`publicity.redacting`). The file leaves the disk at the commit; where pages linked it stands a tombstone.
The same bytes under another name, as picture or as document, are the same datum: they go with it, and are
refused when somebody sends them again (`removed_files`).
"""

import re
from collections.abc import Callable, Mapping, Sequence
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
from wagtail.utils.file import hash_filelike

from disclosure.publicity import redaction_targets
from disclosure.publicity.redaction_targets import Found, Removed, Target
from portal.areas.models import Area, Level

from . import log_entries, removed_files
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


def alike(upload: Any) -> list[tuple[str, Any]]:
    """Return every picture and document with the same bytes as `upload`, itself among them, with its key."""
    hashed = _hash(upload)
    found = []
    for kind, model in ((IMAGE, get_image_model()), (DOCUMENT, get_document_model())):
        for other in model.objects.filter(file_hash__in=[hashed, ""]).order_by("pk"):
            # One that was put in by a program may have no digest yet.
            if _hash(other) == hashed:
                found.append((f"{kind}:{other.pk}", other))
    return found


def _hash(upload: Any) -> str:
    """Return the SHA-1 of the file, "" where it is not on the disk; writes nothing."""
    if upload.file_hash:
        return str(upload.file_hash)
    try:
        with upload.open_file() as file:
            return str(hash_filelike(file))
    except OSError:
        return ""


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
    lines = [f"{other.title} {address_of(other)}" for _its, other in alike(upload)]
    return Found("\n".join([*lines, _hash(upload)]), where, "", area, "")


def address_of(upload: Any) -> str:
    """Return where the public sees it: a document's own address, a picture's first size, or "" ."""
    shown = (_sizes(upload) or [None])[0] if isinstance(upload, get_image_model()) else upload
    return str(shown.url) if shown else ""


def _remove(object_id: str, name: str, value: str, words: str, told: Mapping[str, str]) -> Removed:
    """Delete the file and all that was made of it; put `words` where pages and their revisions led to it."""
    upload = one(object_id)
    hashed, together = _hash(upload), alike(upload)
    pattern = _leading_to(together)
    pages, revisions = [], 0
    for model in _LINKING:
        fields = [field.name for field in model._meta.concrete_fields if isinstance(field, RichTextField)]
        revisions += _of_revisions(model, fields, pattern, words)
        for pk in model.objects.order_by("pk").values_list("pk", flat=True):
            if _of_page(model, pk, fields, pattern, words, told):
                pages.append(str(pk))
    keys = [key for key, _other in together]
    # Not its bare digest: who has a copy could tell from it that this is the one.
    known_by = removed_files.remember(hashed, told["what"])
    body = {"upload": object_id, "uploads": keys, "file": known_by, "pages": pages}
    for _its, other in together:
        _of_log(other, words)
        # At the commit: Wagtail's own way is a task, which waits for its turn. What a crash leaves behind,
        # the next tick finds (left_files.py).
        for file in [other.file, *(one.file for one in _sizes(other))]:
            transaction.on_commit(partial(file.storage.delete, file.name), robust=True)
        other.delete()
    return Removed(len(together) + len(pages) + revisions, body)


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


def _leading_to(together: Sequence[tuple[str, Any]]) -> re.Pattern[str]:
    """Return what finds links to any of them, and places where one stands, in stored rich text."""
    paths, linked, standing = [], [], []
    for key, upload in together:
        kind = key.partition(":")[0]
        paths += [f"/media/{name}" for name in (upload.file.name, *(one.file.name for one in _sizes(upload)))]
        paths += [f"/documents/{upload.pk}/"] if kind == DOCUMENT else []
        linked.append(rf'linktype="{kind}"[^>]*\bid="{upload.pk}"|\bid="{upload.pk}"[^>]*linktype="{kind}"')
        standing.append(rf'(?=[^>]*embedtype="{kind}")(?=[^>]*\bid="{upload.pk}")')
    path = "|".join(re.escape(path) for path in paths)
    leading = rf'<a\b(?=[^>]*(?:href="[^"]*(?:{path})|{"|".join(linked)}))[^>]*>(?P<text>.*?)</a>'
    return re.compile(rf"{leading}|<embed\b(?:{'|'.join(standing)})[^>]*/?>", re.S)


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
