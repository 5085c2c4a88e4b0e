"""Two entries that are one: merge them, or remember that they are two.

Nothing is lost by a merge. The surviving entry takes the values chosen field by field and everything that hangs on the
other one: party member with contact notes, findings of survey rounds, consents, account, an enterprise's workers. The
other entry stays with its own past, says into which it was merged, and cannot be changed any more.
"""

from dataclasses import dataclass
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from simple_history.utils import bulk_update_with_history

from ledger.models import ContactNote, DistinctPair, PartyMember, SurveyEntry, SurveyRound, Worker
from ledger.models.entries import Channel
from ledger.operations import entries
from ledger.operations.members import PARTY
from ledger.operations.workers import require_consents
from station.lib.db import save_checked
from station.lib.states import move
from station.models import Community, Consent
from station.operations import audit

Result = SurveyEntry.Result
JOINED_BY = "；"
AT_ONCE = 500  # workers of a merged enterprise written in one go


@dataclass(frozen=True)
class Take:
    """Which of the other entry's values the surviving one takes: names of fields; `both` keeps the two texts."""

    other: tuple[str, ...] = ()
    both: tuple[str, ...] = ()

    def values(self, keeper, other):
        """{field: value} for the surviving row."""
        joined = {name: JOINED_BY.join((getattr(keeper, name), getattr(other, name))) for name in self.both}
        return {name: getattr(other, name) for name in self.other} | joined


NOTHING = Take()


def state_after(keeper, other):
    """The state in which `keeper` stands once `other` is merged into it: the livelier of the two.

    Somebody who left and then registered himself anew is here again: whoever merges has recognised him.
    """
    states = {keeper.state, other.state}
    if states == {"left", "pending"}:
        return keeper.State.ACTIVE
    return next(state for state in ("active", "pending", "left", "refused") if state in states)


def can_keep(keeper, other):
    """Whether the number of `keeper` can be the one that survives: a refused one cannot stand for an active one."""
    after = state_after(keeper, other)
    return after == keeper.state or after in keeper.TRANSITIONS[keeper.state]


@transaction.atomic
def merge_workers(keeper, other, *, by, reason, take=NOTHING, take_member=NOTHING, seen=None):
    """Merge `other` into `keeper`, which takes what `take` says, and return it. Raises ValidationError.

    `take_member` says the same of their party members where both have one. `seen` is the `stamp` of the two as they
    were shown to whoever decides: where somebody changed them since, nothing is done.
    """
    keeper, other = _lock_both(keeper, other, reason=reason, seen=seen)
    account = keeper.user or other.user
    if account == other.user:
        other.user = None
    changed = _merge(keeper, other, take, by=by, reason=reason, user=account)
    _move_consents(keeper, other)
    require_consents(keeper, changed)
    _merge_members(keeper, other, take_member, by=by, reason=reason)
    if hasattr(keeper, "party_member") and keeper.affiliation and keeper.affiliation not in PARTY:
        raise ValidationError({"affiliation": _("其中一条是流动党员，政治面貌要选党员的那一个。")})
    _record(keeper, other, changed, by=by, reason=reason)
    return keeper


@transaction.atomic
def merge_enterprises(keeper, other, *, by, reason, take=NOTHING, seen=None):
    """Merge `other` into `keeper`, which takes what `take` says, and return it. Raises ValidationError."""
    keeper, other = _lock_both(keeper, other, reason=reason, seen=seen)
    changed = _merge(keeper, other, take, by=by, reason=reason)
    _move_workers(keeper, other, by=by)
    _record(keeper, other, changed, by=by, reason=reason)
    return keeper


@transaction.atomic
def mark_distinct(one, other, *, by, reason=""):
    """Remember that these two, however alike, are not the same. Raises ValidationError."""
    _require_comparable(one, other)
    first, second = sorted((one.number, other.number))
    known = DistinctPair.objects.filter(first=first, second=second).first()
    if known is not None:
        return known
    pair = save_checked(DistinctPair(community=one.community, first=first, second=second, reason=reason, by=by))
    audit.record("mark distinct", pair, by=by, reason=reason, community=pair.community, numbers=[first, second])
    return pair


def stamp(*rows):
    """What tells whether any of these rows has been changed since: the newest of their history rows."""
    rows = sorted(rows, key=lambda row: row.pk)
    return "-".join(str(row.history.values_list("history_id", flat=True).first() or 0) for row in rows)


