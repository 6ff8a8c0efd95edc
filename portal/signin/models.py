"""Sessions as their person and the security administrator see them, and files held during a step-up."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.people.models import User
from portal.sealing.fields import EncryptedTextField


class EndedBy(models.TextChoices):
    """Why a session is over before its time."""

    SIGNED_OUT = "signed_out", _("本人退出")
    DISPLACED = "displaced", _("在别处登录，超过了能同时登录的数目")
    PERSON = "person", _("本人在别处结束")
    ADMINISTRATOR = "administrator", _("安全管理员结束")
    FACTORS_RESET = "factors_reset", _("清除了第二道验证")
    SUSPENDED = "suspended", _("账号停用")


class LiveSession(models.Model):
    """One sign-in: from where, with what, since when. The key lets it be ended at once from elsewhere."""

    user = models.ForeignKey(User, models.CASCADE, related_name="sign_ins")
    key = EncryptedTextField()
    address = EncryptedTextField(blank=True)
    # Keyed hash of the address: whether two are the same can be told without reading either.
    address_mark = models.CharField(max_length=64)
    browser = models.CharField(max_length=60)
    proved_by = models.CharField(max_length=20)
    started_at = models.DateTimeField(default=clock.now)
    seen_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=20, choices=EndedBy, blank=True)

    class Meta:
        verbose_name = _("登录")
        verbose_name_plural = _("登录")
        indexes = [models.Index(fields=["user", "ended_at", "seen_at"])]

    def __str__(self) -> str:
        return f"{self.browser} {self.started_at:%Y-%m-%d %H:%M}"


class HeldFile(models.Model):
    """A file of a form that waits for a proof: sealed, its person's alone, gone within the hour."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    token = models.CharField(max_length=64, unique=True)
    field = models.CharField(max_length=200)
    name = EncryptedTextField()
    content_type = models.CharField(max_length=120, blank=True)
    sealed = models.BinaryField()
    held_at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        verbose_name = _("等待验证的附件")
        verbose_name_plural = _("等待验证的附件")

    def __str__(self) -> str:
        return str(self.pk)
