"""Messages waiting to be sent, and the sign-in codes that are the first of them."""

from uuid import uuid4

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from station.lib.crypto import EncryptedTextField


class OutboxMessage(models.Model):
    """One message to one phone, written with the change that caused it and sent afterwards."""

    uid = models.UUIDField(default=uuid4, unique=True, editable=False)
    kind = models.CharField(_("种类"), max_length=40)
    to_phone = EncryptedTextField(_("收件手机"), label="station.outboxmessage.to_phone", max_length=20, blank=True)
    body = EncryptedTextField(_("正文"), label="station.outboxmessage.body", max_length=500)
    created_at = models.DateTimeField(_("写下时间"), default=timezone.now)
    sent_at = models.DateTimeField(_("发出时间"), null=True, blank=True)
    error = models.CharField(_("失败原因"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("待发消息")
        ordering = ["created_at"]
        indexes = [models.Index(fields=["created_at"], condition=models.Q(sent_at__isnull=True), name="outbox_unsent")]

    def __str__(self):
        return f"{self.kind} {timezone.localtime(self.created_at):%Y-%m-%d %H:%M}"


class SignInCodeQuerySet(models.QuerySet):
    def usable(self, at=None):
        now = at or timezone.now()
        return self.filter(used_at__isnull=True, expires_at__gt=now)


class SignInCode(models.Model):
    """One six-digit code sent to one phone, good once, in the browser that asked. Only keyed hashes are kept."""

    phone_index = models.CharField(max_length=64, db_index=True)
    code_hash = models.CharField(max_length=64)
    browser_hash = models.CharField(max_length=64)
    address_hash = models.CharField(max_length=64, db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    objects = SignInCodeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("登录验证码")
        ordering = ["-created_at"]

    def __str__(self):
        return f"{timezone.localtime(self.created_at):%Y-%m-%d %H:%M}"
