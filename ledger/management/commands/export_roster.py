"""``manage.py export_roster workers FILE.xlsx``: a roster as Excel or CSV, by the file's suffix.

``manage.py export_roster ledger FILE.xlsx`` writes the summary and all three rosters into one workbook; there
``--template`` may name a form of any of the three, and several are separated by commas.
"""

from pathlib import Path

from django.core.exceptions import ValidationError

from ledger.exports import write_csv, write_workbook, write_xlsx
from ledger.layouts import layout_of
from ledger.management.roster_command import RosterCommand, fullness
from ledger.operations.workbooks import make_workbook
from ledger.rosters import LEDGER, ROSTERS


class Command(RosterCommand):
    help = "Exports a roster as Excel (.xlsx) or CSV (.csv), or the whole ledger as Excel; recorded like every export."
    wanted_suffixes = ".xlsx or .csv"
    kinds = (*ROSTERS, LEDGER)

    def writer_for(self, file: Path, options):
        suffix = file.suffix.lower()
        if options["kind"] == LEDGER:
            return ("xlsx", write_workbook) if suffix == ".xlsx" else None
        return {".xlsx": ("xlsx", write_xlsx), ".csv": ("csv", write_csv)}.get(suffix)

    def make(self, form, *, options, community, **how):
        if options["kind"] != LEDGER:
            return super().make(form, options=options, community=community, **how)
        layouts = self._layouts(options["template"], community)
        return make_workbook(layouts=layouts, community=community, as_of=options["as_of"], **fullness(options), **how)

    def _layouts(self, names, community):
        """The layout of each roster; a name counts for every roster that has it. Raises ValidationError for others."""
        layouts = {}
        for name in filter(None, (part.strip() for part in names.split(","))):
            refused = []
            for kind, roster in ROSTERS.items():
                try:
                    layouts[kind] = layout_of(roster, community, None, name)
                except ValidationError as error:
                    refused.append(error)
            if len(refused) == len(ROSTERS):
                raise ValidationError(refused)
        return layouts
