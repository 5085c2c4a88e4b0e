"""What the keeper taps and types at the counter."""

from datetime import datetime, time, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from station.models import Amenity, Occupation
from station.operations.openings import Check
from station.operations.tallies import TALLY_WITHIN

State = Amenity.State
#: A supply that runs low still works; this is what its note then says, in Chinese like every note.
LOW, LOW_NOTE = "low", "不多了"
THING = [(State.WORKING, _("能用")), (State.BROKEN, _("坏了"))]
SUPPLY = [
    (State.WORKING, pgettext_lazy("supply", "有")),
    (LOW, pgettext_lazy("supply", "不多了")),
    (State.EMPTY, pgettext_lazy("supply", "用完了")),
]


class OpeningForm(forms.Form):
    """The list one looks down before opening. Everything stands as it was last seen, so one tap confirms it all.

    But not what riders say is wrong by now: nothing is chosen there, so that only a look answers them. `said` are the
    open Fault rows of the station. Such a field has another name: a page from before they spoke says nothing of it.
    """

    def __init__(self, *args, amenities, said=(), **kwargs):
        super().__init__(*args, **kwargs)
        told = {fault.amenity_id: fault for fault in said if fault.amenity_id}
        self.doubts = {amenity.pk: told[amenity.pk] for amenity in amenities if amenity.works and amenity.pk in told}
        self.amenities = {self._name(amenity): amenity for amenity in amenities}
        for name, amenity in self.amenities.items():
            self.fields[name] = forms.ChoiceField(
                label=amenity.name,
                choices=self._choices(amenity),
                initial=self._as_seen(amenity),
                required=False,  # what was added to the station meanwhile was not looked at
                widget=forms.RadioSelect,
                error_messages={"invalid_choice": _("没有这个选项，请重新点一下。")},
            )

    def _name(self, amenity):
        return f"amenity-{amenity.pk}-said" if amenity.pk in self.doubts else f"amenity-{amenity.pk}"

    def _as_seen(self, amenity):
        if amenity.pk in self.doubts:
            return None
        return LOW if self._is_low(amenity) else amenity.state

    @staticmethod
    def _is_low(amenity):
        return amenity.kind.is_supply and amenity.works and amenity.note == LOW_NOTE

    @staticmethod
    def _choices(amenity):
        choices = SUPPLY if amenity.kind.is_supply else THING
        unusual = amenity.state not in dict(choices)
        return [*choices, (amenity.state, amenity.get_state_display())] if unusual else choices

    def rows(self):
        """``(amenity, its field, the Fault riders report or None)`` in the order of the page."""
        return [(amenity, self[name], self.doubts.get(amenity.pk)) for name, amenity in self.amenities.items()]

    def checks(self):
        """Check rows by the amenity's key, of those that were looked at."""
        return {
            amenity.pk: self._check(amenity, self.cleaned_data[name])
            for name, amenity in self.amenities.items()
            if self.cleaned_data.get(name)
        }

    @staticmethod
    def _check(amenity, chosen):
        if chosen == LOW:
            return Check(State.WORKING, LOW_NOTE)
        mended = chosen == State.WORKING and (not amenity.works or amenity.note == LOW_NOTE)
        return Check(chosen, "" if mended else amenity.note)


class AmenityForm(forms.Form):
    """One tap: works, broken, empty; or a word about it."""

    state = forms.ChoiceField(choices=State, error_messages={"invalid_choice": _("没有这个选项，请重新点一下。")})
    note = forms.CharField(
        label=_("说明"),
        max_length=Amenity._meta.get_field("note").max_length,
        required=False,
        help_text=_("骑手会看到，例如：已报修，周五来人"),
    )

    def note_for(self, amenity):
        """What was typed, if the form asked; a note about something that works again is taken off."""
        if "note" in self.data:
            return self.cleaned_data["note"]
        mended = self.cleaned_data["state"] == State.WORKING and not amenity.works
        return "" if mended else amenity.note

    def is_word_about(self, amenity):
        """Whether it only says something about `amenity`, and not how somebody found it."""
        return "note" in self.data and self.cleaned_data["state"] == amenity.state


class Hours(TextChoices):
    """The parts of a day a paper is kept for."""

    NIGHT = "0", _("凌晨 0–6")
    MORNING = "6", _("上午 6–12")
    AFTERNOON = "12", _("下午 12–18")
    EVENING = "18", _("晚上 18–24")

    @classmethod
    def at(cls, hour):
        return cls(str(hour // 6 * 6))


class TallyForm(forms.Form):
    """A paper tally: a day, a part of it, and a number for each line of work."""

    date = forms.DateField(
        label=_("哪一天"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        initial=timezone.localdate,
    )
    hours = forms.ChoiceField(
        label=_("几点到几点"),
        choices=Hours,
        widget=forms.RadioSelect,
        initial=lambda: Hours.at(timezone.localtime().hour),
    )
    again = forms.BooleanField(label=_("是另一张纸，再记一遍"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for occupation in Occupation:
            self.fields[occupation.value] = forms.IntegerField(
                label=occupation.label,
                min_value=0,
                max_value=500,
                required=False,
                widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
                error_messages={
                    "max_value": _("一次最多记 500，请看看是不是多打了一位。"),
                    "min_value": _("人次不能是负数。"),
                    "invalid": _("请填一个整数。"),
                },
            )
        if not (self.is_bound and self.data.get("again")):
            self.fields["again"].widget = forms.HiddenInput()

    def clean_date(self):
        """The operation judges the hour; this keeps dates out that no calendar can add to."""
        date, today = self.cleaned_data["date"], timezone.localdate()
        if not today - TALLY_WITHIN <= date <= today:
            raise ValidationError(_("请填今天，或者最近一个月里的一天。"), code="date")
        return date

    @property
    def numbers(self):
        """``(occupation, its field)``."""
        return [(occupation, self[occupation.value]) for occupation in Occupation]

    def ask_again(self):
        """Show the box that says: this is another paper."""
        self.fields["again"].widget = forms.CheckboxInput()

    def tally(self):
        """The arguments of the operation."""
        data = self.cleaned_data
        start = int(data["hours"])
        starts_at = datetime.combine(data["date"], time(start), timezone.get_default_timezone())
        people = {occupation.value: data[occupation.value] or 0 for occupation in Occupation}
        return {
            "people": people,
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(hours=6),
            "again": data["again"],
        }
