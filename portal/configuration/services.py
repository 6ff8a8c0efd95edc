"""Reading settings by area and date, and changing them with two persons.

A value is looked up from the area upwards to the whole installation; of several from the same area the
one that applies latest counts, and only confirmed ones count at all. Without any, the registered default
holds, and `unverified` tells whether that default still waits for the county's word.

Reading is cheap: the process keeps all confirmed settings (a county has hundreds, not thousands) and asks
the database at most every ``CONFIGURATION_RECHECK_SECONDS`` whether there is one more. Inside a
transaction that changed a setting the database is read each time.
"""

import copy
import json
import time
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from portal import clock
from portal.areas.models import Area, Level
from portal.ledger.services import Draft, append
from portal.people.models import Office, Role, User
from portal.people.scope import scope_of

from .errors import AlreadyConfirmed, BadValue, NotYourSetting, ReasonMissing, SamePerson, TurnedDown
from .keys import Key, get, register
from .models import Setting

__all__ = ["Held", "confirm", "forget", "propose", "register", "turn_down", "unverified", "value"]
LONGEST_REASON = 200


@dataclass
class Held:
    """The confirmed settings: for each key its rows as (path, valid_from, order, value)."""

    count: int = -1
    rows: dict[str, list[tuple[str, date, int, Any]]] = field(default_factory=dict)
    checked: float = 0.0


_held = Held()


def forget(**_signal: Any) -> None:
    """Drop what this process keeps, so that the next reading asks the database."""
    global _held
    _held = Held()


def _changed_here() -> bool:
    """Return whether the open transaction changed a setting; a rollback takes its hooks away with it."""
    return any(hook[1] is forget for hook in connection.run_on_commit)


def note_change(**_signal: Any) -> None:
    """A setting was saved: read the database until the transaction ends, then drop what was kept."""
    transaction.on_commit(forget)


def _load() -> Held:
    confirmed = Setting.objects.exclude(confirmed_at=None).order_by("confirmed_at", "pk")
    loaded = Held(checked=time.monotonic())
    fields = ("key", "area__path", "valid_from", "value")
    for order, (key, path, valid_from, held_value) in enumerate(confirmed.values_list(*fields)):
        loaded.rows.setdefault(key, []).append((path or "", valid_from, order, held_value))
        loaded.count = order
    loaded.count += 1
    return loaded


def _confirmed() -> Held:
    global _held
    if _changed_here():
        return _load()
    kept = _held
    recheck = settings.CONFIGURATION_RECHECK_SECONDS
    if kept.count < 0:
        _held = kept = _load()
    elif recheck is not None and time.monotonic() - kept.checked > recheck:
        # Nothing is ever deleted or unconfirmed, so the count alone tells whether there is something new.
        if Setting.objects.exclude(confirmed_at=None).count() == kept.count:
            kept.checked = time.monotonic()
        else:
            _held = kept = _load()
    return kept


def _found(key: str, area: Area | str | None, on: date | None) -> tuple[bool, Any]:
    path = area.path if isinstance(area, Area) else area or ""
    day = on or clock.today()
    rows = [row for row in _confirmed().rows.get(key, []) if path.startswith(row[0]) and row[1] <= day]
    if not rows:
        return False, None
    nearest = max(rows, key=lambda row: (len(row[0]), row[1], row[2]))
    return True, nearest[3]


def value(key: str, area: Area | str | None = None, on: date | None = None) -> Any:
    """Return the value of `key` at `area` (or the area's path) on the date `on` (today unless given).

    Raises UnknownKey where no room registered the key. A list or mapping is the caller's own copy.
    """
    registered = get(key)
    found, held_value = _found(key, area, on)
    return copy.deepcopy(held_value if found else registered.default)


def unverified(key: str, area: Area | str | None = None, on: date | None = None) -> bool:
    """Return whether the value at `area` is a default whose source nobody has confirmed yet."""
    registered = get(key)
    return not registered.verified and not _found(key, area, on)[0]


def propose(*, by: User, key: str, area: Area | None, value: Any, valid_from: date, source: str) -> Setting:
    """Propose `value` for `key` at `area` from the date `valid_from`; it counts once `confirm` is called.

    A key of business is proposed by a county reviewer for an area of that county; a technical key by a
    system administrator for the whole installation. Raises UnknownKey, NotYourSetting, BadValue.
    """
    registered = get(key)
    with transaction.atomic():
        office = _office_for(by, registered, area, first=True)
        value = registered.clean(value) if registered.clean else value
        _check_value(registered, value)
        _check_dates(valid_from)
        if not source.strip():
            raise BadValue(_("请写明依据，例如文件名和文号"))
        setting = Setting.objects.create(
            key=key,
            area=area,
            value=value,
            valid_from=valid_from,
            source=source.strip(),
            proposed_by=by,
            proposed_at=clock.now(),
        )
        append(_draft("setting.proposed", setting, by, office))
    return setting


