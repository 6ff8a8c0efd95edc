"""Loading areas: paths are computed and inserted in bulk, and an area once loaded stays where it is."""

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal import clock
from portal.ledger import written
from portal.ledger.services import Draft, append

from .errors import AreaError, BadRow
from .models import LEVELS, Area
from .rows import Row, read


@dataclass(frozen=True)
class Loaded:
    """What a load did: how many areas came new, were renamed and stayed as they were."""

    created: int
    renamed: int
    unchanged: int


def load(content: bytes, *, valid_from: date | None = None) -> Loaded:
    """Load the divisions of the CSV file `content`; new areas are valid from `valid_from` (default today).

    Any order of rows will do. What is there already stays: its name is brought up to the file's, with an
    event that keeps the old one; another level or parent is refused, since areas never move. Areas that
    the file does not name are left alone. Writes nothing and raises BadRow at the first bad row; a load
    that changes nothing writes no event. Raises AreaError where another load runs at the same time.
    """
    rows = read(content)
    try:
        with transaction.atomic():
            return _load(rows, valid_from or clock.today(), hashlib.sha256(content).hexdigest())
    except IntegrityError as error:
        raise AreaError(_("同时有另一次载入在进行，请等它完成后再载入一次")) from error


def _load(rows: list[Row], valid_from: date, digest: str) -> Loaded:
    known = {area.code: area for area in Area.objects.select_for_update()}
    named = {row.code: row for row in rows}
    for row in rows:
        _check_place(row, named, known)
    new = [row for row in rows if row.code not in known]
    renamed = [row for row in rows if row.code in known and known[row.code].name != row.name]
    drafts = [_renamed(row, known[row.code]) for row in renamed]
    for row in renamed:
        known[row.code].name = row.name
    Area.objects.bulk_update([known[row.code] for row in renamed], ["name"], batch_size=500)
    written.note(*(known[row.code] for row in renamed))
    _insert(new, known, valid_from)
    if new or renamed:
        drafts.append(
            Draft(
                kind="area.loaded",
                object_type="area_file",
                object_id=digest,
                body={
                    "sha256": digest,
                    "created": len(new),
                    "renamed": len(renamed),
                    "valid_from": valid_from.isoformat(),
                },
            )
        )
        append(*drafts)
    return Loaded(len(new), len(renamed), len(rows) - len(new) - len(renamed))


def _check_place(row: Row, named: dict[str, Row], known: dict[str, Area]) -> None:
    """Refuse a row whose parent is unknown or of another level than the next one up, or that would move."""
    old = known.get(row.code)
    if old is not None and old.level != row.level:
        raise BadRow(row.line, _("%s 原来的级别是 %s，级别不能改") % (row.code, old.level))
    if not row.parent_code:
        return
    parent = named.get(row.parent_code) or known.get(row.parent_code)
    if parent is None:
        raise BadRow(row.line, _("找不到上级 %s") % row.parent_code)
    if parent.level != LEVELS[LEVELS.index(row.level) - 1]:
        raise BadRow(row.line, _("%s 的上级 %s 级别是 %s，不对") % (row.code, row.parent_code, parent.level))
    if old is not None:
        above = known.get(row.parent_code)
        if above is None or old.path[: -Area.steplen] != above.path:
            raise BadRow(row.line, _("%s 原来在别的上级之下，区划不能移动") % row.code)


def _insert(new: list[Row], known: dict[str, Area], valid_from: date) -> None:
    """Insert the rows under their parents, siblings by code, behind those that are there already."""
    last_step: dict[str, int] = defaultdict(int)
    for area in known.values():
        above, step = area.path[: -Area.steplen], area.path[-Area.steplen :]
        last_step[above] = max(last_step[above], Area._str2int(step))
    placed = dict(known)
    grown: set[str] = set()
    created: list[Area] = []
    for row in sorted(new, key=lambda row: (LEVELS.index(row.level), row.code)):
        parent = placed.get(row.parent_code)
        above = parent.path if parent else ""
        last_step[above] += 1
        depth = len(above) // Area.steplen + 1
        area = Area(
            code=row.code,
            name=row.name,
            level=row.level,
            valid_from=valid_from,
            path=Area._get_path(above, depth, last_step[above]),
            depth=depth,
            numchild=0,
        )
        placed[row.code] = area
        created.append(area)
        if parent is not None:
            parent.numchild += 1
            if parent.code in known:
                grown.add(parent.code)
    Area.objects.bulk_create(created, batch_size=1000)
    written.note(*created, made=True)
    Area.objects.bulk_update([known[code] for code in sorted(grown)], ["numchild"], batch_size=500)


def _renamed(row: Row, area: Area) -> Draft:
    return Draft(
        kind="area.renamed",
        object_type="area",
        object_id=area.code,
        area_code=area.code,
        body={"from": area.name, "to": row.name},
    )
