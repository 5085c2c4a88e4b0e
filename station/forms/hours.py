"""Opening hours as staff type them: rows that would contradict one another are refused together, in the form."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from station.lib.hours import overlapping
from station.operations.stations import refuse_contradiction


class RowsFormSet(forms.BaseInlineFormSet):
    """An inline table whose rows are looked at together, as they will stand once saved."""

    def rows(self):
        """The forms that are filled in and stay."""
        return [
            form for form in self.forms if form.has_changed() or form.instance.pk if not self._should_delete_form(form)
        ]

    def clean(self):
        super().clean()
        if not any(self.errors):
            self.check_rows(self.rows())

    def check_rows(self, forms_):
        """Raises ValidationError where rows contradict one another."""


class WeeklyHoursFormSet(RowsFormSet):
    def check_rows(self, forms_):
        rows = [form.instance for form in forms_]
        pair = overlapping((row.weekday, row.opens, row.closes) for row in rows)
        if pair:
            raise ValidationError(
                _("两段时间重叠了：%(one)s 和 %(other)s。合成一段，或者改一下钟点。"),
                code="overlap",
                params={"one": rows[pair[0]], "other": rows[pair[1]]},
            )


class SpecialDayFormSet(RowsFormSet):
    def check_rows(self, forms_):
        by_date = {}
        for form in forms_:
            by_date.setdefault(form.instance.date, []).append(form.instance)
        for date, rows in by_date.items():
            refuse_contradiction(date, [(row.opens, row.closes) for row in rows])
