"""The one question at the door."""

from django import forms
from django.utils.translation import gettext_lazy as _

from station.models import Occupation


class VisitForm(forms.Form):
    """Which line of work came by; drawn as one button each."""

    occupation = forms.ChoiceField(
        label=_("行当"),
        choices=Occupation,
        error_messages={"required": _("请点一下您是做什么的。"), "invalid_choice": _("没有这个选项，请重新点一下。")},
    )
