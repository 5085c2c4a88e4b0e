"""What staff fill in: the three registers, and what their buttons ask."""

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ledger.models import Enterprise, LetterHandout, PartyMember, SurveyRound, Worker
from ledger.models.entries import Channel
from ledger.operations.workers import CONSENT_FOR
from station.forms.staff import ChangeReasonForm, ReasonForm, StaffModelForm
from station.lib.people import mask_id_number, mask_phone
from station.models import Consent

HIDDEN = "****"


def hide(_value):
    """The mask of what cannot be shown in part."""
    return HIDDEN


class EntryForm(ChangeReasonForm):
    """A form of a register. Asks why something is changed; a new row needs no such question.

    `explain(error, row)` words a refusal for who reads it; set by the admin, which knows him.
    """

    explain = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            del self.fields["change_reason"]

    def clean(self):
        cleaned = super().clean()
        changed = set(self.changed_data) - {"change_reason", "consents"}
        if changed and "change_reason" in self.fields and not (cleaned.get("change_reason") or "").strip():
            self.add_error("change_reason", _("请写一句为什么改，以后查得到。"))
        return cleaned

    def _post_clean(self):
        super()._post_clean()
        if self.explain is None or not self.errors:
            return
        error = ValidationError({name: list(errors.data) for name, errors in self.errors.items()})
        for name, errors in self.explain(error, self.instance).error_dict.items():
            self.errors[name].data = errors
        beside = {message for name, errors in self.errors.items() if name != NON_FIELD_ERRORS for message in errors}
        if whole := self.errors.get(NON_FIELD_ERRORS):  # a constraint says what a field says already
            whole.data = [one for one in whole.data if not beside.issuperset(one.messages)]

    def changes(self):
        """The changed fields of the row and their values, as the operation wants them."""
        names = {field.name for field in self._meta.model._meta.fields}
        return {name: self.cleaned_data[name] for name in self.changed_data if name in names}


class EnterpriseForm(EntryForm):
    masks = {"contact_phone": mask_phone}

    class Meta:
        model = Enterprise
        fields = "__all__"


class ConsentMixin(forms.Form):
    """Ticks for what the person has just agreed to, face to face; consents in force are named, not asked again."""

    consents = forms.MultipleChoiceField(
        label=_("本人已当面同意"), required=False, choices=Consent.Purpose.choices, widget=forms.CheckboxSelectMultiple
    )

    def offer_consents(self, person_uid, purposes):
        """Offer those of `purposes` that this person has not given yet."""
        given = set()
        if person_uid is not None:
            given = set(Consent.objects.given().filter(person_uid=person_uid).values_list("purpose", flat=True))
        asked = [purpose for purpose in purposes if purpose not in given]
        self.fields["consents"].choices = [(purpose.value, purpose.label) for purpose in asked]
        if given:
            labels = "；".join(str(Consent.Purpose(purpose).label) for purpose in sorted(given))
            self.fields["consents"].help_text = _("已有同意：%(labels)s") % {"labels": labels}


class WorkerForm(ConsentMixin, EntryForm):
    masks = {"phone": mask_phone, "id_number": mask_id_number, "affiliation": hide}

    class Meta:
        model = Worker
        fields = "__all__"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        existing = not self.instance._state.adding
        if "employer" in self.fields:
            self.fields["employer"].queryset = self.fields["employer"].queryset.unmerged()
        purposes = [Consent.Purpose.REGISTER, *(p for name, p in CONSENT_FOR.items() if name in self.fields)]
        self.offer_consents(self.instance.uid if existing else None, purposes)
        if existing and "affiliation" in self.fields and self.instance.affiliation:
            field = self.fields["affiliation"]
            field.choices = [(HIDDEN, _("已登记（点“查看完整信息”看）")), *field.choices]


def number_and_name(worker):
    """A worker in a list to choose from."""
    return f"{worker.number} {worker.name}"


class PartyMemberForm(ConsentMixin, EntryForm):
    masks = {"home_phone": mask_phone, "card_number": hide}

    class Meta:
        model = PartyMember
        fields = "__all__"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        existing = not self.instance._state.adding
        self.offer_consents(self.instance.worker.uid if existing else None, [Consent.Purpose.AFFILIATION])
        if "worker" in self.fields:
            field = self.fields["worker"]
            field.queryset = field.queryset.active().filter(party_member__isnull=True)
            field.label_from_instance = number_and_name


class SurveyRoundForm(StaffModelForm):
    class Meta:
        model = SurveyRound
        fields = ["community", "title", "starts_on", "ends_on"]


class LetterHandoutForm(StaffModelForm):
    class Meta:
        model = LetterHandout
        fields = ["round", "grid", "channel", "on", "letters"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "round" in self.fields:
            self.fields["round"].queryset = self.fields["round"].queryset.running()


# What the buttons ask


class LeaveForm(ReasonForm):
    on = forms.DateField(
        label=_("哪天离开"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("不填就是今天"),
    )

    def clean_on(self):
        day = self.cleaned_data["on"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(_("日期不能晚于今天。"))
        return day


class OptionalReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("说明"), max_length=100, required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text=_("可不填")
    )


class CloseRoundForm(forms.Form):
    reason = forms.CharField(
        label=_("没查完的说明"),
        max_length=100,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("都查完了就不用填"),
    )


class MoveMemberForm(ReasonForm):
    to = forms.ChoiceField(
        label=_("现在的状态"),
        choices=[choice for choice in PartyMember.State.choices if choice[0] != PartyMember.State.MERGED],
    )
    field_order = ["to", "reason"]


class CheckForm(forms.Form):
    """How an entry was checked."""

    channel = forms.ChoiceField(label=_("渠道"), choices=Channel.choices, initial=Channel.DOOR)
    note = forms.CharField(label=_("说明"), max_length=100, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class CheckNoteForm(CheckForm):
    """The same where something must be said."""

    note = forms.CharField(label=_("说明"), max_length=100, widget=forms.Textarea(attrs={"rows": 2}))
