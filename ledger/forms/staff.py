"""What staff fill in: the three registers, and what their buttons ask."""

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext_lazy as _

from ledger.models import Enterprise, LetterHandout, PartyMember, SurveyRound, Worker
from ledger.models.entries import Channel
from ledger.models.surveys import every_channel
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


class SurveyedForm(EntryForm):
    """A form of a register whose rows are checked in survey rounds: a change may be marked as found in the running one.

    `survey_entry` is the row's entry in that round, set by the admin; without one the question is not asked.
    `is_survey` says that the change is being made for the round.
    """

    survey_entry = None
    is_survey = False

    survey_channel = forms.ChoiceField(
        label=_("记进这一轮摸排"), required=False, help_text=_("选了渠道，这次修改就算本轮核查的“有变化”")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.survey_entry is None:
            del self.fields["survey_channel"]
        else:
            survey = self.survey_entry.round
            self.fields["survey_channel"].choices = [("", _("不记")), *survey.channel_choices]
            self.fields["survey_channel"].initial = survey.usual_channel if self.is_survey else ""


class EnterpriseForm(SurveyedForm):
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


class WorkerForm(ConsentMixin, SurveyedForm):
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
    channels = forms.MultipleChoiceField(
        label=_("渠道"),
        choices=Channel.choices,
        initial=every_channel,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("这一轮走哪几条渠道；核查和发信时只能选这些"),
        error_messages={"required": _("请选至少一种渠道。")},
    )

    class Meta:
        model = SurveyRound
        fields = ["community", "title", "starts_on", "ends_on", "checklist", "channels"]


class LetterHandoutForm(StaffModelForm):
    class Meta:
        model = LetterHandout
        fields = ["round", "grid", "channel", "on", "letters"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "round" in self.fields:
            self.fields["round"].queryset = self.fields["round"].queryset.running()


# What the buttons ask


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
    """Offers the states that may follow; where his latest contacts speak for one, that one is chosen."""

    to = forms.ChoiceField(label=_("改成"), widget=forms.RadioSelect)
    field_order = ["to", "reason"]

    def __init__(self, *args, member, **kwargs):
        super().__init__(*args, **kwargs)
        following = PartyMember.TRANSITIONS[member.state] - {PartyMember.State.MERGED}
        choices = [choice for choice in PartyMember.State.choices if choice[0] in following]
        self.fields["to"].choices = choices
        self.initial["to"] = PartyMember.objects.with_contacts().get(pk=member.pk).suggested_state


class CheckForm(forms.Form):
    """How an entry was checked, by one of its round's channels."""

    channel = forms.ChoiceField(label=_("渠道"))
    note = forms.CharField(label=_("说明"), max_length=100, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args, survey, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["channel"].choices = survey.channel_choices
        self.fields["channel"].initial = survey.usual_channel


class CheckNoteForm(CheckForm):
    """The same where something must be said."""

    note = forms.CharField(label=_("说明"), max_length=100, widget=forms.Textarea(attrs={"rows": 2}))


class ExplainForm(forms.Form):
    """Why an entry has not been checked."""

    note = forms.CharField(
        label=_("为什么还没查"),
        max_length=100,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("例如：上门三次没人；写明以后，结束这一轮时不用再解释"),
    )
