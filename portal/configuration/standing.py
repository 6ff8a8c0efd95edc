"""How each setting stands at an area: what is in force and on whose word, what waits, what was before."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from portal import clock
from portal.areas.models import Area, path_range

from .keys import Key
from .models import Setting
from .services import unverified, value


@dataclass
class Standing:
    """One key at an area: `setting` is what gives the value in force, None where the default does.

    `waiting` are proposals for the area or below it that may still be confirmed, `coming` what is confirmed
    for a later date, `elsewhere` what is in force for places below, `history` all of it, the newest first.
    """

    key: Key
    value: Any
    unverified: bool
    setting: Setting | None = None
    waiting: list[Setting] = field(default_factory=list)
    coming: list[Setting] = field(default_factory=list)
    elsewhere: list[Setting] = field(default_factory=list)
    history: list[Setting] = field(default_factory=list)

    @property
    def source(self) -> Any:
        """Where the value in force comes from."""
        return self.setting.source if self.setting else self.key.source


def standing(keys: Sequence[Key], area: Area | None) -> list[Standing]:
    """Return how each of `keys` stands at `area` (the whole installation for None): one query for all."""
    path = area.path if area else ""
    above = [path[:end] for end in range(Area.steplen, len(path) + 1, Area.steplen)]
    near = Q(area=None) | Q(area__path__in=above)
    if area is not None:
        near |= path_range(path, "area__path")
    rows = Setting.objects.filter(near, key__in=[key.name for key in keys])
    rows = rows.select_related("area", "proposed_by", "confirmed_by", "turned_down_by").order_by(
        "-proposed_at", "-pk"
    )
    found: dict[str, Standing] = {
        key.name: Standing(key, value(key.name, area), unverified(key.name, area)) for key in keys
    }
    for row in rows:
        found[row.key].history.append(row)
    for one in found.values():
        _sort(one, path)
    return list(found.values())


def _sort(one: Standing, path: str) -> None:
    today = clock.today()
    # Of one place the latest date counts, of one date what was confirmed last: as `services.value` reads.
    confirmed = sorted(
        (row for row in one.history if row.confirmed_at),
        key=lambda row: (row.valid_from, row.confirmed_at, row.pk),
    )
    open_ = [row for row in one.history if not row.confirmed_at and not row.turned_down_at]
    one.waiting = [row for row in open_ if row.valid_from >= today]
    one.coming = [row for row in confirmed if row.valid_from > today]
    latest = {_path(row): row for row in confirmed if row.valid_from <= today}
    here = [place for place in latest if path.startswith(place)]
    one.setting = latest[max(here, key=len)] if here else None
    one.elsewhere = [row for place, row in sorted(latest.items()) if not path.startswith(place)]


def _path(setting: Setting) -> str:
    return setting.area.path if setting.area else ""
