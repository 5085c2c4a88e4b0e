"""``manage.py check_audit``: is the audit chain whole?"""

from django.core.management.base import BaseCommand, CommandError

from station.models import AuditHead
from station.operations.audit import first_broken_link


class Command(BaseCommand):
    help = "Checks every audit event against its seal. Exits with 1 and names the first event that does not check."

    def handle(self, *args, **options):
        broken = first_broken_link()
        if broken is None:
            head = AuditHead.objects.first()
            self.stdout.write(self.style.SUCCESS(f"audit chain is whole: {head.count if head else 0} events"))
        elif broken:
            raise CommandError(f"audit event {broken} does not check")
        else:
            raise CommandError("the newest audit events are missing")
