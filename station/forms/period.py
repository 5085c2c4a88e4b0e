"""From when to when: a button for the usual periods, two dates for any other."""

from datetime import date, timedelta

from django import forms
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

LONGEST = timedelta(days=366)
EARLIEST = date(2000, 1, 1)
USUAL = {"week": _("本周"), "month": _("本月"), "days": _("最近 28 天"), "year": _("今年")}


def usual_period(name, today):
    """The first and last date of one of USUAL, up to `today`."""
    first = {
        "week": today - timedelta(days=today.weekday()),
        "month": today.replace(day=1),
        "days": today - timedelta(days=27),
        "year": today.replace(month=1, day=1),
    }
    return first[name], today


class PeriodForm(forms.Form):
    """A period of at most a year. `dates` is what holds: the one asked for, or this week where it cannot be read."""

    period = forms.ChoiceField(
        choices=USUAL.items(), required=False, error_messages={"invalid_choice": _("没有这个时间段，请重新选。")}
    )
    since = forms.DateField(label=_("从"), required=False)
    until = forms.DateField(label=_("到"), required=False)

    def clean(self):
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if self.errors or not (since or until):
            return
        if not (since and until):
            raise forms.ValidationError(_("从哪天、到哪天，两个都要填。"), code="half")
        if since > until:
            raise forms.ValidationError(_("“从”在“到”的后面了，请对调一下。"), code="order")
        if until - since > LONGEST:
            raise forms.ValidationError(_("一次最多看一年，请把时间段选短一点。"), code="long")
        if since < EARLIEST or until > timezone.localdate() + LONGEST:
            raise forms.ValidationError(_("这个日期太早或太晚了，请重新选。"), code="far")

    @property
    def chosen(self):
        """Which of USUAL holds; empty where two dates do."""
        if not self.is_valid():
            return "week"
        return "" if self.cleaned_data["since"] else self.cleaned_data["period"] or "week"

    @cached_property
    def dates(self):
        """The first and the last date."""
        if self.chosen:
            return usual_period(self.chosen, timezone.localdate())
        return self.cleaned_data["since"], self.cleaned_data["until"]
