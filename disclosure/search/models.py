"""The index: a row for each title and each paragraph that the public may read."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Entry(models.Model):
    """One passage of one document; position 0 is the title with its place and number, without a paragraph.

    Everything here can be made again from the pages themselves (`manage.py reindex`). `grams` are the tokens
    of title, place and text; the databases' own full text index stands on that column alone and follows it
    by itself (docs/search.md). A document's own fields stand on each of its rows, so that one table answers.
    """

    document = models.CharField(max_length=80)
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=16)
    path = models.CharField(max_length=500)
    anchor = models.CharField(max_length=80, blank=True)
    area_path = models.CharField(max_length=40, blank=True)
    place = models.CharField(max_length=200, blank=True)
    on = models.DateField(null=True)
    mark = models.CharField(max_length=20, blank=True)
    revision = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=255)
    text = models.TextField(blank=True)
    grams = models.TextField()

    class Meta:
        verbose_name = _("搜索条目")
        verbose_name_plural = _("搜索条目")
        constraints = [models.UniqueConstraint(fields=["document", "position"], name="one_entry_a_position")]
