"""The past of one entry: who changed what, when and why; personal values masked."""

from dataclasses import dataclass

from django.db import models
from django.utils.formats import localize
from django.utils.translation import gettext as _

from ledger.forms.staff import hide
from station.lib.crypto import BlindIndexField, EncryptedTextField

BOOKKEEPING = {"id", "uid", "user", "created_at", "name_core"}  # what no reader asks about


@dataclass(frozen=True)
class Difference:
    """One field before and after, as it may be read."""

    label: str
    before: str
    after: str


def past_of(obj, *, masks, hidden, limit=100):
    """The newest `limit` states of `obj`, newest first, each with its `differences` from the one before."""
    foreign = [f.name for f in obj.history.model._meta.fields if isinstance(f, models.ForeignKey)]
    states = list(obj.history.select_related(*foreign)[: limit + 1])
    for newer, older in zip(states, [*states[1:], None], strict=True):
        newer.differences = [] if older is None else list(_differences(older, newer, masks, hidden))
    return states[:limit]


def past_of_all(rows, *, masks, hidden, limit=100):
    """The past of an entry and of those merged into it as one, newest first; a state of another one says its number."""
    states = []
    for row in rows:
        for state in past_of(row, masks=masks, hidden=hidden, limit=limit):
            state.of_merged = row.number if row is not rows[0] else ""
            states.append(state)
    return sorted(states, key=lambda state: (state.history_date, state.history_id), reverse=True)[:limit]


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
