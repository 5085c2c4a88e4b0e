"""What somebody finds who goes from door to door. Each of these counts in the running survey round, if one runs.

`subject` is an enterprise or a worker, `channel` the way by which one knows. Every operation returns the subject as it
stands afterwards. Without a round they are the plain confirm, change, leave and return of the ledger.
"""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ledger.models import SurveyEntry, Worker
from ledger.operations import entries, surveys
from ledger.operations.enterprises import change_enterprise
from ledger.operations.findings import add_to_open_round, running_entry
from ledger.operations.workers import change_worker
from station.lib.db import save_checked

Result = SurveyEntry.Result
UNDO_WITHIN = timedelta(hours=1)


@transaction.atomic
def found_same(subject, *, by, channel):
    """One tap at the door: all is as the ledger says. What was checked already is left as it is.

    Raises ValidationError, with the code "already_checked" where a colleague was faster.
    """
    subject = entries.lock(subject)
    surveys.require_present(subject)
    entry = running_entry(subject)
    if entry is not None:
        require_unchecked(entry)
        surveys.check_entry(entry, Result.CONFIRMED, by=by, channel=channel)
        return entries.lock(subject)
    if subject.last_confirmed_on == timezone.localdate():
        raise ValidationError(_("今天已经核实过了，不用再点。"), code="already_checked")
    subject = entries.confirm(subject, by=by)
    add_to_open_round(subject, by=by, channel=channel)  # it entered the ledger without the round knowing
    return subject


@transaction.atomic
def found_changed(subject, changes, *, by, channel, reason, consents=()):
    """Write `changes` (field name → value), and that it was found changed. Raises ValidationError."""
    before = entries.lock(subject)
    surveys.require_present(before)
    if isinstance(before, Worker):
        after = change_worker(before, changes, by=by, reason=reason, consents=consents)
    else:
        after = change_enterprise(before, changes, by=by, reason=reason)
    fields = {name: before._meta.get_field(name).attname for name in changes}
    changed = [name for name, attname in fields.items() if getattr(before, attname) != getattr(after, attname)]
    if not changed:
        raise ValidationError(_("没有改动。都没变，就点“无变化”。"), code="unchanged")
    entry = running_entry(after)
    if entry is None:
        return entries.confirm(after, by=by, reason=reason)
    surveys.check_entry(entry, Result.CHANGED, by=by, channel=channel, note=reason, changed_fields=changed)
    return entries.lock(after)


@transaction.atomic
def found_left(subject, *, by, channel, reason):
    """He, or it, is here no more, and `reason` says why. Raises ValidationError."""
    subject = entries.lock(subject)
    surveys.require_present(subject)
    entry = running_entry(subject)
    if entry is None:
        return entries.leave(subject, by=by, reason=reason, channel=channel)
    entries.require_state(subject, subject.State.ACTIVE)
    surveys.check_entry(entry, Result.LEFT, by=by, channel=channel, note=reason)
    return entries.lock(subject)


@transaction.atomic
def found_back(subject, *, by, channel, reason=""):
    """He, or it, is here again: taken in under the old number. Raises ValidationError."""
    return entries.come_back(subject, by=by, reason=reason, channel=channel)


@transaction.atomic
def take_back(subject, *, by):
    """The tap went wrong: undo the confirmation `by` has just made, as long as nothing came after it.

    Raises ValidationError.
    """
    subject = entries.lock(subject)
    entry = running_entry(subject)
    newest, *older = subject.history.order_by("-history_date", "-history_id")[:2]
    if not older or not _is_own_confirmation(newest, older[0], entry, by):
        raise ValidationError(_("这一次已经撤不回来了：点“有变化”或“已离开”来更正。"), code="too_late")
    subject.last_confirmed_on = older[0].last_confirmed_on
    save_checked(subject, by=by, reason=_("点错了，撤回"))
    if entry is not None:
        entry.result, entry.channel, entry.note = Result.TO_CHECK, "", ""
        entry.checked_at = entry.checked_by = None
        save_checked(entry)
    entries.record("undo", subject, by=by)
    return subject


def _is_own_confirmation(newest, before, entry, by):
    """Whether the newest state in history is a confirmation by `by`, fresh, and the only thing to undo."""
    fields = (field.attname for field in type(newest).tracked_fields)
    differing = {name for name in fields if newest.__dict__[name] != before.__dict__[name]}
    if entry is not None:
        is_confirmed = entry.result == Result.CONFIRMED and entry.checked_by_id == by.pk
    else:
        is_confirmed = newest.last_confirmed_on == timezone.localdate() and bool(differing)
    is_fresh = newest.history_date >= timezone.now() - UNDO_WITHIN
    return is_confirmed and is_fresh and newest.history_user_id == by.pk and differing <= {"last_confirmed_on"}


def require_unchecked(entry):
    """Raises ValidationError, naming who and when, for an entry somebody has checked already."""
    if entry.result != Result.TO_CHECK:
        moment = timezone.localtime(entry.checked_at)
        raise ValidationError(
            _("%(who)s %(at)s 查过了：%(result)s。没有重复记。"),
            code="already_checked",
            params={
                "who": entry.checked_by or _("同事"),
                "at": moment.strftime("%H:%M" if moment.date() == timezone.localdate() else "%m-%d %H:%M"),
                "result": entry.get_result_display(),
            },
        )
