"""``manage.py print_sheets FILE.pdf [--grid N]``: the sheets of the running survey round, each grid on its own."""

from django.core.management.base import CommandError

from ledger.management.roster_command import PdfCommand
from ledger.models import SurveyRound
from ledger.operations.papers import print_sheets
from ledger.prints.survey_sheets import write_sheets


class Command(PdfCommand):
    help = "Prints the survey sheets of the running round as PDF, recorded like every printout."
    writer = staticmethod(write_sheets)

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--grid", type=int, metavar="N", help="only the grid of this number")
        parser.add_argument("--all", action="store_true", help="also the entries that have been checked")

    def make(self, form, *, community, options, **how):
        survey = SurveyRound.objects.running().filter(community=community).first()
        if survey is None:
            raise CommandError(f"no survey round is running in {community.code}")
        grid = None
        if options["grid"] is not None:
            grid = community.grids.filter(number=options["grid"]).first()
            if grid is None:
                raise CommandError(f"{community.code} has no grid {options['grid']}")
        return print_sheets(survey, grid=grid, checked_too=options["all"], **how)
