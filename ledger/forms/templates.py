"""The form of a form template: its name, how it stands on paper, which rows, and one line for every column there is."""

from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext_lazy as _

from ledger.layouts import groupings, sortable
from ledger.models import FormColumn, FormTemplate
from ledger.rosters import GRID_FILTER, NO_GRID, Column, Layout, Roster, grid_label
from station.forms.staff import StaffModelForm

LAST = 999


@dataclass
class ColumnLine:
    """The fields of one column in the table of the form."""

    column: Column
    use: forms.BoundField
    place: forms.BoundField
    title: forms.BoundField
    width: forms.BoundField

    @property
    def errors(self):
        return [error for field in (self.place, self.title, self.width) for error in field.errors]

    @property
    def used(self):
        return bool(self.use.value())


class FormTemplateForm(StaffModelForm):
    """Made for one roster by `template_form`. After cleaning, `columns` are the chosen ones in their order."""

    roster: Roster
    start: Layout  # what a new one begins with

    class Meta:
        model = FormTemplate
        fields = ["community", "name", "title", "portrait", "group_by", "order", "blank_rows", "signatures"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        adding = self.instance._state.adding
        if adding:
            self.instance.kind = self.roster.kind
            self._begin_with(self.start)
        chosen = self.start.columns or self.roster.columns
        for place, column in enumerate(chosen, start=1):
            usual = self.roster.catalogue[column.key]
            self.initial |= {
                f"use_{column.key}": True,
                f"place_{column.key}": place,
                f"title_{column.key}": "" if column.title == usual.title else column.title,
                f"width_{column.key}": None if column.width_mm == usual.width_mm else column.width_mm,
            }
        for key, values in self.start.filters:
            self.initial[f"only_{key}"] = list(values)
        if "name" in self.fields:
            self.fields["name"].widget.attrs["placeholder"] = _("例如：街道季度报表")
            self.fields["name"].help_text = ""

    def _begin_with(self, start):
        self.initial |= {
            "title": start.title,
            "portrait": start.portrait,
            "group_by": start.group_by,
            "order": start.order,
            "blank_rows": start.blank_rows,
            "signatures": "，".join(start.signatures),
        }

    @property
    def column_lines(self):
        """The chosen columns first, in their order; then the others as the catalogue has them."""
        lines = [
            ColumnLine(column, *(self[f"{name}_{key}"] for name in ("use", "place", "title", "width")))
            for key, column in self.roster.catalogue.items()
        ]

        def standing(line):
            place = str(line.place.value() or "")
            return not line.used, int(place) if place.isdecimal() else LAST

        return sorted(lines, key=standing)

    def clean(self):
        cleaned = super().clean()
        self.instance.filters = {
            key: cleaned[f"only_{key}"]
            for key in (*(found.key for found in self.roster.filters), GRID_FILTER)
            if cleaned.get(f"only_{key}")
        }
        used = [key for key in self.roster.catalogue if cleaned.get(f"use_{key}")]
        self.columns = [
            FormColumn(
                key=key, title=cleaned.get(f"title_{key}") or "", width_mm=cleaned.get(f"width_{key}"), position=0
            )
            for key in sorted(used, key=self._standing)
        ]
        if not used:
            self.add_error(None, _("一列也没选，印出来是空的。请至少勾选一列。"))
        return cleaned

    def _standing(self, key):
        """Two columns with the same number: the one that was moved there stands where its number says."""
        before = self.initial.get(f"place_{key}") or LAST
        place = self.cleaned_data.get(f"place_{key}") or LAST
        return place, (place > before) - (place < before), before


def template_form(roster: Roster, start: Layout, grids) -> type[FormTemplateForm]:
    """The form for templates of `roster`, beginning with `start`; `grids` are the numbers there are to choose."""
    fields = {
        "group_by": forms.ChoiceField(label=_("分组"), choices=groupings(roster), required=False),
        "order": forms.ChoiceField(
            label=_("排序"),
            choices=[("", _("按网格和编号")), *((column.key, column.title) for column in sortable(roster))],
            required=False,
            help_text=_("加密保存的列（手机号、证件号）不能用来排序"),
        ),
    }
    choices = {found.key: (found.title, found.choices) for found in roster.filters}
    choices[GRID_FILTER] = (_("网格"), [(value, grid_label(value)) for value in (*map(str, grids), NO_GRID)])
    for key, (label, offered) in choices.items():
        fields[f"only_{key}"] = forms.MultipleChoiceField(
            label=label, choices=offered, required=False, widget=forms.CheckboxSelectMultiple
        )
    for key, column in roster.catalogue.items():
        fields |= _column_fields(key, column)
    return type("FormTemplateForm", (FormTemplateForm,), {"roster": roster, "start": start, **fields})


def filter_fields(roster: Roster) -> list[str]:
    """The names of the boxes that say which rows."""
    return [f"only_{key}" for key in (*(found.key for found in roster.filters), GRID_FILTER)]


def _column_fields(key, column):
    def named(text):
        return {"aria-label": _("%(column)s：%(what)s") % {"column": column.title, "what": text}}

    return {
        f"use_{key}": forms.BooleanField(label=column.title, required=False),
        f"place_{key}": forms.IntegerField(
            label=_("顺序"),
            required=False,
            min_value=1,
            max_value=99,
            widget=forms.NumberInput(attrs={"placeholder": _("顺序"), **named(_("顺序"))}),
        ),
        f"title_{key}": forms.CharField(
            label=_("列标题"),
            required=False,
            max_length=40,
            widget=forms.TextInput(attrs={"placeholder": column.title, **named(_("列标题"))}),
        ),
        f"width_{key}": forms.IntegerField(
            label=_("宽（毫米）"),
            required=False,
            min_value=6,
            max_value=200,
            widget=forms.NumberInput(
                attrs={"placeholder": _("宽 %(mm)s") % {"mm": f"{column.width_mm:g}"}, **named(_("宽（毫米）"))}
            ),
        ),
    }
