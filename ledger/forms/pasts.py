"""Which past day of the ledger to look at."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ledger.pasts import DAY_FORMATS, PastRows, require_day


class PastForm(forms.Form):
    """A day with history, of one of the `communities` he may look at; asked only where there are several."""

    on = forms.DateField(
        label=_("台账日期"),
        input_formats=DAY_FORMATS,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "required": _("请选一个日期。"),
            "invalid": _("没看懂这个日期，请写成 2026-09-30 这样。"),
        },
    )

    def __init__(self, *args, roster, communities, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.roster, self.communities = roster, communities
        self.fields["on"].widget.attrs["max"] = timezone.localdate().isoformat()
        if len(communities) > 1:
            choices = [(community.pk, community.name) for community in communities]
            self.fields["community"] = forms.TypedChoiceField(label=_("社区"), choices=choices, coerce=int)

    def clean(self):
        cleaned = super().clean()
        if not self.errors:
            try:
                require_day(self.community, cleaned["on"], self.roster)
            except forms.ValidationError as error:
                self.add_error("on", error)
        return cleaned

    @property
    def community(self):
        """The community chosen, or the only one."""
        chosen = self.cleaned_data.get("community", self.communities[0].pk)
        return next(community for community in self.communities if community.pk == chosen)

    def rows(self, user):
        """The rows of that day in the sight of `user`."""
        return PastRows.of(self.roster, self.community, self.cleaned_data["on"]).visible_to(user)
