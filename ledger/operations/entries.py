"""What enterprises and workers have in common: register, change, confirm, leave, return, reveal.

Rules about time: dates are local dates; nobody leaves or is confirmed in the future.
"""

from django.core.exceptions import FieldError, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ledger.models import PartyMember, Worker
from ledger.models.entries import Channel
from ledger.operations.findings import add_to_open_round, note_departure, note_return
from station.lib.db import save_checked
from station.lib.states import move
from station.operations import audit
from station.operations.numbers import next_number

REASON_LENGTH = 100  # characters, as in the history tables
SERIES = {"enterprise": "Q", "worker": "R", "partymember": "D"}  # 企业, 人员, 党员


def take_number(model, community):
    """The next ledger number of this register in this community: JSL-R0001."""
    return take_numbers(model, community, 1)[0]


def take_numbers(model, community, count):
    """The next `count` ledger numbers, reserved in one go."""
    series = f"{community.prefix}-{SERIES[model._meta.model_name]}"
    first = next_number(series, count=count)
    return [f"{series}{number:04d}" for number in range(first, first + count)]


def lock(row):
    """`row` as it stands in the database now, locked until commit."""
    return type(row)._default_manager.select_for_update().get(pk=row.pk)


def require_state(row, *states):
    """Raises ValidationError where `row` is in none of `states`."""
    if row.state not in states:
        raise ValidationError(
            _("%(row)s 现在是“%(state)s”，不能这样办。"),
            code="transition",
            params={"row": row, "state": row.get_state_display()},
        )


def require_reason(reason):
    """Raises ValidationError where nothing is said, or more than history keeps."""
    if not reason.strip():
        raise ValidationError(_("请写明原因。"), code="reason_required")
    if len(reason) > REASON_LENGTH:
        raise ValidationError(_("原因最多 %(n)d 个字。"), code="reason_too_long", params={"n": REASON_LENGTH})


def require_unmerged(row):
    """Raises ValidationError for an entry that was merged into another: that one is to be changed."""
    if row.is_merged:
        raise ValidationError(
            _("%(number)s 已经并入 %(survivor)s，请到那一条去改。"),
            code="merged",
            params={"number": row.number, "survivor": row.survivor.number},
        )


def past_day(day):
    """`day`, or today if None. Raises ValidationError for a day to come."""
    day = day or timezone.localdate()
    if day > timezone.localdate():
        raise ValidationError(_("日期不能晚于今天。"), code="future")
    return day


def put(row, changes):
    """Set `changes` (field name → value) and return the names of the fields that really differ, sorted.

    Raises ValidationError for an entry merged away, a value that cannot be normalised or that another row holds,
    FieldError for a field that only an operation of its own may set.
    """
    require_unmerged(row)
    fields = {name: row._meta.get_field(name) for name in changes}
    if fixed := [name for name, field in fields.items() if not field.editable or name == "community"]:
        raise FieldError(f"Not to be changed by hand: {', '.join(fixed)}")
    before = {name: getattr(row, field.attname) for name, field in fields.items()}
    for name, value in changes.items():
        setattr(row, name, value)
    row.clean()
    return sorted(name for name, field in fields.items() if getattr(row, field.attname) != before[name])


@transaction.atomic
def register(entry, *, by, reason="", channel=Channel.DOOR):
    """Save a new entry with its number; somebody has just seen it, so it counts as confirmed today."""
    if entry.community_id is None:
        raise ValidationError({"community": _("请选社区。")})
    entry.clean()
    entry.number = take_number(type(entry), entry.community)
    entry.last_confirmed_on = timezone.localdate()
    save_checked(entry, by=by, reason=reason)
    add_to_open_round(entry, by=by, channel=channel)
    record("register", entry, by=by, reason=reason)
    return entry


@transaction.atomic
def change(entry, changes, *, by, reason):
    """Write `changes` into the entry as it stands now; nothing is written where nothing differs."""
    entry = lock(entry)
    if changed := put(entry, changes):
        require_reason(reason)
        save_checked(entry, by=by, reason=reason)
        if "grid" in changed:
            entry.survey_entries.to_check().update(grid=entry.grid)  # whoever looks after it now checks it
        record("change", entry, by=by, reason=reason, fields=changed)
    return entry


@transaction.atomic
def confirm(entry, *, by, reason="", on=None):
    """Note that the entry was found as it stands here on the date `on` (today). An older date changes nothing."""
    entry, day = lock(entry), past_day(on)
    require_state(entry, entry.State.ACTIVE)
    entry.last_confirmed_on = max(day, entry.last_confirmed_on or day)
    save_checked(entry, by=by, reason=reason)
    record("confirm", entry, by=by, reason=reason)
    return entry


@transaction.atomic
def leave(entry, *, by, reason, on=None, channel=None):
    """Note that the entry left the area on the date `on` (today), and why.

    A running survey round learns of it, and a party member comes up for contact.
    """
    require_reason(reason)
    entry = lock(entry)
    move(entry, entry.State.LEFT)
    entry.left_on, entry.left_reason = past_day(on), reason
    save_checked(entry, by=by, reason=reason)
    note_departure(entry, by=by, channel=channel, note=reason)
    if isinstance(entry, Worker):
        ask_after_member(entry, by=by)
    record("leave", entry, by=by, reason=reason)
    return entry


def ask_after_member(worker, *, by):
    """A mobile party member who left the area is due for contact today: somebody asks where he went.

    His state stays what it was. Only he or his branch can say whether he went home, moved on or was transferred.
    """
    member = PartyMember.objects.in_touch().select_for_update().filter(worker=worker).first()
    today = timezone.localdate()
    if member is None or (member.next_contact_on and member.next_contact_on <= today):
        return
    member.next_contact_on = today
    reason = _("本人已离开辖区，请问清去向")
    save_checked(member, by=by, reason=reason)
    record("change", member, by=by, reason=reason, fields=["next_contact_on"])


@transaction.atomic
def correct_departure(entry, *, by, reason):
    """Say better why an entry that has left is gone."""
    require_reason(reason)
    entry = lock(entry)
    require_state(entry, entry.State.LEFT)
    if entry.left_reason != reason:
        entry.left_reason = reason
        save_checked(entry, by=by, reason=reason)
        record("correct", entry, by=by, reason=reason)
    return entry


@transaction.atomic
def come_back(entry, *, by, reason="", channel=None):
    """Take a left entry in again, under its old number, confirmed today; a running survey round learns of it."""
    entry = lock(entry)
    require_state(entry, entry.State.LEFT)
    move(entry, entry.State.ACTIVE)
    entry.left_on, entry.left_reason, entry.last_confirmed_on = None, "", timezone.localdate()
    entry.clean()
    save_checked(entry, by=by, reason=reason)
    note_return(entry, by=by, channel=channel)
    record("return", entry, by=by, reason=reason)
    return entry


@transaction.atomic
def reveal(row, names, *, by, reason):
    """The full values of the fields `names` as (label, text) pairs, empty ones left out; who and why is audited."""
    require_reason(reason)
    values = []
    for name in names:
        field = row._meta.get_field(name)
        if value := getattr(row, name):
            values.append((field.verbose_name, str(dict(field.flatchoices).get(value, value))))
    record("reveal", row, by=by, reason=reason, fields=sorted(names))
    return values


def record(verb, row, *, by, reason="", **data):
    """Append the audit event of this change."""
    audit.record(f"{verb} {row._meta.model_name}", row, by=by, reason=reason, community=row.community, **data)
