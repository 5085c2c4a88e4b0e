"""The forms behind the admin: masked personal fields, every constraint checked before an operation is tried."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

ROW_KEY = re.compile(r"[0-9]{1,18}")  # what fits a 64-bit column


class RowsField(forms.ModelMultipleChoiceField):
    """Rows ticked in a list. Django would look up a key of any length, which no database column can hold."""

    def clean(self, value):
        for key in value or ():
            if not ROW_KEY.fullmatch(str(key)):
                raise ValidationError(
                    self.error_messages["invalid_pk_value"], "invalid_pk_value", {"pk": str(key)[:20]}
                )
        return super().clean(value)


class ReasonForm(forms.Form):
    """A required reason, for what must not happen without one."""

    reason = forms.CharField(label=_("原因"), max_length=100, widget=forms.Textarea(attrs={"rows": 2}))


class StaffModelForm(forms.ModelForm):
    """A model form that knows masks.

    `masks` maps a field to the function that masks it. On an existing row such a field shows its mask; sent back
    unchanged, the stored value stays; anything else is a new value. So nobody needs to see a number to keep it.
    `refusal` is set by the admin when an operation refused what the form had accepted, so that it is shown in the form
    with everything typed still there.
    """

    masks = {}
    refusal = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for name, mask in self.masks.items():
                if name in self.fields and (stored := getattr(self.instance, name)):
                    self.initial[name] = mask(stored)

    def _clean_fields(self):
        super()._clean_fields()
        if not self.instance.pk:
            return
        for name, mask in self.masks.items():
            if name not in self.fields:
                continue
            stored = getattr(self.instance, name)
            if stored and self.data.get(self.add_prefix(name), "").strip() == mask(stored):
                self.cleaned_data[name] = stored
                self._errors.pop(name, None)

    def _post_clean(self):
        super()._post_clean()
        # ModelForm leaves out the constraints that name a field the form lacks; the operation will not.
        if not self.errors:
            try:
                self.instance.validate_constraints()
            except ValidationError as error:
                self._update_errors(error)
        if self.refusal is not None:
            self.add_refusal(self.refusal)
        for errors in self.errors.values():  # a field's validator and the row's clean() may say the same
            errors.data = list({tuple(error.messages): error for error in errors.data}.values())

    def add_refusal(self, error):
        """Show `error`, beside its fields where the form has them."""
        if hasattr(error, "error_dict"):
            for name, errors in error.error_dict.items():
                self.add_error(name if name in self.fields else None, errors)
        else:
            self.add_error(None, error)


class ChangeReasonForm(StaffModelForm):
    """A staff form that also asks why, for rows whose history is kept."""

    change_reason = forms.CharField(
        label=_("为什么改"), max_length=100, required=False, help_text=_("写进历史，例如：本人来电更正")
    )
