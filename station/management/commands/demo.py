"""``manage.py demo``: the invented community, in an empty database."""

from importlib import import_module

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.module_loading import module_has_submodule

from station.demo import MADE, DemoWorld
from station.lib import notify
from station.models import AuditEvent, Community, User


class Command(BaseCommand):
    help = "Loads the demo community. Does nothing where it is loaded already; refuses a database with other data."

    def add_arguments(self, parser):
        parser.add_argument(
            "--if-empty", action="store_true", help="leave a database with data alone, without an error"
        )

    def handle(self, *args, if_empty, verbosity, **options):
        with notify.silenced(), transaction.atomic():  # in this order: messages leave when the transaction ends
            outcome = self.load(if_empty)
        if verbosity and outcome:
            self.stdout.write(self.style.SUCCESS(outcome))

    def load(self, if_empty):
        """Load the demo into an empty database; returns what to say about it."""
        if AuditEvent.objects.filter(action=MADE).exists():
            return "demo data is there already"
        if User.objects.exists() or Community.objects.exists():
            if if_empty:
                return ""
            raise CommandError("this database holds data that is not the demo's: nothing was changed")
        world = DemoWorld()
        for config in apps.get_app_configs():
            if module_has_submodule(config.module, "demo"):
                import_module(f"{config.name}.demo").load(world)
        return "demo data loaded; every person in it is invented"
