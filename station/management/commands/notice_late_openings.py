"""``manage.py notice_late_openings``: tell who should know that a station did not open. For a timer of minutes."""

from django.core.management.base import BaseCommand

from station.operations.lateness import notice_late_openings

WORDS = ("late", "told", "without a phone")


class Command(BaseCommand):
    help = (
        "Writes down each station with a keeper that had not said 'open' half an hour after its first posted opening "
        "of the day (LATE_OPENING_AFTER_MINUTES) and tells its keepers and the community's administrators, once."
    )

    def handle(self, *args, **options):
        done = notice_late_openings()
        for word in WORDS:
            self.stdout.write(f"{word}: {done[word]}")
