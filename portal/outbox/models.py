"""Messages to officials, written in the transaction of the act they tell of."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal import clock


class Message(models.Model):
    """One message to one person; it names no household and carries no personal data.

    `delivered_at` is when it stood on the person's desk, `mailed_at` when the mail that points to it went
    out. As long as something is still to be done, `next_attempt_at` says when the clock tries again.
    """

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="messages")
    title = models.CharField(_("标题"), max_length=120)
    link = models.CharField(max_length=200, blank=True)
    queued_at = models.DateTimeField(default=clock.now)
    delivered_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("消息")
        verbose_name_plural = _("消息")
        indexes = [
            models.Index(fields=["recipient", "read_at"]),
            models.Index(
                fields=["next_attempt_at"],
                condition=models.Q(next_attempt_at__isnull=False),
                name="outbox_unfinished",
            ),
        ]

    def __str__(self) -> str:
        return self.title
