"""``manage.py import_roster workers FILE.xlsx``: a file into a register; looks only, unless told to commit."""

import json
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from ledger.imports import REGISTERS, missing_columns, unmapped
from ledger.imports.refusals import write_refused
from ledger.management.communities import one_community, require_folder, whole_file
from ledger.models import ImportBatch, ImportRow
from ledger.operations.imports import commit_import, discard_import, draft_import, read_file, weigh
from ledger.rosters import ROSTERS
from station.lib.sheets import MAX_FILE_BYTES

Outcome = ImportRow.Outcome


class Command(BaseCommand):
    help = "Says what a file (.xlsx or .csv) would change in a register: counts on stdout, refused rows on stderr."

    def add_arguments(self, parser):
        parser.add_argument("kind", choices=list(ROSTERS))
        parser.add_argument("file", type=Path)
        parser.add_argument("--mode", choices=ImportBatch.Mode.values, default=ImportBatch.Mode.SKIP.value)
        parser.add_argument("--commit", action="store_true", help="write it, all or nothing")
        parser.add_argument("--community", metavar="CODE", help="needed only where there are several")
        parser.add_argument("--reason", default="", help="why; stands in the history of every row and in the audit")
        parser.add_argument("--refused", type=Path, metavar="FILE.xlsx", help="write the refused rows here, with why")
        parser.add_argument(
            "--consents-on-paper", action="store_true", help="the persons' signed consents are there, and are recorded"
        )

    def handle(self, *args, kind, file, mode, commit, community, reason, refused, consents_on_paper, **options):
        if refused:
            require_folder(refused)
        batch = ImportBatch(
            community=one_community(community),
            kind=kind,
            mode=mode,
            file_name=file.name,
            reason=reason or _("命令行导入"),
            consents_on_paper=consents_on_paper,
        )
        try:
            rows = self.weigh(batch, self.read(file), commit)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.tell(batch, rows)
        if refused:
            left_over = [(cells, problems) for _line, outcome, problems, cells in rows if outcome == Outcome.REFUSED]
            with whole_file(refused) as draft:
                write_refused(draft, batch, left_over, by=None)
        self.stdout.write(" ".join(f"{outcome} {getattr(batch, outcome)}" for outcome in Outcome.values))

    @staticmethod
    def read(file):
        try:
            with file.open("rb") as opened:
                return opened.read(MAX_FILE_BYTES + 1)
        except OSError as error:
            raise CommandError(f"cannot read {file}: {error.strerror}") from error

    @staticmethod
    def weigh(batch, data, commit):
        """(line, outcome, reasons, cells) of every row; with `commit` they are written."""
        if not commit:
            rows = read_file(batch, data, by=None)
            plan, _lines, _facts = weigh(batch, rows)
            return [(p.line, p.outcome, p.problems, cells) for p, (_number, cells) in zip(plan, rows, strict=True)]
        draft_import(batch, data, by=None)
        kept = [(row.line, row.outcome, row.problems, json.loads(row.cells)) for row in batch.rows.order_by("line")]
        try:
            if batch.writes:
                commit_import(batch, by=None)
        finally:
            for draft in ImportBatch.objects.drafts().filter(pk=batch.pk):
                discard_import(draft, by=None)  # nobody comes back to look at it
        return kept

    def tell(self, batch, rows):
        """What is not in the counts goes to stderr: columns not read, rows refused."""
        if titles := unmapped(batch.headers, batch.mapping):
            self.stderr.write(_("这些列不认识，没有读：%(titles)s") % {"titles": "、".join(titles)})
        if missing := missing_columns(REGISTERS[batch.kind], batch.mapping):
            titles = "、".join(str(column.title) for column in missing)
            self.stderr.write(_("没有这些列，所以不能新增：%(titles)s") % {"titles": titles})
        for line, outcome, problems, _cells in rows:
            if outcome == Outcome.REFUSED:
                self.stderr.write(_("第 %(line)d 行：%(problems)s") % {"line": line, "problems": "；".join(problems)})
