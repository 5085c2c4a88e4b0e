"""What a grid worker fills in on his phone: few fields first, and nothing typed that a tap can say."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ledger.forms.staff import EntryForm
from ledger.models import Enterprise, LetterHandout, Worker
from ledger.models.entries import Channel
from station.forms.staff import StaffModelForm
from station.lib.people import mask_phone
from station.models import Consent, Grid, Occupation

OTHER = "other"


class WhyForm(forms.Form):
    """Why, by a tap on one of `choices`, or in words. What comes out is one text: `reason`."""

    REASON_LENGTH = 100
    choices = ()

    why = forms.ChoiceField(
        label=_("为什么"), widget=forms.RadioSelect, error_messages={"required": _("请点一个原因。")}
    )
    words = forms.CharField(
        label=_("再说一句"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["why"].choices = [*((str(label), label) for label in self.choices), (OTHER, _("其他，写在下面"))]

    def clean(self):
        cleaned = super().clean()
        why, words = cleaned.get("why", ""), cleaned.get("words", "").strip()
        if why == OTHER and not words and "words" not in self.errors:
            self.add_error("words", _("请写一句为什么。"))
        reason = words if why == OTHER else "：".join(filter(None, (why, words)))
        return cleaned | {"reason": reason[: self.REASON_LENGTH]}


class WorkerGoneForm(WhyForm):
    choices = (_("换地方跑了"), _("回老家了"), _("不干这行了"), _("联系不上了"))


class EnterpriseGoneForm(WhyForm):
    choices = (_("搬走了"), _("关门了"), _("已经注销"))


class BackForm(WhyForm):
    choices = (_("又回来了"), _("上次记错了"))


class MissedForm(WhyForm):
    choices = (_("没人应门"), _("约了改天"), _("电话没接"))


class RefuseForm(WhyForm):
    choices = (_("不在本社区"), _("填的不真实"), _("台账里已经有了"))


class RevealForm(WhyForm):
    choices = (_("约上门时间"), _("通知政策和服务"), _("本人要求联系"))


class ChannelForm(forms.Form):
    """Through which channel he is checking now; kept until he says otherwise."""

    channel = forms.ChoiceField(choices=Channel.choices)


def offer_grids(form, grids, *, optional):
    """Let the form's `grid` be one of `grids`; with only one there is nothing to choose. Returns that one, or None."""
    field = form.fields["grid"]
    if len(grids) == 1 and not optional:
        del form.fields["grid"]
        return grids[0]
    several = len({grid.community_id for grid in grids}) > 1
    field.queryset = Grid.objects.filter(pk__in=[grid.pk for grid in grids])
    names = [(grid.pk, f"{grid.community} {grid}" if several else str(grid)) for grid in grids]
    field.required = not optional
    field.choices = [("", _("未定") if optional else _("请选网格")), *names]
    return None


