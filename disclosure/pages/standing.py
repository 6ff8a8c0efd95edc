"""Whether a policy is in force on a day: by its own words, its last day, and what repeals or amends it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, PageChooserPanel
from wagtail.models import Orderable

from portal.ledger import written


class Validity(models.TextChoices):
    """有效性 of a policy document; empty where the document does not say."""

    VALID = "valid", _("有效")
    AMENDED = "amended", _("已修改")
    EXPIRED = "expired", _("失效")
    REPEALED = "repealed", _("废止")


# What a record says of a day; the choices are what a document says of itself.
WORDS = {
    Validity.VALID: _("现行有效"),
    Validity.AMENDED: _("已被修改"),
    Validity.EXPIRED: _("已失效"),
    Validity.REPEALED: _("已废止"),
}
# What a reader must know before reading on.
MARKED = (Validity.REPEALED, Validity.EXPIRED, Validity.AMENDED)


class Effect(models.TextChoices):
    """What a newer document does to an older one."""

    REPEALS = "repeals", _("废止")
    AMENDS = "amends", _("修改")


@written.followed()
class PolicyChange(Orderable):
    """A newer document repeals or amends an older one; both say so while the newer is public."""

    newer = ParentalKey(
        "disclosure_pages.PolicyDocumentPage", on_delete=models.CASCADE, related_name="changes"
    )
    older = models.ForeignKey(
        "disclosure_pages.PolicyDocumentPage",
        models.PROTECT,
        related_name="changed_by",
        verbose_name=_("原来的文件"),
    )
    effect = models.CharField(_("怎样"), max_length=8, choices=Effect, default=Effect.REPEALS)
    starts_on = models.DateField(
        _("从哪天起"), null=True, blank=True, help_text=_("留空就是这份文件的发布日期")
    )
    panels = [
        FieldPanel("effect"),
        PageChooserPanel("older", "disclosure_pages.PolicyDocumentPage"),
        FieldPanel("starts_on"),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("废止或修改")

    def day(self) -> date:
        """Return the first day on which the change counts."""
        return self.starts_on or self.newer.published_date or self.newer.signed_date or date.min


@dataclass(frozen=True)
class Standing:
    """How a document stands on a day: its state, a sentence why, and the changes by other documents."""

    state: str
    why: str
    by: Sequence[PolicyChange] = ()

    @property
    def words(self) -> str:
        """The state as the record says it; empty where nobody knows."""
        return str(WORDS[Validity(self.state)]) if self.state else ""

    @property
    def marked(self) -> bool:
        """Whether a reader must know it before reading on."""
        return self.state in MARKED


def standing_of(page: Any, on: date, related: Sequence[PolicyChange]) -> Standing:
    """Return how the policy `page` stands on `on`, given the changes among public documents around it."""
    found = [change for change in related if change.older_id == page.pk]
    changes = sorted(found, key=lambda change: (change.day(), change.pk))
    begun = [change for change in changes if change.day() <= on]
    for effect, state in ((Effect.REPEALS, Validity.REPEALED), (Effect.AMENDS, Validity.AMENDED)):
        by = [change for change in begun if change.effect == effect]
        ended = page.valid_until is not None and page.valid_until < on
        if by and not (ended and effect == Effect.AMENDS):
            return Standing(state, _since(by[0].day()), changes)
    if page.validity in (Validity.REPEALED, Validity.EXPIRED):
        return Standing(page.validity, "", changes)
    if page.valid_until is not None and page.valid_until < on:
        day = page.valid_until
        why = _t("有效期到%(year)s年%(month)s月%(day)s日，已经过了。")
        return Standing(
            Validity.EXPIRED, why % {"year": day.year, "month": day.month, "day": day.day}, changes
        )
    return Standing(page.validity, "", changes)


def over_on(on: date, policy: str = "") -> Q:
    """Return the condition that a policy is repealed or ran out on `on`, as `standing_of` says it of one.

    `policy` leads from the page that is asked about to its policy (``policydocumentpage__``).
    """
    day = Coalesce("starts_on", "newer__published_date", "newer__signed_date")
    repeals = PolicyChange.objects.filter(older=OuterRef("pk"), newer__live=True, effect=Effect.REPEALS)
    begun = repeals.annotate(begins=day).filter(Q(begins=None) | Q(begins__lte=on))
    own = Q(**{f"{policy}validity__in": [Validity.REPEALED, Validity.EXPIRED]})
    return Q(Exists(begun)) | own | Q(**{f"{policy}valid_until__lt": on})


def turning_days(first: date, last: date) -> list[date]:
    """Return the days from `first` to `last` from which on a policy's state reads otherwise."""
    from .policy_pages import PolicyDocumentPage

    ends = PolicyDocumentPage.objects.live().filter(valid_until__isnull=False)
    days = {end + timedelta(days=1) for end in ends.values_list("valid_until", flat=True)}
    days |= {change.day() for change in PolicyChange.objects.filter(newer__live=True).select_related("newer")}
    return sorted(day for day in days if first <= day <= last)


def _since(day: date) -> str:
    if day == date.min:
        return ""
    return _t("从%(year)s年%(month)s月%(day)s日起。") % {"year": day.year, "month": day.month, "day": day.day}
