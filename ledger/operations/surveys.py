"""Survey rounds: open one, check its entries, hand out letters, close it."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ledger.models import Enterprise, SurveyEntry, SurveyRound, Worker
from ledger.operations import entries
from ledger.operations.findings import write_finding
from station.lib.db import save_checked
from station.lib.states import move
from station.operations import audit

Result = SurveyEntry.Result
FINDINGS = {Result.CONFIRMED, Result.CHANGED, Result.LEFT}  # what a check may say; new and returned say themselves


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
    """Save a changed name, period, checklist or channels of an open round. Raises ValidationError."""
    require_open(entries.lock(survey))
    save_checked(survey)
    audit.record("change round", survey, by=by, community=survey.community, fields=sorted(fields))
    return survey


@transaction.atomic
def check_entry(entry, result, *, by, channel, note="", changed_fields=()):
    """Write down what was found; while the round runs it may be corrected. Raises ValidationError.

    Found as it stands, or changed: the enterprise or worker counts as confirmed today; what is new to this round, or
    back again, stays so. Left: it leaves the ledger, and `note` says why. `changed_fields` names what was changed.
    """
    if result not in FINDINGS:
        raise ValidationError(_("请选核查结果。"), code="result")
    if result in (Result.CHANGED, Result.LEFT) and not note.strip():
        raise ValidationError(_("请写一句：有什么变化，或者为什么离开。"), code="note_required")
    subject = entries.lock(entry.subject)  # first of the three, as wherever a subject and its round are locked
    survey = entries.lock(entry.round)
    entry = entries.lock(entry)
    require_open(survey)
    require_channel(survey, channel)
    if result == Result.LEFT:
        write_finding(entry, result, by=by, channel=channel, note=note)
        is_gone = subject.state == subject.State.LEFT
        (entries.correct_departure if is_gone else entries.leave)(subject, by=by, reason=note)
    else:
        require_present(subject)
        entries.confirm(subject, by=by, reason=note)
        named = {*entry.changed_fields, *changed_fields} if result == Result.CHANGED else ()
        result = entry.result if entry.result in SurveyEntry.ADDED else result
        write_finding(entry, result, by=by, channel=channel, note=note, changed_fields=sorted(named))
    audit.record("check entry", entry, by=by, reason=note, community=subject.community, result=str(entry.result))
    return entry


@transaction.atomic
def explain_entry(entry, *, by, note):
    """Say why an entry has not been checked yet; so explained, it no longer stands in the way of closing the round.

    Raises ValidationError.
    """
    entries.require_reason(note)
    survey = entries.lock(entry.round)
    entry = entries.lock(entry)
    require_open(survey)
    if entry.result != Result.TO_CHECK:
        raise ValidationError(_("这一条已经查过了，不用再说明。"), code="already_checked")
    entry.note = note.strip()
    save_checked(entry)
    audit.record("explain entry", entry, by=by, reason=note, community=survey.community)
    return entry


@transaction.atomic
def close_round(survey, *, by, reason=""):
    """End the round. Where an entry is neither checked nor explained, `reason` says why. Raises ValidationError."""
    survey = entries.lock(survey)
    require_open(survey)
    unchecked, unexplained = survey.entries.to_check().count(), survey.entries.unexplained().count()
    if unexplained and not reason.strip():
        raise ValidationError(
            _("还有 %(n)d 条没有核查，也没有说明：请查完，或者逐条说明，或者写明为什么先结束。"),
            code="unexplained",
            params={"n": unexplained},
        )
    move(survey, SurveyRound.State.CLOSED)
    survey.closed_at, survey.closing_reason = timezone.now(), reason
    save_checked(survey)
    counts = {"unchecked": unchecked, "unexplained": unexplained}
    audit.record("close round", survey, by=by, reason=reason, community=survey.community, **counts)
    return survey


@transaction.atomic
def record_letters(handout, *, by):
    """Count letters handed out in one grid. Raises ValidationError."""
    if handout.round_id is not None:
        survey = entries.lock(handout.round)
        require_open(survey)
        require_channel(survey, handout.channel)
    save_checked(handout)
    audit.record("record letters", handout, by=by, community=handout.round.community, letters=handout.letters)
    return handout


def require_open(survey):
    """Raises ValidationError for a round that is over."""
    if survey.state != SurveyRound.State.OPEN:
        raise ValidationError(_("这一轮摸排已经结束，不能再改。"), code="round_closed")


def require_channel(survey, channel):
    """Raises ValidationError for a channel this round does not go through."""
    if channel not in survey.channels:
        raise ValidationError(_("这一轮摸排不走这个渠道，请换一个。"), code="channel")


def require_present(subject):
    """Raises ValidationError for who has left: taking him in again is a step of its own, under his old number."""
    if subject.state == subject.State.LEFT:
        raise ValidationError(
            _("%(number)s 已经登记为离开。如果还在这里，请点“重新入册”，编号照旧。"),
            code="has_left",
            params={"number": subject.number},
        )
