"""The record of jobs that ran by the clock."""

from django.db import models


class JobRun(models.Model):
    """The last run of one due job. Whoever sets `claimed_until` runs it; until then nobody else does."""

    name = models.CharField(max_length=80, unique=True)
    claimed_until = models.DateTimeField(null=True)
    last_started_at = models.DateTimeField(null=True)
    last_finished_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True, help_text="kind and place, never the message")
