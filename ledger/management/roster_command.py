"""What the commands that print or export share."""

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


class FileCommand(BaseCommand):
    """Writes something of one community to a file that appears whole or not at all."""

    wanted_suffixes = ""

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--community", metavar="CODE", help="needed only where there are several")
        parser.add_argument("--reason", default="", help="what it is for; stands on every page and in the audit")

    def writer_for(self, file, options):
        """The form and the writer for this file's suffix; None for any other."""
        raise NotImplementedError

    def make(self, form, *, community, write, by, reason, options):
        """Let an operation make and record what is wanted; return its printout."""
        raise NotImplementedError

    def handle(self, *args, file, community, reason, **options):
        found = self.writer_for(file, options)
        if found is None:
            raise CommandError(f"the file's name must end in {self.wanted_suffixes}: {file}")
        form, write = found
        try:
            with whole_file(file) as draft:
                printout = self.make(
                    form,
                    community=one_community(community),
                    write=partial(write, file=draft),
                    by=None,
                    reason=reason or _("命令行打印或导出"),
                    options=options,
                )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(self.style.SUCCESS(f"{file}: {printout.rows} rows, serial {printout.serial}"))


class PdfCommand(FileCommand):
    """Writes a PDF with `writer`."""

    wanted_suffixes = ".pdf"
    writer = None

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--anyway", action="store_true", help="print although some characters are in no font")

    def writer_for(self, file, options):
        return {".pdf": ("pdf", partial(self.writer, anyway=options["anyway"]))}.get(file.suffix.lower())


class RosterCommand(FileCommand):
    """Writes one roster, in the form of a template, of today or of a past day."""

    kinds = tuple(ROSTERS)

    def add_arguments(self, parser):
        parser.add_argument("kind", choices=self.kinds)
        super().add_arguments(parser)
        parser.add_argument(
            "--as-of", type=day, metavar="YYYY-MM-DD", help="the roster as it stood at the end of this past day"
        )
        parser.add_argument("--template", metavar="NAME", default="", help="a form template, by its name")
        parser.add_argument("--full", metavar="WHY", default="", help="show full phones and ID numbers, and say why")

    def make(self, form, *, options, community, **how):
        roster = ROSTERS[options["kind"]]
        layout = layout_of(roster, community, None, options["template"])
        return make_printout(
            roster, form, community=community, layout=layout, as_of=options["as_of"], **fullness(options), **how
        )


def fullness(options):
    """Whether everything is shown, and why, as the operations want to know it."""
    return {"full": bool(options["full"]), "full_reason": options["full"]}