def confirm(*, by: User, setting: Setting) -> Setting:
    """Confirm a proposed setting as its second person; from then on it counts from its date.

    The county head confirms keys of business, the security administrator technical ones. Raises
    AlreadyConfirmed, TurnedDown, SamePerson, NotYourSetting, BadValue where its date has passed meanwhile.
    """
    with transaction.atomic():
        locked = _still_open(setting)
        if locked.proposed_by_id == by.pk:
            raise SamePerson(_("提出的人不能自己确认，请由另一位负责人确认"))
        registered = get(locked.key)
        office = _office_for(by, registered, locked.area, first=False)
        _check_value(registered, locked.value)
        _check_dates(locked.valid_from)
        locked.confirmed_by = by
        locked.confirmed_at = clock.now()
        locked.save(update_fields=["confirmed_by", "confirmed_at"])
        append(_draft("setting.confirmed", locked, by, office))
    return locked


def turn_down(*, by: User, setting: Setting, reason: str) -> Setting:
    """Turn down a proposed setting with a reason: what was in force stays, and it never counts.

    By whoever could confirm it, or by the person who proposed it and withdraws it. Raises AlreadyConfirmed,
    TurnedDown, ReasonMissing, NotYourSetting.
    """
    why = reason.strip()[:LONGEST_REASON]
    with transaction.atomic():
        locked = _still_open(setting)
        if not why:
            raise ReasonMissing(_("不采用要写明理由，让提出的人知道改什么"))
        own = locked.proposed_by_id == by.pk
        office = _office_for(by, get(locked.key), locked.area, first=own)
        locked.turned_down_by = by
        locked.turned_down_at = clock.now()
        locked.turned_down_why = why
        locked.save(update_fields=["turned_down_by", "turned_down_at", "turned_down_why"])
        append(_draft("setting.turned_down", locked, by, office, reason=why))
    return locked


def _still_open(setting: Setting) -> Setting:
    """Return `setting` locked; AlreadyConfirmed or TurnedDown where nothing is left to decide."""
    # The lock is on the setting alone: PostgreSQL refuses it for the outer side of a join.
    locked = Setting.objects.select_for_update().get(pk=setting.pk)
    if locked.confirmed_at is not None:
        raise AlreadyConfirmed(_("这一项已经确认过了"))
    if locked.turned_down_at is not None:
        raise TurnedDown(_("这一项已经不采用了，要用请重新提出"))
    return locked


def _office_for(by: User, key: Key, area: Area | None, *, first: bool) -> Office:
    """Return the office by which `by` proposes (`first`) or confirms; NotYourSetting where there is none."""
    scope = scope_of(by, fresh=True)
    if key.technical:
        if area is not None:
            raise BadValue(_("这一项是系统参数，只对整个系统设定，请不要选区划"))
        role = Role.SYSTEM_ADMIN if first else Role.SECURITY_ADMIN
        office = next((held for held in scope.offices if held.role == role), None)
    else:
        if area is None or area.level == Level.CITY:
            raise BadValue(_("业务参数按县设定，请选择县或县以下的区划"))
        role = Role.COUNTY_REVIEWER if first else Role.COUNTY_HEAD
        office = scope.holds(role, area.path, None)
    if office is None:
        raise NotYourSetting(_("这一项要由%(role)s来办，请转给担任这一职务的人") % {"role": role.label})
    return office


def _check_dates(valid_from: date) -> None:
    if valid_from < clock.today():
        raise BadValue(_("启用日期已经过去，改变不了已办的事，请改成今天或以后"))


def _check_value(key: Key, proposed: Any) -> None:
    """Refuse a value of another kind than the default, and what the key's own check complains of."""
    if key.default is not None and type(proposed) is not type(key.default):
        raise BadValue(_("“%(label)s”的值类型不对，请照原来的样子填写") % {"label": key.label})
    try:
        as_text(proposed)
    except (TypeError, ValueError):
        raise BadValue(_("“%(label)s”的值不能保存，请照原来的样子填写") % {"label": key.label}) from None
    complaint = key.check(proposed) if key.check else None
    if complaint:
        raise BadValue(complaint)


def as_text(proposed: Any) -> str:
    """Return a value as the ledger has it: one text for one value."""
    return json.dumps(proposed, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _draft(kind: str, setting: Setting, by: User, office: Office, **more: str) -> Draft:
    return Draft(
        kind=kind,
        object_type="setting",
        object_id=str(setting.pk),
        actor=by,
        office=office,
        area_code=setting.area.code if setting.area else "",
        body={
            "key": setting.key,
            # As text: a value may hold what the ledger's own records may not.
            "value": as_text(setting.value),
            "valid_from": setting.valid_from.isoformat(),
            "source": setting.source,
            **more,
        },
    )
