"""The past of one entry: who changed what, when and why, and what else happened to it; personal values masked."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.formats import localize
from django.utils.translation import gettext as _

from ledger.forms.staff import hide
from ledger.models import PartyMember, SurveyEntry
from ledger.operations.workers import CONSENT_FOR
from station.lib.crypto import BlindIndexField, EncryptedTextField
from station.models import Consent

BOOKKEEPING = {"id", "uid", "user", "created_at", "name_core"}  # what no reader asks about
EVENTS_A_PAGE = 50


@dataclass(frozen=True)
class Difference:
    """One field before and after, as it may be read."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Event:
    """One thing that happened to an entry."""

    at: datetime
    by: Any
    title: str
    differences: tuple[Difference, ...] = ()
    why: str = ""
    of: str = ""  # the number of the merged entry it happened to, if another


class Timeline:
    """Everything that happened to one entry, newest first, to be paged: its changes, the consents given and withdrawn,
    the checks of survey rounds, the contacts with a party member.

    `masks` and `hidden` are those of its form: no value is told that the form would not show. Of the changes, which may
    be many, only those of the page asked for are read; five queries at most.
    """

    def __init__(self, obj, *, user, masks, hidden):
        self.obj, self.user, self.masks, self.hidden = obj, user, masks, hidden
        self.changes = list(obj.history.values_list("history_date", "history_id"))  # newest first
        happened = [*self._consents(), *self._checks(), *self._contacts()]
        known = [(at, 0, key, None) for at, key in self.changes] + [
            (event.at, 1, position, event) for position, event in enumerate(happened)
        ]
        self.entries = sorted(known, key=lambda entry: entry[:3], reverse=True)

    def __len__(self):
        return len(self.entries)

    def __getitem__(self, part: slice) -> list[Event]:
        return self.told(self.entries[part])

    def told(self, entries) -> list[Event]:
        """The events behind some of `entries`, in their order."""
        changes = self._change_events({key for _at, _kind, key, event in entries if event is None})
        return [event or changes[key] for _at, _kind, key, event in entries]

    # --- changes of the row ------------------------------------------------------------------------------------------
    def _change_events(self, wanted: set[int]) -> dict[int, Event]:
        """The events of these history rows, each compared with the one before it."""
        keys = [key for _at, key in self.changes]
        before = dict(zip(keys, [*keys[1:], None], strict=True))
        history = self.obj.history.model
        foreign = [field.name for field in history._meta.fields if isinstance(field, models.ForeignKey)]
        needed = wanted | {before[key] for key in wanted}
        states = history.objects.select_related(*foreign).in_bulk(needed - {None}) if wanted else {}
        return {key: self._change_event(states.get(before[key]), states[key]) for key in wanted}

    def _change_event(self, older, newer) -> Event:
        changed = () if older is None else tuple(_differences(older, newer, self.masks, self.hidden))
        title = "" if changed else _("没有可显示的变化")
        if newer.history_type == "+":
            title = _("登记")
        return Event(newer.history_date, newer.history_user, title, changed, newer.history_change_reason or "")

    # --- what else ---------------------------------------------------------------------------------------------------
    def _consents(self) -> Iterator[Event]:
        """Of a party member only the consent to be one; of a worker all that concern fields his reader may know."""
        person, purposes = self.obj, set(Consent.Purpose)
        if isinstance(self.obj, PartyMember):
            person, purposes = self.obj.worker, {Consent.Purpose.AFFILIATION}
        purposes -= {purpose for name, purpose in CONSENT_FOR.items() if name in self.hidden}
        consents = Consent.objects.filter(person_uid=person.uid, purpose__in=purposes).order_by("given_at", "pk")
        for consent in consents.select_related("recorded_by"):
            purpose = consent.get_purpose_display()
            given = _("同意：%(purpose)s（%(channel)s，告知书 %(version)s 版）") % {
                "purpose": purpose,
                "channel": consent.get_channel_display(),
                "version": consent.text_version,
            }
            yield Event(consent.given_at, consent.recorded_by, given)
            if consent.withdrawn_at:
                yield Event(consent.withdrawn_at, None, _("撤回同意：%(purpose)s") % {"purpose": purpose})

    def _checks(self) -> Iterator[Event]:
        if not hasattr(self.obj, "survey_entries") or not self.user.has_perm("ledger.view_surveyentry"):
            return
        checks = self.obj.survey_entries.exclude(result=SurveyEntry.Result.TO_CHECK)
        for check in checks.select_related("round", "checked_by").order_by("checked_at", "pk"):
            title = _("%(round)s：%(result)s（%(channel)s）") % {
                "round": check.round,
                "result": check.get_result_display(),
                "channel": check.get_channel_display(),
            }
            yield Event(check.checked_at, check.checked_by, title, why=check.note)

    def _contacts(self) -> Iterator[Event]:
        """That somebody was contacted, and how; what he said stays where it is sealed."""
        if not hasattr(self.obj, "contact_notes") or not self.user.has_perm("ledger.view_contactnote"):
            return
        for note in self.obj.contact_notes.defer("note").select_related("by").order_by("created_at", "pk"):
            title = _("联系（%(way)s，%(on)s）：%(outcome)s") % {
                "way": note.get_way_display(),
                "on": note.on.isoformat(),
                "outcome": _("联系上了") if note.reached else _("没联系上"),
            }
            yield Event(note.created_at, note.by, title)


class JointTimeline:
    """The timelines of an entry and of those merged into it as one; what happened to another says its number."""

    def __init__(self, timelines: list[Timeline]):
        self.timelines = timelines
        known = [(*entry[:3], which, entry) for which, one in enumerate(timelines) for entry in one.entries]
        self.entries = sorted(known, key=lambda entry: entry[:4], reverse=True)

    def __len__(self):
        return len(self.entries)

    def __getitem__(self, part: slice) -> list[Event]:
        shown = self.entries[part]
        told = []
        for which, one in enumerate(self.timelines):
            of = "" if which == 0 else one.obj.number
            told.append(iter([replace(event, of=of) for event in one.told([e[4] for e in shown if e[3] == which])]))
        return [next(told[which]) for _at, _kind, _key, which, _entry in shown]


def _differences(older, newer, masks, hidden):
    for field in type(newer).tracked_fields:
        name = field.name
        if name in hidden or name in BOOKKEEPING or isinstance(field, BlindIndexField):
            continue
        before, after = getattr(older, field.attname), getattr(newer, field.attname)
        if before != after:
            mask = masks.get(name) or (hide if isinstance(field, EncryptedTextField) else None)
            texts = [
                mask(value) if mask and value else _text(state, field)
                for state, value in ((older, before), (newer, after))
            ]
            yield Difference(str(field.verbose_name), *texts)


def _text(state, field):
    """The value as people read it; blank as 空."""
    value = getattr(state, field.name)
    if value in (None, ""):
        return _("空")
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if field.choices:
        return str(getattr(state, f"get_{field.name}_display")())
    return str(localize(value))
