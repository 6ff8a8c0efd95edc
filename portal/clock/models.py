"""The record of jobs that ran by the clock."""

from django.db import models


class JobRun(models.Model):
    """The last run of one due job; its row is locked while the job runs, so two ticks never run it at once."""

    name = models.CharField(max_length=80, unique=True)
    last_started_at = models.DateTimeField(null=True)
    last_finished_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
