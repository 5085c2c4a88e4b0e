"""Survey rounds (摸排): what is to be checked, what was found, how many letters were handed out."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ledger.models.enterprises import Enterprise
from ledger.models.entries import Channel
from ledger.models.workers import Worker
from station.models import Community


class SurveyRoundQuerySet(models.QuerySet):
    def visible_to(self, user, permission="ledger.view_surveyround"):
        """The rounds of every community in which `user` has at least one grid to look after."""
        return self.filter(community__in=Community.objects.visible_to(user, permission).order_by())

    def running(self):
        return self.filter(state=SurveyRound.State.OPEN)

    def before(self, survey):
        """The rounds of the same community that came before `survey`, the newest first."""
        earlier = Q(starts_on__lt=survey.starts_on) | Q(starts_on=survey.starts_on, pk__lt=survey.pk)
        return self.filter(earlier, community=survey.community_id).order_by("-starts_on", "-pk")

    def with_progress(self, user):
        """With `total` entries and how many are `done`, both of what `user` may see."""
        mine = user.scope_for("ledger.view_surveyentry").q(community="community", grid="entries__grid")
        checked = ~Q(entries__result=SurveyEntry.Result.TO_CHECK)
        return self.annotate(
            total=models.Count("entries", filter=mine),
            done=models.Count("entries", filter=mine & checked),
        )


def every_channel():
    """A round that says nothing else goes through all channels."""
    return list(Channel.values)


def validate_channels(values):
    """Raises ValidationError for anything but a list of known channels, at least one."""
    if not isinstance(values, list) or not values or set(map(str, values)) - set(Channel.values):
        raise ValidationError(_("请选至少一种渠道。"), code="channels")


class SurveyRound(models.Model):
    """One sweep through a community, in which every active entry is checked once."""

    class State(models.TextChoices):
        OPEN = "open", _("进行中")
        CLOSED = "closed", _("已结束")

    TRANSITIONS = {State.OPEN: {State.CLOSED}, State.CLOSED: set()}

    community = models.ForeignKey(
        "station.Community", models.PROTECT, related_name="survey_rounds", verbose_name=_("社区")
    )
    title = models.CharField(_("名称"), max_length=60)
    starts_on = models.DateField(_("开始"), default=timezone.localdate)
    ends_on = models.DateField(_("计划结束"))
    checklist = models.TextField(
        _("核对清单"),
        max_length=1000,
        blank=True,
        help_text=_("一行一项，网格员上门时照着问，例如：还在这里跑单吗？电话换了没有？有什么难处？"),
    )
    channels = models.JSONField(_("渠道"), default=every_channel, validators=[validate_channels])
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.OPEN, editable=False)
    closed_at = models.DateTimeField(_("结束时间"), null=True, blank=True, editable=False)
    closing_reason = models.CharField(_("未查完的说明"), max_length=200, blank=True, editable=False)

    objects = SurveyRoundQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("摸排")
        ordering = ["-starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["community"],
                condition=Q(state="open"),
                name="survey_one_open_round",
                violation_error_message=_("上一轮摸排还没结束，先结束它再开新的。"),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("starts_on")),
                name="survey_ends_after_start",
                violation_error_message=_("结束日期早于开始日期。"),
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def questions(self):
        """The checklist, one question each."""
        return [line.strip() for line in self.checklist.splitlines() if line.strip()]

    @property
    def channel_choices(self):
        """(value, label) of the channels this round goes through, in the order of `Channel`."""
        return [choice for choice in Channel.choices if choice[0] in self.channels]

    @property
    def usual_channel(self):
        """The channel a check went through unless somebody says otherwise: the door, where this round goes to doors."""
        return Channel.DOOR if Channel.DOOR in self.channels else self.channel_choices[0][0]


class SurveyEntryQuerySet(models.QuerySet):
    def visible_to(self, user, permission="ledger.view_surveyentry"):
        """Those of rounds in his communities, found from these rounds: joined, a database may read all entries."""
        scope = user.scope_for(permission)
        if scope.everything or not (scope.communities or scope.streets):
            return self.filter(scope.q(grid="grid"))
        rounds = SurveyRound.objects.filter(scope.q(community="community")).order_by()
        return self.filter(Q(round__in=rounds) | scope.q(grid="grid"))

    def running(self):
        """Those of rounds that are still open."""
        return self.filter(round__state=SurveyRound.State.OPEN)

    def to_check(self):
        return self.filter(result=SurveyEntry.Result.TO_CHECK)

    def unexplained(self):
        """To be checked, and nobody has said why they are not."""
        return self.to_check().filter(note="")

    def progress_by_grid(self):
        """One dict a grid, in order: grid (id or None), number, total, done, and one count a result but to_check."""
        results = SurveyEntry.Result
        counts = {r.value: models.Count("pk", filter=Q(result=r)) for r in results if r != results.TO_CHECK}
        return (
            self.order_by()
            .values("grid", number=models.F("grid__number"))
            .annotate(
                total=models.Count("pk"),
                done=models.Count("pk", filter=~Q(result=results.TO_CHECK)),
                explained=models.Count("pk", filter=Q(result=results.TO_CHECK) & ~Q(note="")),
                **counts,
            )
            .order_by(models.F("grid__number").asc(nulls_last=True))
        )


class SurveyEntry(models.Model):
    """One entry of the ledger in one round: to be checked, or what was found."""

    class Result(models.TextChoices):
        TO_CHECK = "to_check", _("待核查")
        CONFIRMED = "confirmed", _("无变化")
        CHANGED = "changed", _("有变化")
        LEFT = "left", _("已离开")
        NEW = "new", _("新发现")
        RETURNED = "returned", _("又回来了")

    ADDED = {Result.NEW, Result.RETURNED}  # what was not in the ledger when the round was opened

    round = models.ForeignKey(SurveyRound, models.PROTECT, related_name="entries", verbose_name=_("摸排"))
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, blank=True, related_name="survey_entries", verbose_name=_("企业")
    )
    worker = models.ForeignKey(
        Worker, models.PROTECT, null=True, blank=True, related_name="survey_entries", verbose_name=_("人员")
    )
    grid = models.ForeignKey(
        "station.Grid", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("网格")
    )
    result = models.CharField(_("结果"), max_length=10, choices=Result, default=Result.TO_CHECK, editable=False)
    channel = models.CharField(_("渠道"), max_length=10, choices=Channel, blank=True, editable=False)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    changed_fields = models.JSONField(_("改了哪几项"), default=list, blank=True, editable=False)  # names, no values
    checked_at = models.DateTimeField(_("核查时间"), null=True, blank=True, editable=False)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("核查人"),
    )

    objects = SurveyEntryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("摸排条目")
        ordering = ["round", "pk"]
        indexes = [models.Index(fields=["round", "grid", "result"], name="survey_entry_progress")]
        constraints = [
            models.CheckConstraint(
                condition=Q(enterprise__isnull=False, worker__isnull=True)
                | Q(enterprise__isnull=True, worker__isnull=False),
                name="survey_entry_one_subject",
                violation_error_message=_("一条只对应一家企业或一名人员。"),
            ),
            models.UniqueConstraint(
                fields=["round", "enterprise"],
                name="survey_entry_enterprise_once",
                violation_error_message=_("这家企业已经在本轮摸排里。"),
            ),
            models.UniqueConstraint(
                fields=["round", "worker"],
                name="survey_entry_worker_once",
                violation_error_message=_("这名人员已经在本轮摸排里。"),
            ),
            models.CheckConstraint(
                condition=Q(result="to_check", checked_at__isnull=True)
                | (~Q(result="to_check") & Q(checked_at__isnull=False) & ~Q(channel="")),
                name="survey_entry_checked_how",
                violation_error_message=_("核查过的要有时间和渠道。"),
            ),
        ]

    def __str__(self):
        return f"{self.round_id}/{self.pk}"

    @property
    def subject(self):
        return self.enterprise or self.worker

    @property
    def is_open(self):
        """Whether it is still to be checked."""
        return self.result == self.Result.TO_CHECK

    @property
    def changed_labels(self):
        """What the fields that changed are called. A field that is no more is left out."""
        model = Enterprise if self.enterprise_id else Worker
        return labels_of(model, self.changed_fields)


def labels_of(model, names):
    """The titles of the fields `names` of `model`, as text; unknown ones are left out."""
    known = {field.name: str(field.verbose_name) for field in model._meta.fields}
    return [known[name] for name in names if name in known]


class LetterHandoutQuerySet(models.QuerySet):
    def visible_to(self, user, permission="ledger.view_letterhandout"):
        scope = user.scope_for(permission)
        return self.filter(scope.q(community="round__community", grid="grid"))


class LetterHandout(models.Model):
    """How many letters were handed out in one grid through one channel on one day."""

    round = models.ForeignKey(SurveyRound, models.PROTECT, related_name="handouts", verbose_name=_("摸排"))
    grid = models.ForeignKey("station.Grid", models.PROTECT, related_name="+", verbose_name=_("网格"))
    channel = models.CharField(_("渠道"), max_length=10, choices=Channel)
    on = models.DateField(_("日期"), default=timezone.localdate)
    letters = models.PositiveSmallIntegerField(_("份数"))

    objects = LetterHandoutQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("发信记录")
        ordering = ["-on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(letters__gte=1),
                name="letter_handout_some",
                violation_error_message=_("份数至少是 1。"),
            )
        ]

    def __str__(self):
        return f"{self.on:%Y-%m-%d} {self.letters}"

    def clean(self):
        if self.round_id and self.grid_id and self.grid.community_id != self.round.community_id:
            raise ValidationError({"grid": _("这个网格不属于本社区，请重新选。")})
