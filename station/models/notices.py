"""Policies in plain words, news, and the letter to the newcomers."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from station.models.places import Community, Station


class NoticeQuerySet(models.QuerySet):
    def visible_to(self, user, permission="station.view_notice"):
        return self.filter(user.scope_for(permission).q(community="community"))

    def at(self, station, community):
        """What a visitor of this station of this community should know: for it alone, or for the whole community."""
        return self.filter(Q(station=None) | Q(station=station), community=community)

    def published(self, at=None):
        now = at or timezone.now()
        return self.filter(Q(published_at__lte=now) & (Q(expires_at__isnull=True) | Q(expires_at__gt=now)))

    def news(self):
        """All but the letter, which has a page of its own."""
        return self.exclude(kind=Notice.Kind.LETTER)


class Notice(models.Model):
    """One notice. `body` is Markdown; an empty line starts a new paragraph."""

    class Kind(models.TextChoices):
        POLICY = "policy", _("政策明白话")
        NEWS = "news", _("社区消息")
        LETTER = "letter", _("一封信")

    community = models.ForeignKey(Community, models.PROTECT, related_name="notices", verbose_name=_("社区"))
    station = models.ForeignKey(
        Station, models.CASCADE, null=True, blank=True, related_name="notices", verbose_name=_("只给这个驿站")
    )
    kind = models.CharField(_("类别"), max_length=10, choices=Kind, default=Kind.NEWS)
    title = models.CharField(_("标题"), max_length=60)
    body = models.TextField(_("正文"), max_length=5000)
    signed = models.CharField(_("落款"), max_length=60, blank=True)
    pinned = models.BooleanField(_("置顶"), default=False)
    published_at = models.DateTimeField(_("发布时间"), default=timezone.now)
    expires_at = models.DateTimeField(_("到期时间"), null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("公告")
        ordering = ["-pinned", "-published_at"]
        indexes = [models.Index(fields=["-pinned", "-published_at"], name="notice_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True) | Q(expires_at__gt=models.F("published_at")),
                name="notice_expires_later",
                violation_error_message=_("到期时间要晚于发布时间。"),
            )
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("letter") if self.kind == self.Kind.LETTER else reverse("notice-detail", args=[self.pk])


class NoticeAttachmentQuerySet(models.QuerySet):
    def visible_to(self, user, permission="station.view_noticeattachment"):
        return self.filter(user.scope_for(permission).q(community="notice__community"))


class NoticeAttachment(models.Model):
    """One file to a notice, stored under a random name and handed out under the one it came with."""

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="attachments", verbose_name=_("公告"))
    file = models.FileField(_("文件"), upload_to="notices/")
    name = models.CharField(_("文件名"), max_length=120, editable=False)
    size_bytes = models.PositiveIntegerField(_("大小"), default=0, editable=False)
    added_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = NoticeAttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("附件")
        ordering = ["notice", "pk"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("notice-file", args=[self.notice_id, self.pk])
