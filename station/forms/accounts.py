"""The forms of signing in, and of one's own name."""

import re

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from station.lib.people import NAME_MAX_LENGTH, normalize_name, normalize_phone, validate_name

_SIX_DIGITS = re.compile(r"[0-9]{6}")
_FULL_WIDTH = {0xFF10 + digit: 0x30 + digit for digit in range(10)}


def compact_code(text):
    """What was typed for a code without blanks and hyphens, in half-width and lower case."""
    return "".join(text.translate(_FULL_WIDTH).split()).replace("-", "").lower()


class PhoneForm(forms.Form):
    """Which phone the code goes to, in whatever spelling."""

    phone = forms.CharField(
        label=_("手机号"),
        max_length=40,
        error_messages={"required": _("请填手机号，验证码会发到这里。")},
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
    )

    def clean_phone(self):
        return normalize_phone(self.cleaned_data["phone"])


class CodeForm(forms.Form):
    """The six digits from the message."""

    code = forms.CharField(
        label=_("验证码"),
        max_length=20,
        error_messages={"required": _("请填短信里的 6 位数字。")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}),
    )

    def clean_code(self):
        code = compact_code(self.cleaned_data["code"])
        if not _SIX_DIGITS.fullmatch(code):
            raise ValidationError(_("验证码是 6 位数字。"), code="not_six_digits")
        return code


class SecondFactorForm(forms.Form):
    """Six digits of the authenticator app, or a recovery code."""

    code = forms.CharField(
        label=_("验证码"),
        max_length=40,
        error_messages={"required": _("请填验证器里的 6 位数字。")},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "class": "vTextField"}),
    )

    def clean_code(self):
        return compact_code(self.cleaned_data["code"])


class StaffSignInForm(AdminAuthenticationForm):
    """Django's, with a name no longer than names are: what is longer would not fit the record of failures."""

    def clean_username(self):
        username = self.cleaned_data["username"]
        if len(username) > self.username_field.max_length:
            raise self.get_invalid_login_error()
        return username


class NameForm(forms.Form):
    """How he wants to be called."""

    name = forms.CharField(
        label=_("怎么称呼您"),
        max_length=NAME_MAX_LENGTH,
        help_text=_("预约、值班时工作人员看得到；别人只看到姓，例如“刘师傅”。"),
        error_messages={"required": _("请填名字。")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def clean_name(self):
        name = normalize_name(self.cleaned_data["name"])
        validate_name(name)
        return name