class DoorForm(EntryForm):
    """What changes at a door. Shows masks, and says so when somebody else was faster than this page."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, grids, optional_grid=False, **kwargs):
        super().__init__(*args, **kwargs)
        own = [grid for grid in grids if grid.community_id == self.instance.community_id]
        if len(own) == 1 and self.instance.grid_id == own[0].pk:
            del self.fields["grid"]
        else:
            offer_grids(self, own, optional=optional_grid)
        newest = str(self.instance.history.values_list("history_id", flat=True).first() or "")
        self.initial["seen"] = newest
        self.is_overtaken = self.is_bound and self.data.get("seen") != newest
        if self.is_overtaken:  # shown once: whoever sends it again has read it
            self.data = self.data.copy()
            self.data["seen"] = newest

    def clean(self):
        cleaned = super().clean()
        if self.is_overtaken:
            self.add_error(None, _("您填的时候，有人也动了这一条。请对照一下，没问题就再点一次。"))
        elif not self.errors and not self.changes():
            self.add_error(None, _("没有改动。都没变，就点“无变化”。"))
        return cleaned


class WorkerDoorForm(DoorForm):
    masks = {"phone": mask_phone}

    class Meta:
        model = Worker
        fields = ["phone", "other_contact", "occupation", "platform", "site", "needs", "grid", "note"]
        widgets = {"phone": forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.phone_index and not self.instance.other_contact:
            del self.fields["other_contact"]


class EnterpriseDoorForm(DoorForm):
    masks = {"contact_phone": mask_phone}

    class Meta:
        model = Enterprise
        fields = [
            "condition", "worker_count", "member_count", "contact_name", "contact_phone", "address", "grid", "note",
        ]  # fmt: skip
        widgets = {"contact_phone": forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"})}


class RegisterForm(StaffModelForm):
    """A new entry: `first` are the fields shown at once, the others are folded away."""

    first = ()

    def __init__(self, *args, grids, optional_grid=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.grids, self.fixed_grid = grids, offer_grids(self, grids, optional=optional_grid)

    def clean(self):
        cleaned = super().clean()
        grid = self.fixed_grid or cleaned.get("grid")
        if grid is not None:
            self.instance.grid, self.instance.community = grid, grid.community
        elif len({grid.community_id for grid in self.grids}) == 1:
            self.instance.community = self.grids[0].community
        elif "grid" not in self.errors:
            self.add_error("grid", _("请选网格，好知道是哪个社区的。"))
        return cleaned

    @property
    def first_fields(self):
        return [self[name] for name in self.first if name in self.fields]

    @property
    def more_fields(self):
        return [field for field in self.visible_fields() if field.name not in (*self.first, "consent")]

    @property
    def has_more_errors(self):
        return any(field.errors for field in self.more_fields)

    def duplicate_number(self):
        """The number of the entry that stands in the way, or None."""
        for errors in self.errors.as_data().values():
            for error in errors:
                if error.code == "duplicate" and error.params:
                    return error.params.get("number")
        return None


class RegisterWorkerForm(RegisterForm):
    first = ("name", "phone", "occupation", "grid")

    occupation = forms.ChoiceField(
        label=_("职业"),
        choices=Occupation.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请点一个最接近的职业。")},
    )
    consent = forms.BooleanField(
        label=_("已当面说明，本人同意登记"),
        help_text=_("用来联系和服务；不同意就不登记，驿站照常用"),
        error_messages={"required": _("要先当面问过本人，同意了再登记。")},
    )

    class Meta:
        model = Worker
        fields = [
            "name", "phone", "occupation", "grid", "other_contact", "sex", "platform", "site", "employer", "needs",
            "note",
        ]  # fmt: skip
        widgets = {"phone": forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "off"})}

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        employers = Enterprise.objects.visible_to(user).active().order_by("name")
        self.fields["employer"].queryset = employers

    @property
    def consents(self):
        """What he has just agreed to."""
        return [Consent.Purpose.REGISTER]


class RegisterEnterpriseForm(RegisterForm):
    first = ("name", "kind", "address", "contact_name", "contact_phone", "grid")

    kind = forms.ChoiceField(
        label=_("业态"),
        choices=Enterprise.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请点一个最接近的业态。")},
    )

    class Meta:
        model = Enterprise
        fields = [
            "name", "kind", "address", "contact_name", "contact_phone", "grid", "credit_code", "condition",
            "worker_count", "member_count", "party_organisation", "no_party_reason", "note",
        ]  # fmt: skip
        widgets = {"contact_phone": forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "off"})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("no_party_reason", str(_("刚登记，还没问到")))


class LettersForm(StaffModelForm):
    """How many letters were handed out today."""

    class Meta:
        model = LetterHandout
        fields = ["letters", "channel", "grid"]
        widgets = {"letters": forms.NumberInput(attrs={"inputmode": "numeric"})}

    channel = forms.ChoiceField(label=_("渠道"), widget=forms.RadioSelect)

    def __init__(self, *args, survey, grids, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.round = survey
        self.fields["channel"].choices = survey.channel_choices
        own = [grid for grid in grids if grid.community_id == survey.community_id]
        if fixed := offer_grids(self, own, optional=False):
            self.instance.grid = fixed
