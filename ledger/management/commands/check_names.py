"""``manage.py check_names``: is everybody in the ledger found by his name?"""

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from ledger.models import Enterprise, Worker


class Command(BaseCommand):
    help = "Checks that every entry is filed under every part of its name. Exits with 1 and counts those that are not."

    def add_arguments(self, parser):
        parser.add_argument("--repair", action="store_true", help="file them anew")

    def handle(self, *args, repair, **options):
        wrong = {model._meta.model_name: self.check(model, repair) for model in (Worker, Enterprise)}
        counts = ", ".join(f"{count} {name}" for name, count in wrong.items() if count)
        if counts and not repair:
            raise CommandError(f"not found by name: {counts}; --repair files them anew")
        self.stdout.write(self.style.SUCCESS(f"filed anew: {counts}" if counts else "everybody is found by name"))

    def check(self, model, repair):
        """How many entries are misfiled."""
        count = 0
        for wrong in model.objects.misfiled():
            count += len(wrong)
            if repair and wrong:
                with transaction.atomic():
                    model.objects.refile(model.objects.select_for_update().filter(pk__in=[e.pk for e in wrong]))
        return count