# --- the two entries -------------------------------------------------------------------------------------------------
def _require_comparable(one, other):
    if one.pk == other.pk:
        raise ValidationError(_("这是同一条登记。"), code="same")
    if one.community_id != other.community_id:
        raise ValidationError(_("两条不在同一个社区，不能合并。"), code="other_community")


def _lock_both(keeper, other, *, reason, seen):
    """Both as they stand now, locked. The merges of one community wait for one another at its row.

    A merge may have to touch entries merged before, which another may hold: row by row they would end in a deadlock.
    """
    entries.require_reason(reason)
    _require_comparable(keeper, other)
    Community.objects.select_for_update(no_key=True).get(pk=keeper.community_id)  # new rows may still refer to it
    pair = type(keeper)._default_manager.filter(pk__in=[keeper.pk, other.pk])
    locked = {row.pk: row for row in pair.select_for_update().order_by("pk")}
    keeper, other = locked[keeper.pk], locked[other.pk]
    for row in (keeper, other):
        if row.is_merged:
            raise ValidationError(
                _("%(number)s 已经并入 %(survivor)s 了。"),
                code="merged",
                params={"number": row.number, "survivor": row.survivor.number},
            )
    if not can_keep(keeper, other):
        raise ValidationError(
            _("%(number)s 是“%(state)s”的，请留另一个编号。"),
            code="cannot_keep",
            params={"number": keeper.number, "state": keeper.get_state_display()},
        )
    if seen is not None and seen != stamp(keeper, other):
        raise ValidationError(_("刚才有人改过其中一条，请再看一眼现在的内容。"), code="changed_meanwhile")
    return keeper, other


def _merge(keeper, other, take, *, by, reason, **fixed):
    """Write both entries, and what hangs on every entry. Returns the names of the survivor's changed fields."""
    state, left = state_after(keeper, other), _last_leaving(keeper, other)
    is_new = state == "active" and "active" not in (keeper.state, other.state)
    values = take.values(keeper, other)
    _merge_away(other, keeper, by=by, reason=reason, left_on=None, left_reason="")

    if state != keeper.state:
        move(keeper, state)
    keeper.left_on, keeper.left_reason = left if state == "left" else (None, "")
    confirmed = [day for day in (keeper.last_confirmed_on, other.last_confirmed_on) if day]
    keeper.last_confirmed_on = max(confirmed, default=None)
    keeper.created_at = min(keeper.created_at, other.created_at)
    for name, value in fixed.items():
        setattr(keeper, name, value)
    changed = entries.put(keeper, values)
    save_checked(keeper, by=by, reason=_merge_reason(other, reason))

    _move_survey_entries(keeper, other)
    to_check = keeper.survey_entries.to_check().filter(round__state=SurveyRound.State.OPEN)
    to_check.update(grid=keeper.grid)  # whoever looks after it now checks it
    if is_new:
        entries.add_to_open_round(keeper, by=by, channel=getattr(keeper, "source", Channel.DOOR))
    _move_distinct_pairs(keeper, other)
    return changed


def _merge_away(row, survivor, *, by, reason, **fields):
    """Put `row` into the state MERGED, and let what was merged into it point to the survivor at once."""
    move(row, row.State.MERGED)
    row.merged_into = survivor
    for name, value in fields.items():
        setattr(row, name, value)
    save_checked(row, by=by, reason=reason)
    for earlier in row.merged_from.select_for_update():
        earlier.merged_into = survivor
        save_checked(earlier, by=by, reason=reason)


def _merge_reason(other, reason):
    """What the survivor's history says; the number of the other one goes first, for reasons may be long."""
    return _("%(number)s 并入：%(reason)s") % {"number": other.number, "reason": reason[: entries.REASON_LENGTH - 50]}


def _last_leaving(keeper, other):
    """When and why: of the two leavings the later one."""
    left = [(row.left_on, row.left_reason) for row in (keeper, other) if row.left_on]
    return max(left, default=(None, ""))


def _record(keeper, other, changed, *, by, reason):
    entries.record("merge", keeper, by=by, reason=reason, fields=changed, numbers=[keeper.number, other.number])


# --- what hangs on them ----------------------------------------------------------------------------------------------
def _move_consents(keeper, other):
    """Of a purpose to which the person agreed twice the earlier consent counts; withdrawn ones come along as they are.

    The later one stays with the entry merged away: a consent in force twice would have to be withdrawn twice.
    """
    mine = {consent.purpose: consent for consent in Consent.objects.given().filter(person_uid=keeper.uid)}
    for theirs in Consent.objects.select_for_update().filter(person_uid=other.uid):
        rival = mine.get(theirs.purpose) if theirs.withdrawn_at is None else None
        if rival is not None and rival.given_at <= theirs.given_at:
            continue
        if rival is not None:  # out of the way first: no person may have both for a moment
            _give(rival, uuid4())
        _give(theirs, keeper.uid)
        if rival is not None:
            _give(rival, other.uid)


