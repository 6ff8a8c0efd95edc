"""How long batches stay at steps, and what was said about it. Written only by this room's services."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from disclosure.publicity.models import Objection
from portal import clock
from portal.ledger import written
from workflows.engine.models import Batch, InsertOnly


# When the clock looks at it again is no act.
@written.followed(but=("next_on",))
class Stay(models.Model):
    """One stay of a batch at a step, from entering it to leaving it. Days are working days.

    `due_on` and `yellow_on` are the step's, empty while nobody has to act. `paused_on` is the day from which
    the clock stands still (a list is published), `paused_days` what stood still before. `total_due_on` and
    `total_yellow_on` are those of the whole way, carried from stay to stay and empty where none is set.
    `next_on` is the next day on which somebody may have to be told; empty where nobody will.
    """

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="stays")
    flow_key = models.CharField(max_length=48)
    step = models.CharField(max_length=32)
    round = models.PositiveSmallIntegerField()
    entered_at = models.DateTimeField()
    due_on = models.DateField(null=True)
    yellow_on = models.DateField(null=True)
    paused_on = models.DateField(null=True)
    paused_days = models.PositiveIntegerField(default=0)
    total_from = models.DateField()
    total_due_on = models.DateField(null=True)
    total_yellow_on = models.DateField(null=True)
    next_on = models.DateField(null=True)
    left_at = models.DateTimeField(null=True)
    spent_days = models.PositiveIntegerField(null=True)

    class Meta:
        verbose_name = _("停留")
        verbose_name_plural = _("停留")
        constraints = [
            models.UniqueConstraint(
                fields=["batch"], condition=models.Q(left_at=None), name="one_stay_at_a_time"
            )
        ]
        indexes = [
            models.Index(
                fields=["next_on"], condition=models.Q(next_on__isnull=False), name="stays_to_be_told"
            ),
            models.Index(fields=["left_at", "flow_key", "step", "spent_days"], name="stays_by_step"),
        ]


class Mark(models.TextChoices):
    """What somebody was told of."""

    YELLOW = "yellow", _("快到期提醒")
    RED = "red", _("超期提醒")
    AGAIN = "again", _("超期再次提醒")
    ESCALATED = "escalated", _("超期上报")
    TOTAL_YELLOW = "total_yellow", _("总时限快到提醒")
    TOTAL_RED = "total_red", _("超过总时限上报")


ESCALATING = [Mark.ESCALATED, Mark.TOTAL_RED]


class OwedReminder(InsertOnly):
    """One telling of a list that waits for its correction after an upheld objection, once for each mark.

    As `Reminder`, which is of a batch.
    """

    objection = models.ForeignKey(Objection, models.PROTECT, related_name="owed_reminders")
    mark = models.CharField(max_length=12, choices=Mark)
    number = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField(default=clock.now)
    days = models.PositiveIntegerField(default=0, help_text="working days past the deadline")
    told = models.JSONField(default=list)

    class Meta(InsertOnly.Meta):
        verbose_name = _("更正提醒")
        verbose_name_plural = _("更正提醒")
        constraints = [
            models.UniqueConstraint(fields=["objection", "mark", "number"], name="told_once_of_what_is_owed")
        ]


class Reminder(InsertOnly):
    """One telling, once for each mark of a stay: `told` are names with offices, empty where nobody holds one.

    `number` counts repeated reminders, and of escalations the levels above.
    """

    stay = models.ForeignKey(Stay, models.PROTECT, related_name="reminders")
    mark = models.CharField(max_length=12, choices=Mark)
    number = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField(default=clock.now)
    days = models.PositiveIntegerField(default=0, help_text="working days past the deadline")
    told = models.JSONField(default=list)

    class Meta(InsertOnly.Meta):
        verbose_name = _("提醒")
        verbose_name_plural = _("提醒")
        constraints = [models.UniqueConstraint(fields=["stay", "mark", "number"], name="told_once")]
