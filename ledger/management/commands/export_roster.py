"""``manage.py export_roster workers FILE.xlsx``: a roster as Excel or CSV, by the file's suffix."""

from pathlib import Path

from ledger.exports import write_csv, write_xlsx
from ledger.management.roster_command import RosterCommand


class Command(RosterCommand):
    help = "Exports a roster as Excel (.xlsx) or CSV (.csv), recorded like every export."

    def writer_for(self, file: Path, options):
        return {".xlsx": ("xlsx", write_xlsx), ".csv": ("csv", write_csv)}.get(file.suffix.lower())

    wanted_suffixes = ".xlsx or .csv"
