"""What somebody says of a station or wishes for, and what staff answer."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from station.forms.fields import KeyField, TrapMixin, WordsField
from station.models import Occupation, Voice

TEXT_MAX = 300


class VoiceForm(TrapMixin, forms.Form):
    """One voice. Only the words are needed; a contact needs a tick as well."""

    key = KeyField(required=False)
    kind = forms.ChoiceField(
        label=_("想说什么"),
        choices=Voice.Kind,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("选一下是说说驿站，还是许个心愿。"),
            "invalid_choice": _("没有这一类，请重新选。"),
        },
    )
    text = WordsField(
        label=_("您的话"),
        max_length=TEXT_MAX,
        help_text=_("答复以后大家都能看到，请别写姓名、电话。"),
        error_messages={"required": _("写几个字，好让人答复。")},
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": TEXT_MAX}),
    )
    occupation = forms.ChoiceField(
        label=_("您做哪一行"), required=False, choices=[("", _("不说")), *Occupation.choices]
    )
    contact = forms.CharField(
        label=_("怎么找到您"),
        required=False,
        max_length=60,
        help_text=_("手机号或微信号。只在这一条需要当面答复时用，加密保存，不公开，答复一年后删掉。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    consent = forms.BooleanField(label=_("留了联系方式的话：同意只为答复这一条联系我"), required=False)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("contact") and not cleaned.get("consent"):
            message = _("留联系方式要勾上同意；不想留就删掉，话照样收。")
            self.add_error("consent", ValidationError(message, code="consent"))
        return cleaned

    def voice(self, *, community, station=None):
        """The unsaved row this form describes."""
        data = self.cleaned_data
        return Voice(
            uid=data["key"],
            community=community,
            station=station,
            **{name: data[name] for name in ("kind", "text", "occupation", "contact")},
        )


class ReplyForm(forms.Form):
    """The answer everybody will read."""

    reply = WordsField(
        label=_("答复"),
        max_length=TEXT_MAX,
        help_text=_("说话的人和大家都会看到，同时公开他说的话"),
        error_messages={"required": _("写一句答复，说话的人和大家都会看到。")},
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": TEXT_MAX}),
    )


class GrantForm(ReplyForm):
    """How the wish came true; an earlier answer may stand."""

    def __init__(self, *args, voice, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reply"].initial = voice.reply
        self.fields["reply"].label = _("怎么实现的")


class HideForm(forms.Form):
    """Why the public should not read it; only staff see the reason."""

    reason = forms.CharField(
        label=_("为什么不公开"),
        max_length=100,
        help_text=_("只记在审计里，例如：写了别人的电话"),
        error_messages={"required": _("写一句为什么不公开。")},
    )
