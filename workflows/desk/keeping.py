"""Keeping for one person what they typed, saw and often say. Nothing here is an act or has an event.

A draft holds what a villager's household was about to be told, so it is encrypted, belongs to one account,
and expires. Files and secrets of the form are never kept.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from portal import clock
from portal.configuration.services import value
from portal.people.models import User
from workflows.engine.models import Batch

from .keys import DRAFT_DAYS
from .models import Draft, Habit, LastSeen

# What stands in every form and is no content of it.
NOT_KEPT = frozenset(["csrfmiddlewaretoken", "do", "key", "seen_version", "shown_at", "password"])
LONGEST_DRAFT = 400_000
LONGEST_PLACE = 120


class NotKept(Exception):
    """A draft that could not be kept; `str()` says why."""


def keep_draft(*, user: User, place: str, data: Mapping[str, Any], version: int = 0) -> Draft:
    """Keep what `data` (a form) holds for `user` at `place`, in place of what was kept there before.

    Raises NotKept where it is too much. It expires after the setting ``desk.draft_days`` calendar days.
    """
    fields = {name: _said(data, name) for name in data if name not in NOT_KEPT}
    body = json.dumps(fields, ensure_ascii=False)
    if len(body) > LONGEST_DRAFT or len(place) > LONGEST_PLACE:
        raise NotKept(_("填的内容太多，没有暂存；请先办一部分。"))
    kept = {
        "body": body,
        "version": version,
        "saved_at": clock.now(),
        "expires_on": clock.today() + timedelta(days=int(value(DRAFT_DAYS))),
    }
    draft, _made = Draft.objects.update_or_create(user=user, place=place, defaults=kept)
    return draft


def fields_of(body: str | None) -> dict[str, str]:
    """Return the fields that the body of a draft holds; none without one."""
    form = form_of(body)
    return {name: str(form[name]) for name in form}


def form_of(body: str | None) -> QueryDict:
    """Return the fields that the body of a draft holds as a form sends them, several values of one too."""
    form = QueryDict(mutable=True)
    for name, said in (json.loads(body) if body else {}).items():
        form.setlist(name, said if isinstance(said, list) else [said])
    return form


def _said(data: Mapping[str, Any], name: str) -> str | list[str]:
    """Return what `data` says of `name`: a list where several boxes of one name were ticked."""
    several = data.getlist(name) if isinstance(data, QueryDict) else []
    return [str(one) for one in several] if len(several) > 1 else str(data.get(name, ""))


def draft_at(user: User, place: str) -> Draft | None:
    """Return what `user` kept at `place` and has not sent; None without, and once it expired (one query)."""
    return Draft.objects.filter(user=user, place=place, expires_on__gte=clock.today()).first()


def drop_draft(user: User, place: str) -> None:
    """Forget what `user` kept at `place`: it was sent, or is not wanted any more."""
    Draft.objects.filter(user=user, place=place).delete()


def drop_expired() -> int:
    """Forget every draft whose time is over; return how many. Run by the clock."""
    count, _by_model = Draft.objects.filter(expires_on__lt=clock.today()).delete()
    return count


def note_seen(user: User, batch: Batch, shown_at: str) -> None:
    """Keep that `user` saw `batch` as it was at `shown_at`, the moment that its page carried (ISO text).

    Called by what the person sends (an act, 暂存, 看过了), never by opening the page. A moment that cannot
    be read, or lies ahead, or before an earlier look, changes nothing.
    """
    try:
        moment = parse_datetime(shown_at)
    except ValueError:
        moment = None
    if moment is None or timezone.is_naive(moment) or moment > clock.now():
        return
    with transaction.atomic():
        seen, made = LastSeen.objects.select_for_update().get_or_create(
            user=user, batch=batch, defaults={"at": moment}
        )
        if not made and seen.at < moment:
            seen.at = moment
            seen.save(update_fields=["at"])


def last_look(batch: Batch) -> datetime | None:
    """Return when the person last saw `batch` (as `batch_page.find` found it): their look, or their act."""
    moments = [at for at in (getattr(batch, "seen_at", None), getattr(batch, "mine_at", None)) if at]
    return max(moments) if moments else None


def note_phrase(user: User, kind: str, phrase: str) -> None:
    """Count that `user` used `phrase`, one of the usual opinions, at a step of `kind`."""
    with transaction.atomic():
        habit, _made = Habit.objects.select_for_update().get_or_create(user=user)
        counts = habit.phrases.setdefault(kind, {})
        counts[phrase] = counts.get(phrase, 0) + 1
        habit.save(update_fields=["phrases"])
