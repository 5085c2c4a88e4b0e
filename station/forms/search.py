"""What a rider may ask the list of stations for, all in the address, all optional."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from station.lib.geo import Point, validate_coordinates
from station.listing import ENOUGH

PAGE = 30

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
    all_day = forms.BooleanField(required=False, widget=forms.HiddenInput)
    amenity = forms.ChoiceField(required=False, error_messages={"invalid_choice": _("没有这种设施，先按全部列出。")})
    show = forms.IntegerField(
        min_value=1,
        max_value=ENOUGH,
        required=False,
        error_messages={
            "invalid": _("没看懂要列出多少个，先列最前面的。"),
            "min_value": _("没看懂要列出多少个，先列最前面的。"),
            "max_value": _("一页列不下这么多，先列最前面的。"),
        },
    )

    def __init__(self, data, *, kinds):
        """`kinds` are the kinds of amenities that exist."""
        super().__init__(data)
        self.fields["amenity"].choices = [(kind.code, kind.name) for kind in kinds]

    def narrow(self, stations):
        """Return the stations whose name or address and whose amenities fit. Call it after ``is_valid``."""
        asked = self.cleaned_data
        if asked.get("q"):
            stations = stations.matching(asked["q"])
        if asked.get("amenity"):
            stations = stations.having(asked["amenity"])
        return stations

    def sift(self, listed):
        """Return those of a list whose hours fit."""
        if self.cleaned_data.get("all_day"):
            return [one for one in listed if one.is_all_day]
        if self.cleaned_data.get("open"):
            return [one for one in listed if one.status.open]
        return listed

    @property
    def is_narrowed(self):
        return any(self.cleaned_data.get(name) for name in ("q", "open", "all_day", "amenity"))

    @property
    def shown(self):
        """How many stations to show."""
        return self.cleaned_data.get("show") or PAGE
