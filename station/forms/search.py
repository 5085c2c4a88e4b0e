"""What a rider may ask the list of stations for, all in the address, all optional."""

import re
from datetime import datetime, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from station.lib.geo import Point, validate_coordinates
from station.lib.hours import open_at

#: "27.842,112.923" as phones and people write it, with either comma.
PLACE = re.compile(r"\s*(-?\d{1,3}(?:\.\d{0,15})?)\s*[,，]\s*(-?\d{1,3}(?:\.\d{0,15})?)\s*")


class PlaceField(forms.CharField):
    """A WGS-84 place "lat,lon" as a Point; None when left out."""

    default_error_messages = {"unreadable": _("没看懂这个位置，先按全部驿站列出。可以点“用我的位置”，或者搜街道名。")}

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        match = PLACE.fullmatch(text)
        if not match:
            raise ValidationError(self.error_messages["unreadable"], code="unreadable")
        point = Point(float(match[1]), float(match[2]))
        validate_coordinates(*point)
        return point


class StationSearchForm(forms.Form):
    """The filters of the list. What cannot be read is said and left out; the rest still holds."""

    q = forms.CharField(
        max_length=40, required=False, error_messages={"max_length": _("搜索的字太多了，写站名或街道名就好。")}
    )
    near = PlaceField(max_length=60, required=False, error_messages={"max_length": _("没看懂这个位置。")})
    open = forms.BooleanField(required=False, widget=forms.HiddenInput)  # so that open=0 means no
    at = forms.TimeField(
        required=False,
        input_formats=["%H:%M", "%H:%M:%S"],
        error_messages={"invalid": _("没看懂这个钟点，写成 21:30 这样就行。")},
    )
    all_day = forms.BooleanField(required=False, widget=forms.HiddenInput)
    amenity = forms.MultipleChoiceField(
        required=False, error_messages={"invalid_choice": _("没有这种设施，先按全部列出。")}
    )
    community = forms.ChoiceField(required=False, error_messages={"invalid_choice": _("没有这个社区，先按全部列出。")})
    after = forms.CharField(
        max_length=40, required=False, error_messages={"max_length": _("没看懂从哪里接着列，先列最前面的。")}
    )

    def __init__(self, data, *, kinds, communities=()):
        """`kinds` are the kinds of amenities that exist, `communities` those one can choose."""
        super().__init__(data)
        self.kinds, self.communities = kinds, communities
        self.fields["amenity"].choices = [(kind.code, kind.name) for kind in kinds]
        self.fields["community"].choices = [("", ""), *((one.code, one.name) for one in communities)]
        if not communities:
            del self.fields["community"]

    def narrow(self, stations):
        """Return the stations whose place, name and amenities fit. Call it after ``is_valid``."""
        asked = self.cleaned_data
        if asked.get("q"):
            stations = stations.matching(asked["q"])
        if asked.get("community"):
            stations = stations.filter(community__code=asked["community"])
        for code in asked.get("amenity") or ():
            stations = stations.having(code)
        return stations

    def fits(self, now: datetime):
        """A question about one listed station and its schedule: do its hours fit? None where nobody asked."""
        asked = self.cleaned_data
        moment = self.moment(now)
        tests = []
        if asked.get("open"):
            tests.append(lambda one, schedule: one.status.open)
        if asked.get("all_day"):
            tests.append(lambda one, schedule: one.is_all_day)
        if moment:
            tests.append(lambda one, schedule: open_at(schedule, moment))
        return (lambda one, schedule: all(test(one, schedule) for test in tests)) if tests else None

    def moment(self, now: datetime):
        """The next moment at which the clock shows `at`; None where nobody asked."""
        clock = self.cleaned_data.get("at")
        if clock is None:
            return None
        here = timezone.localtime(now)
        moment = here.replace(hour=clock.hour, minute=clock.minute, second=0, microsecond=0)
        return moment if moment >= here.replace(second=0, microsecond=0) else moment + timedelta(days=1)

    @property
    def is_narrowed(self):
        return any(self.cleaned_data.get(name) for name in ("q", "open", "at", "all_day", "amenity", "community"))
