"""What a running survey round learns from what happens in the ledger meanwhile.

Registered, left and returned entries are findings of the round that runs in their community, wherever they were typed.
A mere confirmation is not: only who was at the door, or in the chat group, can say through which channel it came.
"""

from django.utils import timezone

from ledger.models import Enterprise, SurveyEntry, SurveyRound, Worker
from station.lib.db import save_checked

Result = SurveyEntry.Result
SUBJECT = {Enterprise: "enterprise", Worker: "worker"}  # the field of SurveyEntry that points to it


def lock_running_round(community_id):
    """The round that runs in this community now, locked until commit so that nobody closes it meanwhile; or None."""
    return SurveyRound.objects.select_for_update().running().filter(community=community_id).first()


def running_entry(subject):
    """The entry of an enterprise or worker in the round that runs now, or None."""
    entries = SurveyEntry.objects.running().filter(**{SUBJECT[type(subject)]: subject.pk})
    return entries.filter(round__community=subject.community_id).select_related("round", "checked_by").first()


def write_finding(entry, result, *, by, channel, note="", changed_fields=()):
    """Put what was found into the survey entry."""
    entry.result, entry.channel, entry.note, entry.changed_fields = result, channel, note, list(changed_fields)
    entry.checked_at, entry.checked_by = timezone.now(), by
    return save_checked(entry)


def add_to_open_round(subject, *, by, channel, result=Result.NEW):
    """What enters the ledger while a survey round runs is a find of that round."""
    survey = lock_running_round(subject.community_id)
    if survey is None or running_entry(subject) is not None:
        return
    entry = SurveyEntry(round=survey, grid=subject.grid, **{SUBJECT[type(subject)]: subject})
    write_finding(entry, result, by=by, channel=channel or survey.usual_channel)


def note_departure(subject, *, by, channel=None, note=""):
    """Who left the ledger while a round runs has left in that round too, unless its entry says so already."""
    lock_running_round(subject.community_id)
    entry = running_entry(subject)
    if entry is not None and entry.result != Result.LEFT:
        channel = channel or entry.channel or entry.round.usual_channel
        write_finding(entry, Result.LEFT, by=by, channel=channel, note=note)


def note_return(subject, *, by, channel=None):
    """Who is back was found again; one who had left in this very round is where he was when it began."""
    lock_running_round(subject.community_id)
    entry = running_entry(subject)
    if entry is None:
        add_to_open_round(subject, by=by, channel=channel, result=Result.RETURNED)
    elif entry.result in (Result.LEFT, Result.TO_CHECK):
        channel = channel or entry.channel or entry.round.usual_channel
        write_finding(entry, Result.CONFIRMED, by=by, channel=channel)
