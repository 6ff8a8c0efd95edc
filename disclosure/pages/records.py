"""What is kept of pages for good: index numbers, withdrawals with reasons, and how often pages were read."""

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from portal import clock
from portal.ledger import written


class Kept(models.Model):
    """A row that is written once."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a new row; refuse to change one."""
        if self.pk:
            raise PermissionDenied(_t("已经记下的不能改"))
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Refuse: numbers and withdrawals are never taken back."""
        raise PermissionDenied(_t("已经记下的不能删"))


@written.followed()
class IndexNumber(Kept):
    """An index number and the page that has it for ever. `printed` ones stood in the document itself."""

    page = models.OneToOneField(Page, models.PROTECT, related_name="index_record")
    number = models.CharField(_("索引号"), max_length=60, unique=True)
    issuer = models.CharField(_("发文机关"), max_length=120, blank=True)
    series = models.CharField(max_length=60, blank=True)
    serial = models.PositiveIntegerField(null=True)
    printed = models.BooleanField(default=False)
    issued_on = models.DateField(default=clock.today)

    class Meta:
        verbose_name = _("索引号")
        constraints = [models.UniqueConstraint(fields=["series", "serial"], name="index_numbers_in_a_row")]


@written.followed()
class Withdrawal(Kept):
    """One withdrawal of a page from the site: when, and why in words for the public."""

    page = models.ForeignKey(Page, models.PROTECT, related_name="withdrawals")
    title = models.CharField(_("标题"), max_length=255)
    reason = models.CharField(_("撤下的原因"), max_length=300)
    withdrawn_on = models.DateField(default=clock.today)
    withdrawn_at = models.DateTimeField(default=clock.now)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("撤下的网页")


@written.followed()
class RemovedFile(Kept):
    """By what a public file that two people took out is known again: a keyed hash of it, nothing else of it.

    `what` says which kind of datum stood in it, for whoever brings the same file again.
    """

    digest = models.CharField(max_length=64, unique=True)
    what = models.CharField(_("删去的是什么"), max_length=60)
    removed_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("删去的公开文件")


class PageViews(models.Model):
    """How often an address was read on a day, in both type sizes; of visitors nothing is kept."""

    path = models.CharField(max_length=255)
    day = models.DateField()
    count = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("浏览量")
        constraints = [models.UniqueConstraint(fields=["path", "day"], name="views_of_a_page_on_a_day")]
