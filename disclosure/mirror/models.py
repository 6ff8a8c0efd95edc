"""What of the mirror is out of date."""

from django.db import models

from portal import clock


class Mark(models.Model):
    """Something that public pages show has changed: written by its transaction, deleted once they are made.

    `what` is the kind and key of what changed (``list:12``, ``page:3``) or ``everything``. Marks are only
    ever added and deleted, never updated: two acts that change one thing do not wait for each other.
    """

    what = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = "待更新的网页"
        verbose_name_plural = "待更新的网页"
