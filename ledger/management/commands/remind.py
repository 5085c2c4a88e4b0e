"""``manage.py remind``: tell grid workers and administrators how many entries wait for them. For a daily cron."""

from django.core.management.base import BaseCommand

from ledger.operations.reminders import remind_all

WORDS = ("reminded", "without a phone", "already reminded", "nothing to do")


class Command(BaseCommand):
    help = (
        "Sends each grid worker how many entries of his grids nobody has confirmed for long and how many the running "
        "survey round has yet to check, and each community administrator the sum. Nobody is reminded twice a day."
    )

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="count only: send nothing, remember nothing")

    def handle(self, *args, dry_run, **options):
        done = remind_all(dry_run=dry_run)
        for word in WORDS:
            self.stdout.write(f"{word}: {done[word]}")
