"""What volunteers confirm and staff type about shifts."""

from django import forms
from django.utils.translation import gettext_lazy as _

from services.volunteering.models import Shift, SignUp
from services.volunteering.operations import LONGEST_SHIFT_MIN
from station.forms.staff import StaffModelForm
from station.lib.people import validate_phone


class SignUpForm(forms.Form):
    """Nothing to fill in: one tap is enough. It carries the refusal, if there is one."""


class CancelShiftForm(forms.Form):
    """Why a shift is called off, as the people who signed up will read it."""

    reason = forms.CharField(
        label=_("为什么取消"),
        max_length=Shift._meta.get_field("cancel_reason").max_length,
        help_text=_("报名的人会收到，例如：驿站检修"),
    )


class AttendanceForm(forms.Form):
    """How long he was there, if not as planned."""

    minutes = forms.IntegerField(
        label=_("服务了几分钟"),
        min_value=1,
        max_value=LONGEST_SHIFT_MIN,
        required=False,
        help_text=_("不填就按班次时长；填了要写原因"),
    )
    reason = forms.CharField(
        label=_("补记原因"), max_length=SignUp._meta.get_field("minutes_reason").max_length, required=False
    )


class NewMemberForm(StaffModelForm):
    """A member is named by the phone he signs in with: nobody leafs through accounts."""

    phone = forms.CharField(label=_("他登录用的手机号"), max_length=20, validators=[validate_phone])
