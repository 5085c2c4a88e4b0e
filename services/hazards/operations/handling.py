"""Handling a report: to whom it goes, until when, and how it ends. Every change of state follows Report.TRANSITIONS."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from services.hazards.models import Photo, Report
from services.hazards.models.reports import DEADLINES
from services.hazards.operations.story import keep_photos, notify_after_commit, tell
from station.lib.db import save_checked
from station.lib.states import move, refused_move
from station.operations import audit


def locked(report):
    """The row as it stands now, kept from others until commit."""
    return Report.objects.select_for_update().get(pk=report.pk)


@transaction.atomic
def dispatch_report(report, *, owner, urgency, text="", by):
    """Hand it to `owner`; the deadline runs from now by `urgency`. Raises ValidationError."""
    report = locked(report)
    move(report, Report.State.DISPATCHED)
    if owner not in report.possible_owners():
        raise ValidationError(_("责任人要是管这个社区或网格的工作人员。"), code="owner")
    report.owner, report.urgency = owner, urgency
    report.due_at = timezone.now() + DEADLINES[urgency]
    report.solved_at, report.refusal, report.duplicate_of = None, "", None
    save_checked(report)
    tell(report, by=by, text=text)
    notify_after_commit("report_dispatched", report, report.reporter)
    notify_after_commit("report_assigned", report, owner)
    audit.record("dispatch report", report, by=by, community=report.community, urgency=urgency, owner=owner.pk)
    return report


@transaction.atomic
def solve_report(report, *, text, photo=None, by):
    """Say what was done, with a photo from station.lib.photos.clean_photo if there is one. Raises ValidationError."""
    report = locked(report)
    move(report, Report.State.SOLVED)
    report.solved_at = timezone.now()
    save_checked(report)
    keep_photos(report, [photo] if photo else [], Photo.Moment.AFTER)
    tell(report, by=by, text=text)
    notify_after_commit("report_solved", report, report.reporter)
    audit.record("solve report", report, by=by, community=report.community, photos=int(photo is not None))
    return report


@transaction.atomic
def refuse_report(report, *, refusal, text="", duplicate_of=None, by):
    """Turn it down on one of the known grounds, which its reporter reads. Raises ValidationError."""
    report = locked(report)
    move(report, Report.State.REFUSED)
    is_duplicate = refusal == Report.Refusal.DUPLICATE
    if is_duplicate and (
        duplicate_of is None or duplicate_of == report or duplicate_of.state not in Report.OPEN_STATES
    ):
        raise ValidationError(_("请填正在处理的那一条的编号。"), code="duplicate_of")
    if refusal == Report.Refusal.OTHER and not text:
        raise ValidationError(_("选“其他”要写清原因，上报人会看到。"), code="text")
    report.refusal, report.duplicate_of = refusal, duplicate_of if is_duplicate else None
    save_checked(report)
    tell(report, by=by, text=text)
    notify_after_commit("report_refused", report, report.reporter)
    audit.record("refuse report", report, by=by, community=report.community, refusal=refusal)
    return report


@transaction.atomic
def reopen_report(report, *, text="", by):
    """“Not fixed yet”: back to the same owner, with a new deadline. Raises ValidationError."""
    report = locked(report)
    if report.state != Report.State.SOLVED:  # one that waits or was refused has to be dispatched, with an owner
        raise refused_move(report)
    move(report, Report.State.DISPATCHED)
    report.solved_at, report.due_at = None, timezone.now() + DEADLINES[report.urgency]
    save_checked(report)
    tell(report, by=by, text=text)
    notify_after_commit("report_reopened", report, report.owner)
    audit.record("reopen report", report, by=by, community=report.community)
    return report


@transaction.atomic
def close_report(report, *, text="", by):
    """The end: the reporter confirmed, or staff after hearing nothing more. Raises ValidationError."""
    report = locked(report)
    move(report, Report.State.CLOSED)
    save_checked(report)
    tell(report, by=by, text=text)
    if by != report.reporter:
        notify_after_commit("report_closed", report, report.reporter)
    audit.record("close report", report, by=by, community=report.community)
    return report


@transaction.atomic
def withdraw_report(report, *, by):
    """The reporter takes it back while nobody has acted on it. Raises ValidationError."""
    report = locked(report)
    move(report, Report.State.WITHDRAWN)
    save_checked(report)
    tell(report, by=by)
    audit.record("withdraw report", report, by=by, community=report.community)
    return report


@transaction.atomic
def sort_report(report, *, fields, by):
    """Save a corrected category or grid, and nothing else: the state may have moved meanwhile.

    Raises ValidationError.
    """
    if report.grid is not None and report.grid.community_id != report.community_id:
        raise ValidationError({"grid": _("这个网格不是本社区的。")}, code="grid")
    save_checked(report, update_fields=["category", "grid"])
    audit.record("sort report", report, by=by, community=report.community, fields=sorted(fields))
    return report
