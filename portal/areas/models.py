"""Areas: city, county, township and village in one tree; areas never move, a merger makes a successor."""

from typing import Any, ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node, MP_NodeManager, MP_NodeQuerySet

from portal.ledger import written

from .errors import AreasStay


class Level(models.TextChoices):
    """Levels of the tree, from the top."""

    CITY = "city", _("市")
    COUNTY = "county", _("县")
    TOWNSHIP = "township", _("乡镇")
    VILLAGE = "village", _("村")


HELD_ROLES = (
    "village_clerk",
    "village_secretary",
    "village_supervision",
    "helper",
    "resident_team",
    "grid_worker",
    "township_reviewer",
    "township_head",
    "county_reviewer",
    "county_head",
    "county_finance",
    "city_assessor",
    "supervisor",
    "editor",
    "system_admin",
    "security_admin",
    "audit_admin",
)
LEVELS = [Level.CITY, Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE]


def path_range(path: str, field: str = "area_path") -> models.Q:
    """Return the condition that `field` lies in the subtree of the area at `path`.

    A range of two comparisons uses the index on SQLite and on PostgreSQL alike (`COLLATE "C"`);
    "~" sorts after every character of a path.
    """
    return models.Q(**{f"{field}__gte": path, f"{field}__lt": path + "~"})


class AreaQuerySet(MP_NodeQuerySet):
    """Chainable choices of areas."""

    def within(self, area: "Area") -> "AreaQuerySet":
        """Return `area` and all below it."""
        return self.filter(path_range(area.path, "path"))

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse, as `Area.delete` does."""
        raise AreasStay

    def in_force(self, on: object) -> "AreaQuerySet":
        """Return the areas valid on the date `on`."""
        return self.filter(valid_from__lte=on).filter(models.Q(valid_to=None) | models.Q(valid_to__gt=on))


class AreaManager(MP_NodeManager.from_queryset(AreaQuerySet)):  # type: ignore[misc]
    """Gives the choices above; the tree library's own manager always answers with its own queryset."""

    def get_queryset(self) -> AreaQuerySet:
        """Return all areas in the order of the tree."""
        return AreaQuerySet(self.model, using=self._db).order_by("path")


@written.followed(but=("numchild",))
class Area(MP_Node):
    """One administrative division. `path` is fixed-width: a prefix is an ancestor."""

    code = models.CharField(
        _("区划代码"), max_length=12, unique=True, validators=[RegexValidator(r"^\d{12}$")]
    )
    name = models.CharField(_("名称"), max_length=60)
    level = models.CharField(_("级别"), max_length=10, choices=Level)
    valid_from = models.DateField(_("启用日期"))
    valid_to = models.DateField(_("停用日期"), null=True, blank=True)
    successor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name=_("并入"))

    node_order_by: list[str] = []
    objects = AreaManager()

    class Meta:
        verbose_name = _("行政区划")
        verbose_name_plural = _("行政区划")
        # One for each role of portal.people: guardian's grants on an area repeat the offices held there.
        permissions: ClassVar = [(f"hold_{role}", f"担任 {role}") for role in HELD_ROLES]

    def __str__(self) -> str:
        return self.name

    def move(self, target: Any, pos: Any = None) -> None:
        """Refuse: cases and offices hold the path."""
        raise AreasStay

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse: what was decided here still points here."""
        raise AreasStay

    def covers(self, path: str) -> bool:
        """Return whether the area at `path` is this one or lies below it."""
        return path.startswith(self.path)
