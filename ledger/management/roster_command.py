"""What ``export_roster`` and ``print_roster`` share."""

from functools import partial
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from ledger.management.communities import one_community, whole_file
from ledger.operations.printouts import make_printout
from ledger.rosters import ROSTERS


class RosterCommand(BaseCommand):
    """Writes one roster of one community to a file that appears whole or not at all."""

    wanted_suffixes = ""

    def add_arguments(self, parser):
        parser.add_argument("kind", choices=list(ROSTERS))
        parser.add_argument("file", type=Path)
        parser.add_argument("--community", metavar="CODE", help="needed only where there are several")
        parser.add_argument("--reason", default="", help="what it is for; stands on every page and in the audit")

    def writer_for(self, file, options):
        """The form and the writer for this file's suffix; None for any other."""
        raise NotImplementedError

    def handle(self, *args, kind, file, community, reason, **options):
        found = self.writer_for(file, options)
        if found is None:
            raise CommandError(f"the file's name must end in {self.wanted_suffixes}: {file}")
        form, write = found
        try:
            with whole_file(file) as draft:
                printout = make_printout(
                    ROSTERS[kind],
                    form,
                    community=one_community(community),
                    write=partial(write, file=draft),
                    by=None,
                    reason=reason or _("命令行打印或导出"),
                )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(self.style.SUCCESS(f"{file}: {printout.rows} rows, serial {printout.serial}"))
