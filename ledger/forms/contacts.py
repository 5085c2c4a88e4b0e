"""What is written down after a contact with a mobile party member, and when he reports in at a station."""

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ledger.models import ContactNote
from ledger.operations.contacts import TRY_AGAIN
from station.models import Station

MOST_NOTES = 100_000  # a number of notes beyond this is no number of notes


class DayInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self):
        super().__init__(format="%Y-%m-%d")


class ContactForm(forms.Form):
    """One contact, or one try. A tap on the follow-up list sends this form with nothing but `way` and `reached`."""

    reached = forms.TypedChoiceField(
        label=_("联系上了吗"),
        choices=[("yes", _("联系上了")), ("no", _("没联系上"))],
        coerce=lambda value: value == "yes",
        initial="yes",
        widget=forms.RadioSelect,
    )
    way = forms.ChoiceField(
        label=_("怎么联系的"),
        choices=[choice for choice in ContactNote.Way.choices if choice[0] != ContactNote.Way.DESK],
        initial=ContactNote.Way.PHONE,
        widget=forms.RadioSelect,
    )
    on = forms.DateField(label=_("哪天"), required=False, widget=DayInput, help_text=_("不填就是今天"))
    note = forms.CharField(
        label=_("情况"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("他近来怎么样、要什么帮助。可不填；加密保存。不记入党申请、民主评议和党费"),
    )
    next_contact_on = forms.DateField(label=_("下次联系"), required=False, widget=DayInput)
    seen = forms.IntegerField(required=False, min_value=0, max_value=MOST_NOTES, widget=forms.HiddenInput)

    def __init__(self, *args, member, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial |= {"seen": member.contact_notes.count(), "on": timezone.localdate()}
        days = {
            "every": settings.MEMBER_CONTACT_EVERY.days,
            "again": min(TRY_AGAIN, settings.MEMBER_CONTACT_EVERY).days,
        }
        self.fields["next_contact_on"].help_text = (
            _("不填的话：联系上了就是 %(every)d 天后，没联系上就是 %(again)d 天后") % days
        )


class ReportInForm(forms.Form):
    """He came to a station's desk."""

    station = forms.ModelChoiceField(
        label=_("在哪个驿站"),
        queryset=Station.objects.none(),
        empty_label=None,
        error_messages={"invalid_choice": _("请从列表里选一个驿站。")},
    )
    on = forms.DateField(label=_("哪天"), required=False, widget=DayInput, help_text=_("不填就是今天"))
    note = forms.CharField(
        label=_("情况"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("可不填")
    )

    def __init__(self, *args, member, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["on"] = timezone.localdate()
        self.fields["station"].queryset = Station.objects.listed().filter(community=member.community)
