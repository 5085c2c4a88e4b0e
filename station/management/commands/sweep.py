"""``manage.py sweep``: forget what has served its purpose."""

from django.core.management.base import BaseCommand

from station.operations.sweeping import sweep


class Command(BaseCommand):
    help = "Forgets marks of visits, sign-in codes and import drafts after a day, and what else is old. Safe any time."

    def handle(self, *args, **options):
        for what, number in sweep().items():
            self.stdout.write(f"{what}: {number} forgotten")
