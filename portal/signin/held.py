"""A form that waits for a proof: its fields stand in the page that asks, its files sealed on this server.

Nothing that was typed is stored: the page that asks for the proof carries every field, so it survives a
restart, belongs to nobody else, and goes on under the same idempotency key.
"""

import base64
import secrets
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile, SimpleUploadedFile
from django.db.models.functions import Length
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict

from portal import clock
from portal.people.models import User
from portal.sealing.fields import seal, unseal

from .models import HeldFile

PREFIX = "proof-"
FILE = "proof-file"
KEPT_FOR = timedelta(hours=1)
# Of one person's files, so many bytes wait as they are stored: several forms as large as the site takes them.
MOST_BYTES = 200 * 1024 * 1024


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
    if request.FILES:
        _keep_to_limit(user)
    return tokens


def is_held(request: HttpRequest) -> bool:
    """Return whether the form comes from the page that asks for a proof."""
    return request.method == "POST" and any(name.startswith(PREFIX) for name in request.POST)


def restore(request: HttpRequest) -> bool:
    """Let the view behind see the form as it was first sent: without the proof, with its files.

    Return whether all its files are there still. They stay for their hour: a form that is sent twice is to
    be the same form both times.
    """
    user: Any = request.user
    data: QueryDict = request.POST.copy()
    tokens = data.getlist(FILE)
    for name in [name for name in data if name.startswith(PREFIX)]:
        del data[name]
    back: MultiValueDict[str, Any] = MultiValueDict()
    since = clock.now() - KEPT_FOR
    kept = list(HeldFile.objects.filter(user=user, token__in=tokens, held_at__gte=since).order_by("pk"))
    for held in kept:
        content = base64.b64decode(unseal(bytes(held.sealed).decode()))
        kind = held.content_type or "application/octet-stream"
        one: InMemoryUploadedFile = SimpleUploadedFile(held.name or "file", content, kind)
        back.appendlist(held.field, one)
    for field, sent in request.FILES.lists():
        for upload in sent:
            back.appendlist(field, upload)
    # What Django has read of the request; a view reads POST and FILES from there.
    request._post, request._files = data, back
    return {held.token for held in kept} == set(tokens)


def _keep_to_limit(user: User) -> None:
    """Drop the oldest files that wait for `user` beyond what one person may have waiting."""
    total, over = 0, []
    sizes = HeldFile.objects.filter(user=user).order_by("-pk").values_list("pk", Length("sealed"))
    for pk, size in sizes:
        total += size
        if total > MOST_BYTES:
            over.append(pk)
    HeldFile.objects.filter(pk__in=over).delete()


def drop_expired() -> int:
    """Drop files whose form never went on (the clock's job); return how many."""
    count, _by_model = HeldFile.objects.filter(held_at__lt=clock.now() - KEPT_FOR).delete()
    return count
