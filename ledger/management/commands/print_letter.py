"""``manage.py print_letter FILE.pdf``: the community's letter ready for the printer."""

from ledger.management.roster_command import PdfCommand
from ledger.operations.papers import print_letter
from ledger.prints.letters import write_letter


class Command(PdfCommand):
    help = "Prints the community's letter as PDF, recorded like every printout."
    writer = staticmethod(write_letter)

    def make(self, form, *, community, options, **how):
        return print_letter(community, **how)