def _give(consent, person_uid):
    consent.person_uid = person_uid
    save_checked(consent)


def _merge_members(keeper, other, take, *, by, reason):
    """The survivor is the party member that either was; of two pointers one stays, with all contact notes."""
    members = {m.worker_id: m for m in PartyMember.objects.select_for_update().filter(worker__in=[keeper, other])}
    theirs, mine = members.get(other.pk), members.get(keeper.pk)
    if theirs is None:
        return
    if mine is None:
        theirs.worker = keeper
        save_checked(theirs, by=by, reason=_merge_reason(other, reason))
        return
    values = take.values(mine, theirs)
    state = values.pop("state", mine.state)
    _merge_away(theirs, mine, by=by, reason=reason)
    if state != mine.state:
        move(mine, state)
    changed = entries.put(mine, values)
    save_checked(mine, by=by, reason=_merge_reason(theirs, reason))
    ContactNote.objects.filter(member=theirs).update(member=mine)
    _record(mine, theirs, changed, by=by, reason=reason)


def _move_workers(keeper, other, *, by):
    """The workers of an enterprise merged away belong to the survivor."""
    workers = list(Worker.objects.unmerged().filter(employer=other).select_for_update())
    for worker in workers:
        worker.employer = keeper
    if not workers:
        return
    reason = _("所属企业 %(number)s 合并") % {"number": other.number}
    bulk_update_with_history(
        workers, Worker, ["employer"], batch_size=AT_ONCE, default_user=by, default_change_reason=reason
    )


def _move_survey_entries(keeper, other):
    """Each round knows the survivor by its more telling finding.

    Where the round had both, the less telling finding stays with the entry merged away; only a line that nobody has
    checked yet goes, for it says nothing and could never be checked.
    """
    mine = {entry.round_id: entry for entry in keeper.survey_entries.select_for_update()}
    for theirs in other.survey_entries.select_for_update().select_related("round"):
        rival = mine.get(theirs.round_id)
        if rival is None:
            _make_about(theirs, keeper)
        elif theirs.round.state == SurveyRound.State.OPEN:  # of a closed one the figures stand
            _settle(rival, theirs, keeper, other)


def _make_about(entry, subject):
    setattr(entry, subject._meta.model_name, subject)
    save_checked(entry)


def _settle(rival, theirs, keeper, other):
    """Two findings of one running round: the more telling one is the survivor's, and mentions the other."""
    if _telling(theirs, keeper) <= _telling(rival, keeper):
        _mention(rival, theirs, other)
        if theirs.result == Result.TO_CHECK:
            theirs.delete()
    elif rival.result == Result.TO_CHECK:
        rival.delete()
        _make_about(theirs, keeper)
        _mention(theirs, rival, keeper)
    else:
        for name in ("result", "channel", "note", "changed_fields", "checked_at", "checked_by"):
            found = getattr(rival, name)
            setattr(rival, name, getattr(theirs, name))
            setattr(theirs, name, found)
        save_checked(theirs)
        _mention(rival, theirs, keeper)


def _telling(entry, keeper):
    """How much a finding says about the survivor: that it left says nothing where it is here."""
    if entry.result == Result.LEFT and keeper.state != "left":
        return 0
    return {Result.TO_CHECK: 1, Result.CONFIRMED: 2}.get(entry.result, 3)


def _mention(entry, twin, found_for):
    """Say beside the survivor's finding what was found under the other number, as far as there is room."""
    texts = [entry.note]
    if twin.result != Result.TO_CHECK:
        number, result = found_for.number, twin.get_result_display()
        texts.append(_("登记为 %(number)s 时：%(result)s") % {"number": number, "result": result})
    note = JOINED_BY.join(filter(None, (*texts, twin.note)))
    if len(note) <= entry._meta.get_field("note").max_length:
        entry.note = note
    save_checked(entry)


def _move_distinct_pairs(keeper, other):
    """Whom the other one was not, the survivor is not either."""
    for pair in DistinctPair.objects.naming(other.number):
        stranger = pair.second if pair.first == other.number else pair.first
        first, second = sorted((keeper.number, stranger))
        if stranger == keeper.number or DistinctPair.objects.filter(first=first, second=second).exists():
            pair.delete()
        else:
            pair.first, pair.second = first, second
            save_checked(pair)
