"""What must be said before the letter or the survey sheets are printed."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ledger.operations.papers import MAX_COPIES
from station.forms.staff import ReasonForm


class PaperForm(ReasonForm):
    """The purpose, and whether to print although some characters are in no font."""

    reason = forms.CharField(
        label=_("用途"),
        max_length=100,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=_("会记进审计记录，例如：四季度入户摸排"),
    )
    anyway = forms.BooleanField(
        label=_("缺字也照样打印"), required=False, help_text=_("字库里没有的字会印成“〓”，请在纸上手写补上")
    )


class LetterForm(PaperForm):
    copies = forms.IntegerField(
        label=_("打算印几份"), required=False, min_value=1, max_value=MAX_COPIES, help_text=_("可不填")
    )
    field_order = ["reason", "copies", "anyway"]


class GridChoice(forms.ModelChoiceField):
    """A grid, with the streets it covers."""

    def label_from_instance(self, grid):
        return f"{grid} {grid.area}".strip()


class SheetsForm(PaperForm):
    """Which grid of a round's community; none is all of them."""

    grid = GridChoice(
        label=_("网格"), queryset=None, required=False, empty_label=_("全社区，每个网格另起一页"), blank=True
    )
    checked_too = forms.BooleanField(label=_("已经核查过的也印"), required=False, help_text=_("不勾就只印还没核查的"))
    field_order = ["reason", "grid", "checked_too", "anyway"]

    def __init__(self, *args, survey, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["grid"].queryset = survey.community.grids.order_by("number")
