"""The one question at the door, and the one after it."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from station.lib.tokens import give_token, read_token
from station.models import Occupation, Visit

PAGE, VISIT = "page of a door", "visit at a door"  # what the tokens are for

EXPIRED = _("这一页开得久了，刚才没记上。请再点一下，就记上了。")
TOO_LATE = _("过了十分钟，这次就不改了。谢谢您。")


def page_token(station, word, now):
    """What a page of a door carries: when it was made, and a random word by which a phone without cookies is known."""
    return give_token(PAGE, station.pk, word, at=now)


def visit_token(visit):
    """What the page of thanks carries: which visit it may still add to."""
    return give_token(VISIT, visit.pk, at=visit.at)


class VisitForm(forms.Form):
    """Which line of work came by; drawn as one button each. A good `token` turns into the word in it."""

    occupation = forms.ChoiceField(
        label=_("行当"),
        choices=Occupation,
        error_messages={"required": _("请点一下您是做什么的。"), "invalid_choice": _("没有这个选项，请重新点一下。")},
    )
    token = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, station, **kwargs):
        super().__init__(*args, **kwargs)
        self.station = station

    def clean_token(self):
        now = timezone.now()
        if self.station.is_out_of_use(timezone.localdate(now)):
            return ""  # its page has no form; the operation says why nothing is counted
        parts = read_token(PAGE, self.cleaned_data["token"], now=now, max_age=settings.DOOR_PAGE_LIFETIME)
        if parts is None or parts[0] != str(self.station.pk):
            raise ValidationError(EXPIRED, code="expired")
        return parts[1]

    @property
    def chosen(self):
        """The line of work that was tapped, also where the rest was refused."""
        return getattr(self, "cleaned_data", {}).get("occupation", "")


class UseForm(forms.Form):
    """One thing that was used, or was not after all; drawn as one button each. A good `token` turns into its visit."""

    token = forms.CharField(widget=forms.HiddenInput, error_messages={"required": TOO_LATE})
    add = forms.CharField(required=False)
    remove = forms.CharField(required=False)

    def __init__(self, *args, station, **kwargs):
        super().__init__(*args, **kwargs)
        self.station = station

    def clean_token(self):
        visit = visit_of(self.station, self.cleaned_data["token"])
        if visit is None:
            raise ValidationError(TOO_LATE, code="expired")
        return visit

    def clean(self):
        if not self.errors and bool(self.cleaned_data["add"]) == bool(self.cleaned_data["remove"]):
            raise ValidationError(_("请点一下用过的那一样。"), code="required")
        return self.cleaned_data


def visit_of(station, token):
    """The visit at this station that may still be added to with `token`, or None."""
    parts = read_token(VISIT, token, now=timezone.now(), max_age=settings.VISIT_ONCE_PER)
    if parts is None:
        return None
    visit = Visit.objects.filter(pk=int(parts[0]), station=station).first()
    if visit is not None:
        visit.station = station
    return visit
