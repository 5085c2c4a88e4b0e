"""Keeping in touch with a mobile party member: notes of contacts, the next date, reporting in at a station's desk.

Nothing here changes his state: after a few calls in vain the pages ask whether he is lost, and a person decides.
"""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ledger.models import ContactNote, PartyMember
from ledger.operations import entries
from station.lib.db import save_checked
from station.operations import audit

Way = ContactNote.Way
TRY_AGAIN = timedelta(days=3)  # after nobody answered
MOST_AHEAD = timedelta(days=366)  # a date further on is a slip of the pen


def next_contact(on, *, reached=True):
    """The date of the next contact after one on the date `on`, where nobody names another."""
    return on + (settings.MEMBER_CONTACT_EVERY if reached else min(TRY_AGAIN, settings.MEMBER_CONTACT_EVERY))


@transaction.atomic
def note_contact(
    member, *, by, way=Way.PHONE, reached=True, note="", next_contact_on=None, on=None, seen=None
) -> PartyMember:
    """Write down that somebody got in touch with him, or tried to, on the date `on` (today). Raises ValidationError.

    His next date is `next_contact_on`, else the usual one; a note about a day before the latest contact leaves it.
    `seen` is how many notes the writer had before him: where a colleague was quicker this is refused, and the very same
    note sent twice stays one.
    """
    member, day = entries.lock(member), entries.past_day(on)
    _require_in_touch(member)
    _require_ahead(next_contact_on)
    written = ContactNote(member=member, on=day, way=way, reached=reached, note=note.strip(), by=by)
    if seen is not None and _is_repeated(written, seen):
        return member
    _write(written, next_contact_on)
    save_checked(member, by=by, reason=_("联系记录"))
    entries.record("contact", member, by=by, way=str(way), reached=reached)
    return member


@transaction.atomic
def report_in(member, *, station, by, on=None, note="") -> PartyMember:
    """He came to the desk of `station` (到站报到) on the date `on` (today); that is a contact too.

    Raises ValidationError.
    """
    member, day = entries.lock(member), entries.past_day(on)
    _require_in_touch(member)
    member.reported_in_on, member.reported_in_at = day, station
    write_desk_note(member, by=by, note=note)
    save_checked(member, by=by, reason=_("到站报到"))
    audit.record("report in member", member, by=by, community=member.community, station=station.code)
    return member


def write_desk_note(member, *, by, note="", next_contact_on=None):
    """The note that goes with reporting in; sets the next date on `member`, which the caller saves."""
    written = ContactNote(member=member, on=member.reported_in_on, way=Way.DESK, note=note.strip(), by=by)
    _write(written, next_contact_on)


def _write(note, next_contact_on):
    """Save the note, and set the member's next date where this is news of him or somebody names one."""
    latest = note.member.contact_notes.first()
    if next_contact_on or latest is None or note.on >= latest.on:
        note.next_contact_on = next_contact_on or next_contact(note.on, reached=note.reached)
        note.member.next_contact_on = note.next_contact_on
    save_checked(note)


def _is_repeated(note, seen):
    """Whether this very note was the one and only written since `seen`. Raises ValidationError for any other."""
    newer = note.member.contact_notes.order_by("pk")[seen:]
    if not newer:
        return False
    content = ("on", "way", "reached", "note", "by_id")
    if len(newer) == 1 and all(getattr(newer[0], name) == getattr(note, name) for name in content):
        return True
    raise ValidationError(_("刚刚有人记过一次联系。请返回看一眼，还要记就再点一次。"), code="already")


def _require_in_touch(member):
    entries.require_state(member, PartyMember.State.MOBILE, PartyMember.State.LOST)


def _require_ahead(day):
    """Raises ValidationError for a next date that is not ahead, or too far."""
    today = timezone.localdate()
    if day is not None and not today < day <= today + MOST_AHEAD:
        raise ValidationError(_("下次联系请选明天以后、一年以内的日子。"), code="not_ahead")
