"""Bringing a file into a register: look at it first, then all of it at once or nothing; and taking it back.

A draft holds the rows of the file and what would become of them. To commit is to weigh them again: only what somebody
has looked at is written. The weighing happens outside the transaction, which then has nothing left to do but to see
that nothing has moved, and to write: SQLite lets one transaction write at a time.
"""

import hashlib
import json
from itertools import chain

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ledger.imports import REGISTERS, form_titles, guess_mapping, lines_of, make_plan, read_table
from ledger.models import Enterprise, ImportBatch, ImportRow, PartyMember, SurveyEntry, SurveyRound, Worker
from ledger.models.entries import Channel
from ledger.operations import entries
from ledger.rosters import READ_AT_ONCE
from station.lib.crypto import BlindIndexField
from station.lib.db import save_checked
from station.lib.sheets import read_book
from station.lib.states import check_move, move
from station.lib.tables import clean_text
from station.models import Consent
from station.operations import audit
from station.privacy import PRIVACY_TEXT_VERSION

Outcome, State = ImportRow.Outcome, ImportBatch.State
FILE_NAME_LENGTH = ImportBatch._meta.get_field("file_name").max_length


# --- looking -------------------------------------------------------------------------------------------------------


def read_file(batch, data, *, by):
    """What stands in the file: its titles, how they are understood and its rows; the rows are returned.

    Raises ValidationError.
    """
    roster = REGISTERS[batch.kind].roster
    book, forms = read_book(data), form_titles(roster, batch.community)
    table = read_table(book, roster, by, forms)
    batch.sha256 = hashlib.sha256(data).hexdigest()
    batch.file_name = _plain_name(batch.file_name)
    batch.encoding, batch.headers, batch.ignored = table.encoding, table.titles, table.ignored
    batch.mapping = guess_mapping(table.titles, roster, by, forms)
    return table.rows


def weigh(batch, rows):
    """The plan for `rows`, the lines and the facts it was made of; the batch's counts are set. Reads only."""
    register = REGISTERS[batch.kind]
    lines = lines_of(register, rows, batch.mapping)
    facts = register.read_facts(batch.community, lines, lock=False)
    plan = make_plan(register, batch.community, lines, facts, mode=batch.mode, on_paper=batch.consents_on_paper)
    for outcome in Outcome.values:
        setattr(batch, outcome, sum(planned.outcome == outcome for planned in plan))
    return plan, lines, facts


def draft_import(batch, data, *, by):
    """Keep `batch` (unsaved) with the rows of the file `data` and what would become of them. Raises ValidationError."""
    entries.require_reason(batch.reason)
    rows = read_file(batch, data, by=by)
    batch.by = by
    plan, _lines, _facts = weigh(batch, rows)
    _keep(batch, rows, plan)
    return batch


def change_draft(batch, *, mapping, mode, consents_on_paper):
    """Look at the same rows with another mapping or in another mode. Raises ValidationError."""
    check_move(batch, State.COMMITTED)
    if (batch.mapping, batch.mode, batch.consents_on_paper) == (mapping, mode, consents_on_paper):
        return batch
    rows = rows_of(batch)
    batch.mapping, batch.mode, batch.consents_on_paper = mapping, mode, consents_on_paper
    plan, _lines, _facts = weigh(batch, rows)
    _keep(batch, rows, plan)
    return batch


@transaction.atomic
def discard_import(batch, *, by):
    """Drop a draft: its rows are forgotten at once. Raises ValidationError."""
    batch = entries.lock(batch)
    move(batch, State.DISCARDED)
    batch.rows.all().delete()
    return save_checked(batch)


def rows_of(batch, *, first=None):
    """The rows of the file as they were kept, all or the `first` few: (line, cells)."""
    return [(row.line, json.loads(row.cells)) for row in batch.rows.order_by("line")[:first]]


