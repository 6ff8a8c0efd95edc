"""What a user's offices in force cover: the one place where rows and areas are narrowed to a person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from portal import clock
from portal.areas.models import path_range

from .models import ROLES_WITHOUT_CASES, Line, Office, Substitution
from .standing_in import standing_in

_CACHE = "_portal_scope"


@dataclass(frozen=True)
class Scope:
    """The offices of one user in force on one day. No office means nothing (design.md rule 2).

    `stand_ins` are others' offices by which the user acts on cases while those are on leave (`leave`). They
    open nothing: one stands in only for an office of one's own level, area and line.
    """

    on: date
    offices: tuple[Office, ...]
    stand_ins: tuple[Office, ...] = ()

    @property
    def acting(self) -> tuple[Office, ...]:
        """The offices by which the user may act on cases: one's own, then those of people on leave."""
        return (*self.offices, *self.stand_ins)

    @property
    def roles(self) -> frozenset[str]:
        """The roles held, wherever and on whatever line."""
        return frozenset(office.role for office in self.offices)

    def holds(self, role: str | Iterable[str], area_path: str, line: str | None) -> Office | None:
        """Return the office by which the user acts as `role` (or one of several) at `area_path` on `line`.

        `line` None asks for no line. Of several offices the one nearest to the area is returned.
        """
        roles = {role} if isinstance(role, str) else set(role)
        fitting = [
            office
            for office in self.offices
            if office.role in roles
            and office.area.covers(area_path)
            and (line is None or office.line in (Line.ALL, line))
        ]
        return max(fitting, key=lambda office: len(office.area.path), default=None)

    def filter(
        self,
        qs: QuerySet[Any],
        path_field: str = "area_path",
        line_field: str | None = "line",
        roles: Iterable[str] | None = None,
    ) -> QuerySet[Any]:
        """Return the rows of `qs` that the offices (of `roles`, where given) cover; none without an office.

        Administrators and editors see no case data, whatever `roles` says (design.md rule 3). With
        `line_field` None the rows belong to no line and the area alone decides.
        """
        offices = [office for office in self.offices if office.role not in ROLES_WITHOUT_CASES]
        if roles is not None:
            wanted = set(roles)
            offices = [office for office in offices if office.role in wanted]
        condition = _condition(offices, path_field, line_field)
        return qs.none() if condition is None else qs.filter(condition)

    def filter_areas(self, qs: QuerySet[Any], path_field: str = "path") -> QuerySet[Any]:
        """Return the areas (or rows at `path_field`) within any office of the user, whatever its role."""
        condition = _condition(self.offices, path_field, None)
        return qs.none() if condition is None else qs.filter(condition)


def _condition(offices: Iterable[Office], path_field: str, line_field: str | None) -> Q | None:
    """Return the condition that a row lies under one of `offices`, or None where there is none."""
    reach = {
        (office.area.path, Line.ALL.value if line_field is None else str(office.line)) for office in offices
    }
    condition: Q | None = None
    for path, line in sorted(reach):
        # A narrower office under a wider one adds nothing but work for the database.
        if any(
            path.startswith(other) and kind in (Line.ALL, line)
            for other, kind in reach
            if (other, kind) != (path, line)
        ):
            continue
        term = path_range(path, path_field)
        if line != Line.ALL:
            term &= Q(**{str(line_field): line})
        condition = term if condition is None else condition | term
    return condition


def scope_of(user: Any, *, fresh: bool = False) -> Scope:
    """Return the scope of `user` today; empty for a visitor and for an account that was shut.

    Kept on the user instance, which lives as long as the request. A service that decides inside its
    transaction passes `fresh`, so that an office ended a moment ago no longer counts.
    """
    today = clock.today()
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return Scope(today, ())
    kept: Scope | None = getattr(user, _CACHE, None)
    if fresh or kept is None or kept.on != today:
        # One query for both kinds: this is asked on every request.
        away = Substitution.objects.in_force(today).filter(substitute=user)
        held = Office.objects.filter(Q(user=user) | Q(pk__in=away.values("office"))).in_force(today)
        offices = list(held.select_related("area", "user"))
        own = tuple(office for office in offices if office.user_id == user.pk)
        others = (office for office in offices if office.user_id != user.pk and office.user.is_active)
        kept = Scope(
            today, own, tuple(stand_in for office in others for stand_in in standing_in(office, own))
        )
        setattr(user, _CACHE, kept)
    return kept


def forget(user: Any) -> None:
    """Drop the scope kept on the instance `user`."""
    if hasattr(user, _CACHE):
        delattr(user, _CACHE)
