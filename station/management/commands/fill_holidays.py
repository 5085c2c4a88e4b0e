"""``manage.py fill_holidays``: the public holidays and make-up working days this product should know by now.

For cron, once a week: it does nothing while nothing is missing, and fills the next year as soon as an update of
chinesecalendar brings it (usually in December).
"""

from django.core.management.base import BaseCommand, CommandError

from station.lib.calendar import CalendarUnknownError
from station.operations.calendar import fill_holidays, fill_missing_years


class Command(BaseCommand):
    help = "Adds missing public holidays and make-up working days; never changes a day somebody has entered."

    def add_arguments(self, parser):
        parser.add_argument("--year", type=int, help="this year only, also where some of its days are known")

    def handle(self, *args, year=None, **options):
        if year is not None:
            try:
                added, unknown = {year: fill_holidays(year, by=None)}, []
            except CalendarUnknownError as error:
                raise CommandError(str(error)) from error
        else:
            added, unknown = fill_missing_years(by=None)
        for one, days in added.items():
            self.stdout.write(f"{one}: {days} days added")
        for one in unknown:
            self.stderr.write(f"{one}: not known to the installed chinesecalendar yet; enter it by hand or update it")
        if not added and not unknown:
            self.stdout.write("nothing missing")