@transaction.atomic
def hand_out_refused(batch, *, by):
    """The refused rows, (cells, reasons) each, to be mended outside; on record. Raises ValidationError."""
    refused = [row for row in batch.rows.filter(outcome=Outcome.REFUSED).order_by("line") if row.cells]
    if not refused:
        raise ValidationError(_("没有不能导入的行，或者原文已经按规定清除。"), "nothing")
    audit.record(
        "export refused rows",
        batch,
        by=by,
        reason=batch.reason,
        community=batch.community,
        kind=batch.kind,
        rows=len(refused),
    )
    return [(json.loads(row.cells), row.problems) for row in refused]


@transaction.atomic
def _keep(batch, rows, plan):
    if batch.pk is not None:
        check_move(entries.lock(batch), State.COMMITTED)
        batch.rows.all().delete()
    save_checked(batch)
    ImportRow.objects.bulk_create(
        ImportRow(
            batch=batch,
            line=number,
            outcome=planned.outcome,
            number=planned.number,
            problems=planned.problems,
            cells=_json(cells),
            changes=_json(planned.changes),
        )
        for (number, cells), planned in zip(rows, plan, strict=True)
    )


def _plain_name(name):
    """What a file was called, without folders and what no column can hold."""
    last = clean_text(name).replace("\\", "/").rpartition("/")[2]
    return "".join(filter(str.isprintable, last)).strip()[-FILE_NAME_LENGTH:] or "—"


