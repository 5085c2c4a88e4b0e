"""Taking an import back: changed rows become what they were, new ones go, as long as nobody has built on them."""

import json
from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from simple_history.models import HistoricalChanges

from ledger.imports import REGISTERS
from ledger.imports.registers import in_pieces, rows_with
from ledger.models import ImportBatch, ImportRow, PartyMember, SurveyEntry, Worker
from ledger.models.names import NamePart
from ledger.operations import entries
from ledger.operations.imports import bulk_update, follow_grids, remember
from ledger.rosters import READ_AT_ONCE
from station.lib.db import save_checked
from station.lib.states import move
from station.models import Consent
from station.operations import audit

Outcome = ImportRow.Outcome
NAMED = 10  # entries that a refusal names


def undo_import(batch, *, by, reason):
    """Take back everything the import did. Raises ValidationError naming the entries somebody has touched since."""
    entries.require_reason(reason)
    try:
        with transaction.atomic():
            return _Undoing(entries.lock(batch), by, reason).run()
    except IntegrityError as error:
        raise ValidationError(
            _("撤销会和台账里现在的内容冲突（例如原来的号码已经给了别人），没有撤销。"), "conflict"
        ) from error


class _Undoing:
    def __init__(self, batch, by, reason):
        self.batch, self.by, self.reason, self.at = batch, by, reason, timezone.now()
        self.register = REGISTERS[batch.kind]
        self.model = self.register.model

    def run(self):
        move(self.batch, ImportBatch.State.UNDONE)
        rows = list(self.batch.rows.filter(outcome__in=[Outcome.NEW, Outcome.CHANGED]).order_by("line"))
        if not all(row.changes for row in rows):
            raise ValidationError(_("这次导入太久了，原来的内容已经按规定清除，不能撤销。"), "forgotten")
        found = {entry.number: entry for entry in rows_with(self._locked(), "number", (row.number for row in rows))}
        new = [found.get(row.number) for row in rows if row.outcome == Outcome.NEW]
        self._refuse_touched(rows, found, [entry for entry in new if entry is not None])
        self._restore([(row, found[row.number]) for row in rows if row.outcome == Outcome.CHANGED])
        self._take_out(new, [json.loads(row.changes) for row in rows if row.outcome == Outcome.NEW])
        self._withdraw_consents(found.values())
        self.batch.undone_at = self.at
        save_checked(self.batch)
        audit.record(
            "undo import",
            self.batch,
            by=self.by,
            reason=self.reason,
            community=self.batch.community,
            kind=self.batch.kind,
            new=self.batch.new,
            changed=self.batch.changed,
        )
        return self.batch

    def _locked(self):
        joined = ("worker",) if self.model is PartyMember else ()
        return self.model.objects.select_for_update(of=("self",)).select_related(*joined)

    # --- what stands in the way --------------------------------------------------------------------------------------
    def _refuse_touched(self, rows, found, new):
        newest = {}
        for piece in in_pieces(entry.pk for entry in found.values()):
            past = self.model.history.filter(id__in=piece).order_by()
            newest |= dict(past.values_list("id").annotate(Max("history_id")))
        touched = [
            row.number for row in rows if row.number not in found or newest.get(found[row.number].pk) != row.history_id
        ]
        numbers = {entry.pk: entry.number for entry in new}
        touched += [numbers[pk] for piece in in_pieces(numbers) for pk in self._leaned_on(piece)]
        if touched := sorted(set(touched)):
            shown = "、".join(touched[:NAMED])
            raise ValidationError(
                _("导入之后，这些记录又有人动过，或者有别的记录连着：%(numbers)s（共 %(n)d 条）。没有撤销任何内容。"),
                "touched",
                {"numbers": shown, "n": len(touched)},
            )

    def _leaned_on(self, pks) -> Iterator[int]:
        """Those of `pks` that a row of any table refers to, but for what the import itself made."""
        for relation in self.model._meta.get_fields(include_hidden=True):
            if not (relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one)):
                continue
            if issubclass(relation.related_model, (HistoricalChanges, NamePart)):  # both follow the entry by themselves
                continue
            name, rows = relation.field.name, relation.related_model._base_manager.filter
            own = self._own_finds() if relation.related_model is SurveyEntry else Q(pk__in=[])
            yield from rows(~own, **{f"{name}__in": pks}).values_list(relation.field.attname, flat=True)

    def _own_finds(self):
        """The entries of the survey round that came with the import."""
        return Q(result=SurveyEntry.Result.NEW, checked_at=self.batch.committed_at)

    # --- taking back -------------------------------------------------------------------------------------------------
    def _restore(self, pairs):
        names = set()
        for row, entry in pairs:
            for name, (before, _after) in json.loads(row.changes).items():
                kind = entry._meta.get_field(name)
                setattr(entry, kind.attname, before if kind.is_relation else kind.to_python(before))
                names.add(name)
        restored = [entry for _row, entry in pairs]
        if restored:
            earlier = self._earlier_history(restored)
            bulk_update(restored, names)
            history = remember(restored, by=self.by, reason=self.reason, at=self.at, update=True)
            self._pass_on({earlier.get(past.id): past.history_id for past in history})
            if "grid" in names and self.model is not PartyMember:
                follow_grids(restored)

    def _earlier_history(self, restored):
        """Of each entry the row of history before this import's, all of which bear its moment."""
        earlier = {}
        for piece in in_pieces(entry.pk for entry in restored):
            past = self.model.history.filter(id__in=piece).exclude(history_date=self.batch.committed_at)
            earlier |= dict(past.order_by().values_list("id").annotate(Max("history_id")))
        return earlier

    def _pass_on(self, successors):
        """The import before this one finds its entries as it left them, and may be undone in its turn."""
        older = ImportRow.objects.filter(
            batch__community=self.batch.community, batch__kind=self.batch.kind, batch__state=ImportBatch.State.COMMITTED
        )
        rows = list(rows_with(older, "history_id", successors))
        for row in rows:
            row.history_id = successors[row.history_id]
        ImportRow.objects.bulk_update(rows, ["history_id"], batch_size=READ_AT_ONCE)

    def _take_out(self, new, changes):
        if not new:
            return
        if self.model is PartyMember:
            self._forget_affiliations(new, changes)
        for piece in in_pieces(entry.pk for entry in new):
            if self.model is not PartyMember:
                subject = self.model._meta.model_name
                SurveyEntry.objects.filter(self._own_finds(), **{f"{subject}__in": piece}).delete()
        history = self.model.history.model
        history.objects.bulk_create(
            history(
                history_date=self.at,
                history_user=self.by,
                history_change_reason=self.reason,
                history_type="-",
                **{tracked.attname: getattr(entry, tracked.attname) for tracked in history.tracked_fields},
            )
            for entry in new
        )
        for piece in in_pieces(entry.pk for entry in new):
            if self.model is not PartyMember:
                self.model._meta.get_field("name_parts").related_model.objects.filter(entry__in=piece).delete()
            rows = self.model._base_manager.filter(pk__in=piece)
            rows._raw_delete(rows.db)  # delete() would write each row's history once more, by nobody

    def _forget_affiliations(self, new, changes):
        """What was learned with the entry goes with it, unless somebody has said otherwise since."""
        member = Worker.Affiliation.MEMBER
        workers = [
            entry.worker
            for entry, change in zip(new, changes, strict=True)
            if "worker.affiliation" in change and entry.worker.affiliation == member
        ]
        for worker in workers:
            worker.affiliation = ""
        if workers:
            bulk_update(workers, {"affiliation"})
            remember(workers, by=self.by, reason=self.reason, at=self.at, update=True)

    def _withdraw_consents(self, found):
        """Those the import recorded, all at its own moment."""
        for piece in in_pieces(self.register.person_of(entry) for entry in found):
            given = Consent.objects.given().filter(person_uid__in=piece, given_at=self.batch.committed_at)
            given.filter(channel=Consent.Channel.PAPER).update(withdrawn_at=self.at)
