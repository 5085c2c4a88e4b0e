"""``manage.py print_roster workers FILE.pdf``: a roster ready for the printer."""

from ledger.management.roster_command import PdfCommand, RosterCommand
from ledger.prints import write_pdf


class Command(RosterCommand, PdfCommand):
    help = "Prints a roster as PDF, recorded like every printout."
    writer = staticmethod(write_pdf)