def _json(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


# --- committing ----------------------------------------------------------------------------------------------------


def commit_import(batch, *, by):
    """Write everything that the draft promised, in one transaction. Raises ValidationError; then nothing is written.

    Where the ledger has moved since and something else would come of it, the draft is renewed to be looked at again.
    """
    check_move(batch, State.COMMITTED)
    kept = list(batch.rows.order_by("line"))
    rows = [(row.line, json.loads(row.cells)) for row in kept]
    plan, lines, facts = weigh(batch, rows)
    moved = sum(planned.verdict != _verdict(row) for planned, row in zip(plan, kept, strict=True))
    if moved:
        _keep(batch, rows, plan)
        raise ValidationError(
            _("预览之后台账里有变化，%(n)d 行的结果不一样了，还没有导入。请看过新的预览再导入。"), "moved", {"n": moved}
        )
    if not batch.writes:
        raise ValidationError(_("没有要新增或更改的行。"), "nothing")
    try:
        with transaction.atomic():
            locked = entries.lock(batch)
            move(locked, State.COMMITTED)
            register = REGISTERS[batch.kind]
            now = register.read_facts(batch.community, lines, lock=True)
            if now.snapshot != facts.snapshot or not locked.rows.filter(pk=kept[0].pk).exists():
                raise ValidationError(_("刚才有人改了台账，没有导入任何内容。请再点一次“导入”。"), "raced")
            return _Writer(locked, by).write(plan, kept)
    except IntegrityError as error:
        raise ValidationError(_("刚才有人登记了文件里的号码，没有导入任何内容。请重新看一遍预览。"), "raced") from error


def _verdict(row):
    return row.line, row.outcome, row.number, row.problems, json.loads(row.changes)


class _Writer:
    """Writes a plan inside the transaction of its commit."""

    def __init__(self, batch, by):
        self.batch, self.by, self.at = batch, by, timezone.now()
        self.model = REGISTERS[batch.kind].model

    def write(self, plan, kept):
        new = [planned for planned in plan if planned.outcome == Outcome.NEW]
        changed = [planned for planned in plan if planned.outcome == Outcome.CHANGED]
        if new:
            self._create(new)
        if changed:
            self._update(changed)
        self._take_consents([*new, *changed])
        self._sign(kept, plan)
        self.batch.committed_at, self.batch.by = self.at, self.by or self.batch.by
        save_checked(self.batch)
        counts = {outcome: getattr(self.batch, outcome) for outcome in Outcome.values}
        audit.record(
            "commit import",
            self.batch,
            by=self.by,
            reason=self.batch.reason,
            community=self.batch.community,
            kind=self.batch.kind,
            mode=self.batch.mode,
            **counts,
        )
        return self.batch

    def _create(self, new):
        numbers = entries.take_numbers(self.model, self.batch.community, len(new))
        for planned, number in zip(new, numbers, strict=True):
            planned.entry.number = planned.number = number
            planned.entry.created_at = self.at
        rows = [planned.entry for planned in new]
        self.model.objects.bulk_create(rows)
        self._remember(rows, update=False)
        if self.model is PartyMember:
            self._know_affiliations(new)
        else:
            self._add_to_open_round(rows)

    def _update(self, changed):
        names = set(chain.from_iterable(planned.changes for planned in changed))
        rows = [planned.entry for planned in changed]
        bulk_update(rows, names)
        self._remember(rows, update=True)
        if "grid" in names and self.model is not PartyMember:
            follow_grids([planned.entry for planned in changed if "grid" in planned.changes])

    def _remember(self, rows, *, update):
        """The rows' history, by whom, why and when; the id of each is kept for an undo."""
        history = remember(rows, by=self.by, reason=self.batch.reason, at=self.at, update=update)
        for row, past in zip(rows, history, strict=True):
            row.imported_as = past.history_id

    def _know_affiliations(self, new):
        workers = [planned.entry.worker for planned in new if "worker.affiliation" in planned.changes]
        for worker in workers:
            worker.affiliation = Worker.Affiliation.MEMBER.value
        if workers:
            bulk_update(workers, {"affiliation"})
            remember(workers, by=self.by, reason=self.batch.reason, at=self.at, update=True)

    def _add_to_open_round(self, rows):
        """What enters the ledger while a survey round runs is a find of that round."""
        running = SurveyRound.objects.running().filter(community=self.batch.community).first()
        if running is None:
            return
        subject = {Enterprise: "enterprise", Worker: "worker"}[self.model]
        SurveyEntry.objects.bulk_create(
            SurveyEntry(
                round=running,
                grid=row.grid,
                result=SurveyEntry.Result.NEW,
                channel=getattr(row, "source", Channel.PLATFORM),
                checked_at=self.at,
                checked_by=self.by,
                **{subject: row},
            )
            for row in rows
        )

    def _take_consents(self, written):
        """What the persons signed on paper, as the one who uploaded the file said."""
        if not self.batch.consents_on_paper:
            return
        register = REGISTERS[self.batch.kind]
        given = {(register.person_of(p.entry), purpose) for p in written for purpose in p.consents}
        if self.model is Worker:
            new = (planned.entry.uid for planned in written if planned.outcome == Outcome.NEW)
            given |= {(uid, Consent.Purpose.REGISTER.value) for uid in new}
        Consent.objects.bulk_create(
            Consent(
                person_uid=uid,
                purpose=purpose,
                text_version=PRIVACY_TEXT_VERSION,
                channel=Consent.Channel.PAPER,
                given_at=self.at,
                recorded_by=self.by,
            )
            for uid, purpose in sorted(given)
        )

    def _sign(self, kept, plan):
        """Say in each row of the batch which entry it became, and by which row of its history."""
        for row, planned in zip(kept, plan, strict=True):
            if planned.entry is not None:
                row.number, row.history_id = planned.number, planned.entry.imported_as
        self.batch.rows.all().delete()  # written anew in a third of the time that an UPDATE of so many values takes
        ImportRow.objects.bulk_create(kept)


def bulk_update(rows, names):
    """Write the fields `names` of all rows; a blind index follows its field."""
    model = type(rows[0])
    indexes = {f.name for f in model._meta.fields if isinstance(f, BlindIndexField) and f.source in names}
    model.objects.bulk_update(rows, sorted({*names, *indexes}), batch_size=READ_AT_ONCE)


def remember(rows, *, by, reason, at, update):
    """Write one row of history for each of `rows`, and return them in the same order."""
    return type(rows[0]).history.bulk_history_create(
        rows, update=update, default_user=by, default_change_reason=reason, default_date=at
    )


def follow_grids(rows):
    """Whoever looks after an entry now checks it in the open round."""
    subject = {Enterprise: "enterprise", Worker: "worker"}[type(rows[0])]
    grids = {}
    for row in rows:
        grids.setdefault(row.grid_id, []).append(row.pk)
    for grid, pks in grids.items():
        for start in range(0, len(pks), READ_AT_ONCE):
            piece = pks[start : start + READ_AT_ONCE]
            SurveyEntry.objects.to_check().filter(**{f"{subject}__in": piece}).update(grid=grid)
