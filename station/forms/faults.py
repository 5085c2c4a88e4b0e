"""What a rider taps when something is wrong at a station, and what staff say when they deal with it."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from station.forms.fields import OpenedField, PhotoField, TrapMixin, WordsField
from station.models import Fault

TEXT_MAX = 100
SAY_WHAT = _("说一句哪里不对，好让人来看。")


class FaultForm(TrapMixin, forms.Form):
    """What is wrong, as one button; a photo and a few words are welcome. `amenities` are the station's own."""

    what = forms.ChoiceField(
        label=_("什么问题"),
        error_messages={"required": _("点一下是什么问题。"), "invalid_choice": _("这里没有这一样，请在下面点一个。")},
    )
    photo = PhotoField(
        label=_("拍一张"),
        required=False,
        help_text=_("照片里的定位和手机信息会先去掉，只有工作人员看得到。"),
    )
    text = WordsField(
        label=_("说一句"),
        required=False,
        max_length=TEXT_MAX,
        help_text=_("只有工作人员看得到。"),
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": TEXT_MAX}),
    )
    opened = OpenedField(subject="fault")

    def __init__(self, *args, amenities=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.amenities = {f"{kind}-{one.pk}": one for kind in ("broken", "empty") for one in amenities}
        # Where kinds are marked as what runs out, only those can be empty.
        supplies = [one for one in amenities if one.kind.is_supply] or amenities
        self.broken = [(f"broken-{one.pk}", one) for one in amenities]
        self.empty = [(f"empty-{one.pk}", one) for one in supplies]
        self.fields["what"].choices = [(name, name) for name in (Fault.Kind.LOCKED, Fault.Kind.OTHER, *self.amenities)]

    @property
    def is_more_open(self):
        """Whether the part with photo and words is shown unfolded: something stands in it, or went wrong there."""
        return bool(self["text"].value() or self.errors.keys() & {"text", "photo"})

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("what") == Fault.Kind.OTHER and not cleaned.get("text") and "text" not in self.errors:
            self.add_error("text", ValidationError(SAY_WHAT, code="required"))
        return cleaned

    @property
    def answer(self):
        """The cleaned data as report_fault takes it."""
        data = self.cleaned_data
        return {
            "kind": Fault.Kind(data["what"].partition("-")[0]),
            "amenity": self.amenities.get(data["what"]),
            "text": data["text"],
            "photo": data["photo"],
            "opened_at": data["opened"],
        }


class ConfirmForm(forms.Form):
    """When it will be better, if one knows; a tap is enough."""

    answer = forms.CharField(
        label=_("什么时候能好"),
        required=False,
        max_length=TEXT_MAX,
        help_text=_("骑手都会看到，例如：师傅周五上午来"),
    )


class FixForm(forms.Form):
    """What was done about it; both may stay empty, a tap is enough."""

    answer = forms.CharField(
        label=_("怎么处理的"), required=False, max_length=TEXT_MAX, help_text=_("反映的人会看到"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    photo = PhotoField(
        label=_("好了拍一张"),
        required=False,
        help_text=_("反映的人会看到"),
    )


class DismissForm(forms.Form):
    """Why nothing is wrong."""

    answer = forms.CharField(
        label=_("为什么不是问题"),
        max_length=TEXT_MAX,
        help_text=_("反映的人会看到，例如：我一直在里面，门推开就行"),
        error_messages={"required": _("写一句为什么，反映的人会看到。")},
    )
