"""The full name of an area: county, township and village, as people say it."""

import re
from collections.abc import Iterable

from .models import Area, Level

# 330383: villages that hang straight under a county stand, in statistics, under a township of this name.
PLACEHOLDER = "直辖村级区划"
TOWNSHIP_WORD = re.compile("[乡镇]|街道|办事处")


def full_names(areas: Iterable[Area]) -> dict[str, str]:
    """Return the full name of each of `areas` by its code, at the cost of one query for all of them."""
    wanted = list(areas)
    paths = {
        area.path[:end] for area in wanted for end in range(2 * Area.steplen, len(area.path), Area.steplen)
    }
    above = dict(Area.objects.filter(path__in=paths).values_list("path", "name")) if paths else {}
    return {area.code: _joined(area, above) for area in wanted}


def full_name(area: Area) -> str:
    """Return the full name of one area (one query); for several use `full_names`."""
    return full_names([area])[area.code]


def _joined(area: Area, above: dict[str, str]) -> str:
    if area.level in (Level.CITY, Level.COUNTY):
        return area.name
    ends = range(2 * Area.steplen, len(area.path), Area.steplen)
    upper = [above[area.path[:end]] for end in ends]
    upper = [name for name in upper if not name.endswith(PLACEHOLDER)]
    name = area.name
    # Some statistical names begin with the township, others with all from the county or even the province on,
    # and may there call the township otherwise than its own row does.
    if upper and upper[0] in name:
        from_county = name[name.index(upper[0]) :]
        if len(upper) == 1 or TOWNSHIP_WORD.search(from_county, len(upper[0])):
            return from_county
    if len(upper) == 2 and name.startswith(upper[1]):
        return upper[0] + name
    return "".join(upper) + name
