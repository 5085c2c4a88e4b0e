"""What must be said before anything leaves the ledger: for what, in which form, and why unmasked."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ledger.layouts import label_of, layout_of, layouts_for
from ledger.operations.printouts import stated_reason
from ledger.pasts import DAY_FORMATS, require_day
from ledger.rosters import ROSTERS
from station.forms.staff import ReasonForm


class CopyForm(ReasonForm):
    """Reason, community (where there are several) and, for who may reveal it, whether and why everything is shown.

    `layouts` names the field in which the layout of each roster (by its kind) is chosen.
    """

    reason = forms.CharField(
        label=_("用途"),
        max_length=100,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=_("会印在每一页上，也记进审计记录，例如：报送街道办第四季度台账"),
    )
    full = forms.BooleanField(
        label=_("含完整手机号和证件号"), required=False, help_text=_("每一页都会印上“含完整个人信息”，并记进审计记录")
    )
    full_reason = forms.CharField(
        label=_("为什么要完整号码"),
        max_length=50,
        required=False,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=_("只在上一项打勾时填，例如：办理意外伤害险要核对证件号"),
    )
    layouts = {}

    def __init__(self, *args, communities, user, may_reveal, **kwargs):
        super().__init__(*args, **kwargs)
        self.communities, self.user = communities, user
        if not may_reveal:
            del self.fields["full"], self.fields["full_reason"]
        if len(communities) > 1:
            choices = [(community.pk, community.name) for community in communities]
            self.fields["community"] = forms.TypedChoiceField(label=_("社区"), choices=choices, coerce=int)
        only = communities[0] if len(communities) == 1 else None
        for kind, (name, label) in self.layouts.items():
            found = layouts_for(ROSTERS[kind], only, user)
            self.fields[name] = forms.ChoiceField(
                label=label, required=False, choices=[(key, label_of(key, layout)) for key, layout in found.items()]
            )
        self.order_fields(["community", *(name for name, _label in self.layouts.values())])

    @property
    def community(self):
        """The one community whose roster this is."""
        chosen = self.cleaned_data.get("community", self.communities[0].pk)
        return next(community for community in self.communities if community.pk == chosen)

    def clean(self):
        cleaned = super().clean()
        self.chosen = {}
        if self.errors:
            return cleaned
        for kind, (name, _label) in self.layouts.items():
            try:
                self.chosen[kind] = layout_of(ROSTERS[kind], self.community, self.user, cleaned[name])
            except ValidationError as error:
                self.add_error(name, error)
        try:
            stated_reason(cleaned["reason"], full=self.wants_full, full_reason=cleaned.get("full_reason", ""))
        except ValidationError as error:
            self.add_error(None, error)
        return cleaned

    @property
    def wants_full(self):
        return bool(self.cleaned_data.get("full"))

    @property
    def copy_arguments(self):
        """What the operations want to know of it."""
        return {
            "community": self.community,
            "reason": self.cleaned_data["reason"],
            "full": self.wants_full,
            "full_reason": self.cleaned_data.get("full_reason", ""),
        }


class LedgerForm(CopyForm):
    """The whole ledger in one workbook."""

    layouts = {
        "enterprises": ("enterprises", _("企业表")),
        "workers": ("workers", _("人员表")),
        "members": ("members", _("流动党员表")),
    }
    on = forms.DateField(
        label=_("截至哪一天"),
        required=False,
        input_formats=DAY_FORMATS,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("不填就是现在；填了，汇总和三张表都按那天晚上的样子"),
        error_messages={"invalid": _("没看懂这个日期，请写成 2026-09-30 这样。")},
    )

    def clean(self):
        cleaned = super().clean()
        if not self.errors and cleaned["on"]:
            try:
                require_day(self.community, cleaned["on"], *ROSTERS.values())
            except ValidationError as error:
                self.add_error("on", error)
        return cleaned

    @property
    def copy_arguments(self):
        return super().copy_arguments | {"as_of": self.cleaned_data["on"]}
