"""What the button asks when somebody or some enterprise has left the area: when, and why."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class LeaveForm(forms.Form):
    """A day and a reason: one of the usual ones, own words, or both. Gives `on` and `reason` as the operations want."""

    usual_reasons = ()

    on = forms.DateField(
        label=_("哪天离开"),
        required=False,
        initial=timezone.localdate,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("不填就是今天"),
    )
    usual = forms.ChoiceField(label=_("为什么离开"), required=False)
    reason = forms.CharField(
        label=_("补充说明"),
        max_length=80,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("上面没有合适的，就在这里用自己的话写"),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["usual"].choices = [("", _("选一个")), *((reason, reason) for reason in self.usual_reasons)]
        self.fields["on"].widget.attrs["max"] = timezone.localdate().isoformat()

    def clean_on(self):
        day = self.cleaned_data["on"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(_("日期不能晚于今天。"))
        return day

    def clean(self):
        cleaned = super().clean()
        words = [word for word in (cleaned.pop("usual", ""), cleaned.get("reason", "").strip()) if word]
        cleaned["reason"] = "：".join(words)
        if not words and "reason" not in self.errors and "usual" not in self.errors:
            self.add_error("usual", _("请选一个原因，或者在下面写一句。"))
        return cleaned


class WorkerLeaveForm(LeaveForm):
    usual_reasons = (_("换到别处干活"), _("不做这一行了"), _("回老家"), _("联系不上"))


class EnterpriseLeaveForm(LeaveForm):
    usual_reasons = (_("搬走"), _("注销"), _("停业"), _("并到别家"))
