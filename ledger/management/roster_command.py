"""What the commands that print or export share."""

import os
import tempfile
from functools import partial
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from ledger.operations.printouts import make_printout
from ledger.rosters import ROSTERS
from station.models import Community


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
        if not file.parent.is_dir():
            raise CommandError(f"there is no folder {file.parent}")
        form, write = found
        place = self._community(community)
        try:
            printout = self._write(form, write, file, place, reason, options)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except OSError as error:
            raise CommandError(f"cannot write {file}: {error.strerror}") from error
        self.stdout.write(self.style.SUCCESS(f"{file}: {printout.rows} rows, serial {printout.serial}"))

    def _write(self, form, write, file, community, reason, options):
        with tempfile.NamedTemporaryFile(dir=file.parent, prefix=".station-", delete=False) as draft:
            try:
                printout = self.make(
                    form,
                    community=community,
                    write=partial(write, file=draft),
                    by=None,
                    reason=reason or _("命令行打印或导出"),
                    options=options,
                )
                draft.close()
                os.replace(draft.name, file)
            finally:
                Path(draft.name).unlink(missing_ok=True)
        return printout

    def _community(self, code):
        communities = Community.objects.select_related("street").order_by("code")
        if code is not None:
            place = communities.filter(code=code).first()
            if place is None:
                raise CommandError(f"there is no community {code}; known: {self._known(communities)}")
            return place
        if len(communities) != 1:
            raise CommandError(
                f"say which community with --community CODE: {self._known(communities)}"
                if communities
                else "there is no community yet; load the demo or add one in the admin"
            )
        return communities[0]

    def _known(self, communities):
        return ", ".join(community.code for community in communities) or "none"


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
    """Writes one roster."""

    def add_arguments(self, parser):
        parser.add_argument("kind", choices=list(ROSTERS))
        super().add_arguments(parser)

    def make(self, form, *, options, **how):
        return make_printout(ROSTERS[options["kind"]], form, **how)
