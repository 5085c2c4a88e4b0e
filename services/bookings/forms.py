"""What riders and staff type about bookings."""

from django import forms
from django.core.exceptions import ValidationError
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


class ArrivalForm(forms.Form):
    """Somebody has come: his booking is tapped in the list, or the code he says is typed. Or a tap is taken back."""

    code = forms.CharField(
        label=_("到场码"),
        max_length=Booking._meta.get_field("code").max_length,
        required=False,
        widget=forms.TextInput(
            attrs={
                "class": "input",
                "placeholder": _("到场码"),
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
            }
        ),
        error_messages={"max_length": _("到场码没有这么长，看一看是不是多打了。")},
    )
    came = forms.IntegerField(required=False, widget=forms.HiddenInput)
    undo = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, bookings, **kwargs):
        """`bookings` are those he may check in here today, in the order of the sessions."""
        super().__init__(*args, **kwargs)
        self.bookings = bookings

    def clean(self):
        """Find the booking, as ``cleaned_data["booking"]``."""
        data = super().clean()
        if self.errors:
            return data
        tapped = data.get("came") or data.get("undo")
        code = "".join((data.get("code") or "").split()).upper()
        if tapped:
            found = [booking for booking in self.bookings if booking.pk == tapped]
        elif code:
            found = [booking for booking in self.bookings if booking.code == code]
            found.sort(key=lambda booking: booking.state != Booking.State.BOOKED)  # the same code in two sessions
        else:
            raise ValidationError(_("请输入到场码，或者在下面点一下。"), code="empty")
        if not found:
            raise ValidationError(
                _("今天这里没有这个到场码。看看是不是别的驿站、别的日子，或者听错了一个字。"), code="unknown"
            )
        data["booking"] = found[0]
        return data


class CancelSessionForm(forms.Form):
    """Why a session is called off, as the people who booked will read it."""

    reason = forms.CharField(
        label=_("为什么取消"),
        max_length=Session._meta.get_field("cancel_reason").max_length,
        help_text=_("约了的人会收到，例如：律师临时出庭"),
    )
