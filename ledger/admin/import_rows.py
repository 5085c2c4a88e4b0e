"""The rows of an import as staff read them: what each would do, personal values masked."""

import json
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from ledger.admin.history import Difference
from ledger.forms.staff import EnterpriseForm, PartyMemberForm, WorkerForm, hide
from ledger.imports import REGISTERS
from ledger.models import ImportRow
from station.lib.crypto import EncryptedTextField

MASKS = {form._meta.model: form.masks for form in (EnterpriseForm, WorkerForm, PartyMemberForm)}


@dataclass
class ShownRow:
    """One row of the page; `differences` of a new entry have nothing before."""

    line: int
    outcome: str
    outcome_label: str
    number: str
    name: str
    problems: list[str]
    pk: int | None  # of the entry
    differences: list[Difference] = field(default_factory=list)


def shown_rows(batch, rows: list[ImportRow]) -> list[ShownRow]:
    """The rows of one page, in three queries at most."""
    model = REGISTERS[batch.kind].model
    changes = {row.pk: json.loads(row.changes) if row.changes else {} for row in rows}
    related = _related(model, changes.values())
    place = batch.mapping.index("name") if "name" in batch.mapping else None
    numbers = [row.number for row in rows if row.number]
    keys = dict(model.objects.filter(number__in=numbers).values_list("number", "pk"))
    return [
        ShownRow(
            line=row.line,
            outcome=row.outcome,
            outcome_label=row.get_outcome_display(),
            number=row.number,
            name=json.loads(row.cells)[place] if place is not None and row.cells else "",
            problems=row.problems,
            pk=keys.get(row.number),
            differences=[
                _difference(model, name, before, after, related) for name, (before, after) in changes[row.pk].items()
            ],
        )
        for row in rows
    ]


def _related(model, changes) -> dict[str, dict]:
    """What the keys among the values stand for, by field."""
    wanted: dict[str, set] = {}
    for change in changes:
        for name, values in change.items():
            if "." not in name and model._meta.get_field(name).is_relation:
                wanted.setdefault(name, set()).update(value for value in values if value is not None)
    return {
        name: model._meta.get_field(name).related_model._base_manager.in_bulk(sorted(keys))
        for name, keys in wanted.items()
    }


def _difference(model, path, before, after, related) -> Difference:
    relation, _dot, name = path.rpartition(".")
    if relation:
        model = model._meta.get_field(relation).related_model
    kind = model._meta.get_field(name)
    texts = [_text(model, kind, value, related) for value in (before, after)]
    return Difference(str(kind.verbose_name), *texts)


def _text(model, kind, value, related) -> str:
    """The value as people read it; blank as 空."""
    if value in (None, ""):
        return _("空")
    if mask := MASKS[model].get(kind.name) or (hide if isinstance(kind, EncryptedTextField) else None):
        return mask(value)
    if kind.is_relation:
        return str(related[kind.name].get(value, value))
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return str(dict(kind.flatchoices).get(value, value))
