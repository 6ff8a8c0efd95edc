"""Spot checks, what was drawn, and the visits. Written by this room's services alone."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.areas.models import Area
from portal.ledger import written
from portal.people.models import Line, Office, Role
from portal.people.scope import scope_of
from portal.sealing.fields import EncryptedTextField
from workflows.engine.models import Case, InsertOnly
from workflows.programmes.models import Programme
from workflows.rectification.models import Ticket

# Who is drawn is nobody's business but theirs until the visit: officials of the line see no sample.
CHECKING_ROLES = [Role.SUPERVISOR, Role.CITY_ASSESSOR]


class CheckState(models.TextChoices):
    """The seed first, then the draw: what was sealed is never sealed again, only given up, openly."""

    SEEDED = "seeded", _("已封存，等抽样")
    DRAWN = "drawn", _("正在入户")
    CLOSED = "closed", _("已办结")
    ABANDONED = "abandoned", _("没有抽，已作废")


UNDONE_STATES = [CheckState.SEEDED, CheckState.DRAWN]


class SpotCheckQuerySet(models.QuerySet):
    """Chainable choices of spot checks."""

    def visible_to(self, user: Any) -> "SpotCheckQuerySet":
        """Return the checks that the offices of a supervisor or assessor cover; nobody else sees any."""
        found: SpotCheckQuerySet = scope_of(user).filter(self, roles=CHECKING_ROLES)
        return found


# The numbers of its own events are not known while they are written; the binding checks what they lead to.
@written.followed(but=("seed_event", "draw_event"))
class SpotCheck(models.Model):
    """A stratified sample of what a programme paid in an area and a period (both days included).

    Without a programme it is of temporary aid.

    `frame` and `sample` hold ``[stratum, key]``: a village's code and an opaque key, the digest of `salt` and
    the case's number, so that the bundle tells nobody who they are. `take` says how many of each village.
    `seed` (hex) was in the ledger at `seed_event`, with the digest of the frame; `beacon` is the signer's
    signature over it, which nobody could foretell (`portal/ledger/draws.py`).
    """

    number = models.CharField(_("抽查号"), max_length=40, unique=True)
    title = models.CharField(_("名称"), max_length=80)
    programme = models.ForeignKey(
        Programme, models.PROTECT, null=True, related_name="+", verbose_name=_("项目")
    )
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("范围"))
    area_path = models.CharField(max_length=40, db_index=True)
    line = models.CharField(max_length=16, choices=Line)
    first_day = models.DateField(_("从"))
    last_day = models.DateField(_("到"))
    with_unpaid = models.BooleanField(_("连批了还没拨的"), default=False)
    salt = EncryptedTextField()
    frame = models.JSONField()
    take = models.JSONField()
    seed = models.CharField(max_length=64)
    seed_event = models.PositiveBigIntegerField()
    beacon = models.CharField(max_length=200, blank=True)
    sample = models.JSONField(default=list)
    draw_event = models.PositiveBigIntegerField(null=True)
    state = models.CharField(_("状态"), max_length=10, choices=CheckState, default=CheckState.SEEDED)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    drawn_at = models.DateTimeField(null=True)
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    words = EncryptedTextField(_("结论"), blank=True)

    objects = SpotCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("抽查")
        verbose_name_plural = _("抽查")

    def __str__(self) -> str:
        return self.title

    @property
    def money(self) -> str:
        """Whose money was sampled, in words."""
        return str(self.programme) if self.programme else str(_("临时救助"))


@written.followed()
class DrawnCase(InsertOnly):
    """One case that was drawn: which key of the sample it is. Amounts are fen, as they stood at the draw."""

    spot_check = models.ForeignKey(SpotCheck, models.PROTECT, related_name="drawn")
    position = models.PositiveIntegerField()
    key = models.CharField(max_length=64)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    paid_fen = models.BigIntegerField(_("账上拨付（分）"))
    paid_on = models.DateField(_("账上拨付日期"), null=True)

    class Meta(InsertOnly.Meta):
        verbose_name = _("抽中的办件")
        verbose_name_plural = _("抽中的办件")
        constraints = [models.UniqueConstraint(fields=["spot_check", "position"], name="one_draw_a_position")]


class Met(models.TextChoices):
    """Whom the visitors met."""

    HEAD = "head", _("见到户主本人")
    FAMILY = "family", _("见到家里人")
    NOBODY = "nobody", _("没有见到人")


class Told(models.TextChoices):
    """What the household says of the money (XY-44)."""

    FULL = "full", _("收到了，数目对")
    OTHER = "other", _("收到了，数目不对")
    NOTHING = "nothing", _("没有收到")
    UNSURE = "unsure", _("说不清")


class SignedHow(models.TextChoices):
    """How the household stood by what was written down."""

    SELF = "self", _("本人签字")
    HANDPRINT = "handprint", _("本人按手印")
    REFUSED = "refused", _("不愿意签")


@written.followed()
class HomeVisit(InsertOnly):
    """One visit by two people. Of several of one household the last one that met somebody counts.

    `received_fen` is what the household says it received. Files are ``spotvisit:<id>``. `sent_key` is drawn
    by the phone, so that what is sent twice is kept once.
    """

    drawn = models.ForeignKey(DrawnCase, models.PROTECT, related_name="visits")
    visited_on = models.DateField(_("入户日期"))
    first_visitor = models.CharField(_("入户人一"), max_length=40)
    second_visitor = models.CharField(_("入户人二"), max_length=40)
    met = models.CharField(_("见到谁"), max_length=8, choices=Met)
    met_name = EncryptedTextField(_("见到的人"), blank=True)
    told = models.CharField(_("收到没有"), max_length=8, choices=Told, blank=True)
    received_fen = models.BigIntegerField(_("说收到多少（分）"), null=True)
    on_time = models.BooleanField(_("说按时收到"), null=True)
    seen = EncryptedTextField(_("看到的情况"))
    finding = EncryptedTextField(_("查出的问题"), blank=True)
    signed_how = models.CharField(_("怎么签的"), max_length=10, choices=SignedHow, blank=True)
    agrees = models.BooleanField()
    ticket = models.ForeignKey(Ticket, models.PROTECT, null=True, related_name="home_visits")
    sent_key = models.CharField(max_length=40)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)

    class Meta(InsertOnly.Meta):
        verbose_name = _("抽查入户")
        verbose_name_plural = _("抽查入户")
        constraints = [
            models.UniqueConstraint(fields=["recorded_by", "sent_key"], name="one_home_visit_a_sending")
        ]
