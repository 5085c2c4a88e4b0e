"""What ``export_roster`` and ``print_roster`` share."""

from argparse import ArgumentTypeError
from datetime import date
from functools import partial
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from ledger.layouts import layout_of
from ledger.management.communities import one_community, whole_file
from ledger.operations.printouts import make_printout
from ledger.rosters import ROSTERS


def day(text):
    """A date as ``--as-of`` takes it. Raises ArgumentTypeError."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"not a date like 2026-09-30: {text[:20]!r}") from error


class RosterCommand(BaseCommand):
    """Writes one roster of one community to a file that appears whole or not at all."""

    wanted_suffixes = ""
    kinds = tuple(ROSTERS)

    def add_arguments(self, parser):
        parser.add_argument("kind", choices=self.kinds)
        parser.add_argument("file", type=Path)
        parser.add_argument("--community", metavar="CODE", help="needed only where there are several")
        parser.add_argument(
            "--as-of", type=day, metavar="YYYY-MM-DD", help="the roster as it stood at the end of this past day"
        )
        parser.add_argument("--reason", default="", help="what it is for; stands on every page and in the audit")
        parser.add_argument("--template", metavar="NAME", default="", help="a form template, by its name")
        parser.add_argument("--full", metavar="WHY", default="", help="show full phones and ID numbers, and say why")

    def writer_for(self, file, options):
        """The form and the writer for this file's suffix; None for any other."""
        raise NotImplementedError

    def handle(self, *args, kind, file, community, reason, template, full, as_of, **options):
        found = self.writer_for(file, {"kind": kind, **options})
        if found is None:
            raise CommandError(f"the file's name must end in {self.wanted_suffixes}: {file}")
        form, write = found
        arguments = {
            "by": None,
            "reason": reason or _("命令行打印或导出"),
            "full": bool(full),
            "full_reason": full,
            "as_of": as_of,
        }
        try:
            with whole_file(file) as draft:
                arguments["community"] = one_community(community)
                printout = self.let_out(kind, form, partial(write, file=draft), template, arguments)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(self.style.SUCCESS(f"{file}: {printout.rows} rows, serial {printout.serial}"))

    def let_out(self, kind, form, write, template, arguments):
        """Write the copy and record it."""
        layout = layout_of(ROSTERS[kind], arguments["community"], None, template)
        return make_printout(ROSTERS[kind], form, write=write, layout=layout, **arguments)
