"""Households, their members, and who of the officials is related to them."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Case, Q, Value, When
from django.db.models.functions import Length, StrIndex, Substr
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from portal import clock
from portal.areas.models import Area
from portal.clock.history import PortalTime
from portal.ledger import written
from portal.people.models import User
from portal.people.scope import scope_of
from portal.sealing.fields import EncryptedTextField
from portal.sealing.keys import keyed_hash
from workflows.registry.labels import label_on

from .choices import ABLE_TO_WORK, Category, Cause, Degree, Labour, Leaving, Sex, Standing

_FIGURES = Value("一二三四五六七八九十")
# 一组, 二组, … 十组, 十一组: by number, where the letters alone would put 三 before 二.
_BY_GROUP = (
    Length("group_name"),
    Case(
        When(Q(group_name__startswith="十") & ~Q(group_name__startswith="十组"), then=Value(1)),
        default=StrIndex(_FIGURES, Substr("group_name", 1, 1)),
    ),
    StrIndex(_FIGURES, Substr("group_name", 2, 1)),
    "group_name",
)


class HouseholdQuerySet(models.QuerySet):
    """Chainable choices of households."""

    def in_order(self) -> "HouseholdQuerySet":
        """Return them village by village, in a village by the number of the group, then as registered."""
        return self.order_by("area_path", *_BY_GROUP, "pk")

    def visible_to(self, user: User) -> "HouseholdQuerySet":
        """Return the households in the areas of `user`'s offices in force today; the line does not matter."""
        return scope_of(user).filter(self, line_field=None)

    def of_subjects(self, subjects: list[str]) -> "HouseholdQuerySet":
        """Return the households that the opaque keys of cases name."""
        prefix = "household:"
        return self.filter(pk__in=[key.removeprefix(prefix) for key in subjects if key.startswith(prefix)])


# All else is compared by the room itself.
@written.followed(only=("head_name_hash",))
class Household(PortalTime, models.Model):
    """One household of a village. Names and numbers are encrypted; `*_hash` columns find them."""

    area = models.ForeignKey(Area, models.PROTECT, verbose_name=_("村"))
    area_path = models.CharField(max_length=40, db_index=True)
    group_name = models.CharField(_("村民小组"), max_length=20)
    category = models.CharField(_("类别"), max_length=20, choices=Category)
    # Health is a private matter, so why a household is poor is encrypted and stands on no public page.
    cause = EncryptedTextField(_("致贫原因"), blank=True, choices=Cause)
    standing = models.CharField(_("在册情况"), max_length=8, choices=Standing, default=Standing.IN)
    standing_since = models.DateField(default=clock.today)
    split_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("从哪一户分出")
    )
    head_name = EncryptedTextField(_("户主姓名"))
    head_name_hash = models.CharField(max_length=64, db_index=True, editable=False)
    phone = EncryptedTextField(_("联系电话"), blank=True)
    bank_card = EncryptedTextField(_("一卡通卡号"), blank=True)
    helper = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("帮扶责任人"),
    )
    registered_on = models.DateField(default=clock.today)

    objects = HouseholdQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("农户")
        verbose_name_plural = _("农户")

    def __str__(self) -> str:
        return f"{self.area} {self.group_name}"

    def get_category_display(self) -> str:
        """Return what the category is called today; `category_on` tells of another day."""
        return self.category_on(clock.today())

    def category_on(self, on: date) -> str:
        """Return what the household's category was called on that date at its place."""
        return label_on(self.category, on, self.area_path)

    @property
    def subject(self) -> str:
        """Return the opaque key by which cases name the household."""
        return f"household:{self.pk}"

    @property
    def card_last4(self) -> str:
        """Return the last four digits of the card, empty where none is known."""
        return self.bank_card[-4:]

    @property
    def present_members(self) -> list["Member"]:
        """Return the members who have not left, the first registered first; they may be prefetched."""
        members = [member for member in self.members.all() if member.left_on is None]
        return sorted(members, key=lambda member: member.pk)

    def public_name(self, on: date) -> str:
        """Return the name that lists may carry: the head's, or another adult's where the head is a minor.

        Empty where no adult is known; a minor is never named (design.md rule 8).
        """
        members = self.present_members
        heads = [member for member in members if member.name == self.head_name]
        if not heads or heads[0].is_adult(on):
            return self.head_name
        return next((member.name for member in members if member.born_on and member.is_adult(on)), "")

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the hash that finds the head's name in step with it."""
        self.head_name_hash = keyed_hash(self.head_name, "name")
        super().save(*args, **kwargs)


written.follow(Household.history.model)


class MemberQuerySet(models.QuerySet):
    """Chainable choices of members."""

    def present(self) -> "MemberQuerySet":
        """Return those who have not left their household."""
        return self.filter(left_on=None)


# All else is compared by the room itself.
@written.followed(
    only=(
        "name_hash",
        "id_hash",
    )
)
class Member(PortalTime, models.Model):
    """A member of a household; the head is one too."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="members")
    name = EncryptedTextField(_("姓名"))
    name_hash = models.CharField(max_length=64, db_index=True, editable=False)
    id_number = EncryptedTextField(_("身份证号"), blank=True)
    id_hash = models.CharField(max_length=64, db_index=True, editable=False)
    relation = models.CharField(_("与户主关系"), max_length=20)
    born_on = models.DateField(_("出生日期"), null=True)
    sex = models.CharField(_("性别"), max_length=6, choices=Sex, blank=True)
    labour = models.CharField(_("劳动能力"), max_length=8, choices=Labour, blank=True)
    # What `labour` says in one word, for queries; alone where only this is known.
    able_to_work = models.BooleanField(_("有劳动能力"), default=True)
    joined_on = models.DateField(_("登记日期"), default=clock.today)
    left_on = models.DateField(_("离户日期"), null=True, blank=True)
    left_why = models.CharField(_("离户原因"), max_length=10, choices=Leaving, blank=True)

    objects = MemberQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("家庭成员")
        verbose_name_plural = _("家庭成员")
        constraints = [
            models.UniqueConstraint(
                fields=["id_hash"],
                condition=~models.Q(id_hash="") & models.Q(left_on=None),
                name="one_household_a_person",
            )
        ]
        # A likely duplicate is found by name and birth.
        indexes = [models.Index(fields=["name_hash", "born_on"])]

    def __str__(self) -> str:
        return f"{self.relation} {self.pk}"

    def is_adult(self, on: date) -> bool:
        """Return whether the member is 18 or older on that date; so where no birth is known."""
        if self.born_on is None:
            return True
        return (
            on.year - self.born_on.year - ((on.month, on.day) < (self.born_on.month, self.born_on.day))
        ) >= 18

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the hashes that find name and number in step with them."""
        if self.labour:
            self.able_to_work = self.labour in ABLE_TO_WORK
        self.name_hash = keyed_hash(self.name, "name")
        self.id_hash = keyed_hash(self.id_number, "id") if self.id_number else ""
        super().save(*args, **kwargs)


written.follow(Member.history.model)


class Kinship(models.Model):
    """An official's declared relation to a household, for recusal (design.md rule 3)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="kinships")
    household = models.ForeignKey(Household, models.PROTECT, related_name="kinships")
    degree = models.CharField(_("关系"), max_length=16, choices=Degree)
    declared_on = models.DateField(default=clock.today)

    class Meta:
        verbose_name = _("亲属关系")
        verbose_name_plural = _("亲属关系")
        constraints = [models.UniqueConstraint(fields=["user", "household"], name="one_kinship_a_pair")]
