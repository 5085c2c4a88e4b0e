"""Fields that public forms share: a key against double sending, when the form was opened, one photo."""

from datetime import UTC, datetime
from uuid import uuid4

from django import forms
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from station.lib.photos import clean_photo


class KeyField(forms.UUIDField):
    """The key against double sending. Missing or damaged, a fresh one takes its place: the report matters more."""

    widget = forms.HiddenInput(attrs={"autocomplete": "off"})

    def clean(self, value):
        try:
            return super().clean(value) or uuid4()
        except ValidationError:
            return uuid4()


class OpenedField(forms.CharField):
    """When the server made this form, signed: to an aware datetime. `subject` keeps one form's from serving another.

    A form that is too old, or that no page of ours made, is refused, with a fresh one beside the refusal.
    """

    widget = forms.HiddenInput(attrs={"autocomplete": "off"})

    def __init__(self, *, subject, **kwargs):
        super().__init__(max_length=80, required=False, **kwargs)
        self.signer = signing.Signer(salt=f"opened.{subject}")

    @property
    def now(self):
        """What a form made at this moment carries: the microsecond, for two taps may fall into one second."""
        return self.signer.sign(f"{timezone.now().timestamp():.6f}")

    def clean(self, value):
        try:
            opened_at = datetime.fromtimestamp(float(self.signer.unsign(super().clean(value))), UTC)
        except signing.BadSignature:
            opened_at = None
        if opened_at is None or timezone.now() - opened_at > settings.OPEN_FORM_LIFETIME:
            raise ValidationError(_("这一页开得太久了，请再点一次。"), code="expired")
        return opened_at


class WordsField(forms.CharField):
    """Text of several lines. A browser sends each line's end as two characters but counts it as one, and so do we."""

    def to_python(self, value):
        return super().to_python(value).replace("\r\n", "\n")


class PhotoField(forms.FileField):
    """One photo, taken on the spot or picked, as a CleanPhoto, or None."""

    widget = forms.ClearableFileInput(attrs={"accept": "image/*", "capture": "environment"})

    def clean(self, data, initial=None):
        file = super().clean(data, initial)
        return clean_photo(file) if file else None


class TrapMixin:
    """For a public form with a field that people do not see (components/trap.html): programs fill in every one."""

    @property
    def is_trap_sprung(self):
        return bool(self.data.get("website"))
