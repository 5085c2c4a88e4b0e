"""What riders and staff type about bookings."""

from django import forms
from django.utils.translation import gettext_lazy as _

from services.bookings.models import Booking, Session


class BookingForm(forms.Form):
    """The little a rider may add to his booking."""

    note = forms.CharField(
        label=_("想咨询什么"),
        max_length=Booking._meta.get_field("note").max_length,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("写一句，对方好准备。不用写姓名、证件号。"),
    )


class CancelSessionForm(forms.Form):
    """Why a session is called off, as the people who booked will read it."""

    reason = forms.CharField(
        label=_("为什么取消"),
        max_length=Session._meta.get_field("cancel_reason").max_length,
        help_text=_("约了的人会收到，例如：律师临时出庭"),
    )
