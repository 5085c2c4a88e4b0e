"""``manage.py print_roster workers FILE.pdf``: a roster ready for the printer."""

from functools import partial
from pathlib import Path

from ledger.management.roster_command import RosterCommand
from ledger.prints import write_pdf


class Command(RosterCommand):
    help = "Prints a roster as PDF, recorded like every printout."
    wanted_suffixes = ".pdf"

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--anyway", action="store_true", help="print although some characters are in no font")

    def writer_for(self, file: Path, options):
        return {".pdf": ("pdf", partial(write_pdf, anyway=options["anyway"]))}.get(file.suffix.lower())
