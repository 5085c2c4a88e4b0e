"""Survey rounds: open one, check its entries, hand out letters, close it."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ledger.models import Enterprise, SurveyEntry, SurveyRound, Worker
from ledger.operations import entries
from station.lib.db import save_checked
from station.lib.states import move
from station.operations import audit

Result = SurveyEntry.Result


@transaction.atomic
def open_round(survey, *, by):
    """Open a round in which every active enterprise and worker is to be checked. Raises ValidationError."""
    save_checked(survey)
    rows = []
    for model, subject in ((Enterprise, "enterprise_id"), (Worker, "worker_id")):
        active = model.objects.active().filter(community=survey.community).order_by("pk")
        rows += [
            SurveyEntry(round=survey, grid_id=grid, **{subject: pk}) for pk, grid in active.values_list("pk", "grid_id")
        ]
    SurveyEntry.objects.bulk_create(rows, batch_size=1000)
    audit.record("open round", survey, by=by, community=survey.community, entries=len(rows))
    return survey


@transaction.atomic
def change_round(survey, *, by, fields=()):
    """Save a changed name or date of an open round. Raises ValidationError."""
    require_open(survey)
    save_checked(survey)
    audit.record("change round", survey, by=by, community=survey.community, fields=sorted(fields))
    return survey


@transaction.atomic
def check_entry(entry, result, *, by, channel, note=""):
    """Write down what was found; while the round runs it may be corrected. Raises ValidationError.

    Found as it stands, changed or new: the enterprise or worker counts as confirmed today. Left: it leaves the ledger,
    and `note` says why.
    """
    if result == Result.TO_CHECK:
        raise ValidationError(_("请选核查结果。"), code="result")
    if result in (Result.CHANGED, Result.LEFT) and not note.strip():
        raise ValidationError(_("请写一句：有什么变化，或者为什么离开。"), code="note_required")
    entry = entries.lock(entry)
    require_open(entries.lock(entry.round))
    subject = entries.lock(entry.subject)
    if result != Result.LEFT:
        entries.confirm(subject, by=by, reason=note)
    elif subject.state != subject.State.LEFT:
        entries.leave(subject, by=by, reason=note)
    entry.result, entry.channel, entry.note = result, channel, note
    entry.checked_at, entry.checked_by = timezone.now(), by
    save_checked(entry)
    audit.record("check entry", entry, by=by, reason=note, community=subject.community, result=str(result))
    return entry


@transaction.atomic
def close_round(survey, *, by, reason=""):
    """End the round. Where something is still to be checked, `reason` says why it stays so. Raises ValidationError."""
    survey = entries.lock(survey)
    open_entries = survey.entries.to_check().count()
    if open_entries and not reason.strip():
        raise ValidationError(
            _("还有 %(n)d 条没有核查：请查完，或者写明为什么先结束。"), code="unexplained", params={"n": open_entries}
        )
    move(survey, SurveyRound.State.CLOSED)
    survey.closed_at, survey.closing_reason = timezone.now(), reason
    save_checked(survey)
    audit.record("close round", survey, by=by, reason=reason, community=survey.community, unchecked=open_entries)
    return survey


@transaction.atomic
def record_letters(handout, *, by):
    """Count letters handed out in one grid. Raises ValidationError."""
    if handout.round_id is not None:
        require_open(handout.round)
    save_checked(handout)
    audit.record("record letters", handout, by=by, community=handout.round.community, letters=handout.letters)
    return handout


def require_open(survey):
    """Raises ValidationError for a round that is over."""
    if survey.state != SurveyRound.State.OPEN:
        raise ValidationError(_("这一轮摸排已经结束，不能再改。"), code="round_closed")
