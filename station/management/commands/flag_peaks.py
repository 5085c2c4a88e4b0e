"""``manage.py flag_peaks``: hours with far more taps at a door than usual, for a person to look at."""

from django.core.management.base import BaseCommand

from station.operations.peaks import flag_peaks


class Command(BaseCommand):
    help = "Flags hours with far more visits than usual in the last two days. Once an hour; safe any time, also twice."

    def handle(self, *args, **options):
        for peak in (flagged := flag_peaks()):
            self.stdout.write(f"{peak.station.code} {peak} people: {peak.people} usual: {peak.usual}")
        self.stdout.write(f"odd hours: {len(flagged)} flagged")
