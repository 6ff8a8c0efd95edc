"""A form that waits for a proof: its fields stand in the page that asks, its files sealed on this server.

Nothing that was typed is stored: the page that asks for the proof carries every field, so it survives a
restart, belongs to nobody else, and goes on under the same idempotency key.
"""

import base64
import secrets
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile, SimpleUploadedFile
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict

from portal import clock
from portal.sealing.fields import seal, unseal

from .models import HeldFile

PREFIX = "proof-"
FILE = "proof-file"
KEPT_FOR = timedelta(hours=1)


def fields(request: HttpRequest) -> list[tuple[str, str]]:
    """Return name and value of every field of the form that was sent, those of the proof left out."""
    return [
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken" and not name.startswith(PREFIX)
        for value in values
    ]


def files(request: HttpRequest) -> list[str]:
    """Hold the files that came with the form; return the tokens of all that are held for it."""
    user: Any = request.user
    tokens = [token for token in request.POST.getlist(FILE) if len(token) <= 64]
    for field, sent in request.FILES.lists():
        for one in sent:
            token = secrets.token_urlsafe(32)
            HeldFile.objects.create(
                user=user,
                token=token,
                field=field[:200],
                name=one.name or "",
                content_type=(one.content_type or "")[:120],
                sealed=seal(base64.b64encode(one.read()).decode()).encode(),
            )
            tokens.append(token)
    return tokens


def restore(request: HttpRequest) -> None:
    """Let the view behind see the form as it was first sent: without the proof, with its files."""
    user: Any = request.user
    data: QueryDict = request.POST.copy()
    tokens = data.getlist(FILE)
    for name in [name for name in data if name.startswith(PREFIX)]:
        del data[name]
    back: MultiValueDict[str, Any] = MultiValueDict()
    for held in HeldFile.objects.filter(user=user, token__in=tokens).order_by("pk"):
        content = base64.b64decode(unseal(bytes(held.sealed).decode()))
        kind = held.content_type or "application/octet-stream"
        one: InMemoryUploadedFile = SimpleUploadedFile(held.name or "file", content, kind)
        back.appendlist(held.field, one)
    for field, sent in request.FILES.lists():
        for upload in sent:
            back.appendlist(field, upload)
    # What Django has read of the request; a view reads POST and FILES from there.
    request._post, request._files = data, back


def drop_expired() -> int:
    """Drop files whose form never went on (the clock's job); return how many."""
    count, _by_model = HeldFile.objects.filter(held_at__lt=clock.now() - KEPT_FOR).delete()
    return count
