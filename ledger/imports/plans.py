"""What would become of every line of a file: new, changed field by field, unchanged, or refused and why."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from ledger.imports.registers import Facts, Keys, Register
from ledger.models import ImportBatch, ImportRow
from ledger.rosters import Column, text_of
from ledger.rosters.reading import every_language
from station.lib.cells import canonical, folded, is_masked
from station.lib.conditions import refusals

Mode, Outcome = ImportBatch.Mode, ImportRow.Outcome


@dataclass
class Line:
    """One row of the file, by the keys of its columns; blank cells are not there."""

    number: int
    cells: dict[str, str]
    keys: Keys
    person: Any = None  # the worker whom a party member's line names


@dataclass
class PlannedRow:
    """What is to become of one line.

    `changes` maps a field to its value before and after, as JSON takes them; of a new entry the first is None.
    `entry` bears the new values, unsaved; None where nothing is to be written. `consents` are purposes to record.
    """

    line: int
    outcome: str = Outcome.REFUSED
    number: str = ""
    problems: list[str] = field(default_factory=list)
    changes: dict[str, list] = field(default_factory=dict)
    entry: models.Model | None = None
    consents: set[str] = field(default_factory=set)

    @property
    def verdict(self) -> tuple:
        """What somebody who looked at the plan has seen."""
        return self.line, str(self.outcome), self.number, self.problems, self.changes


def lines_of(register: Register, rows, mapping) -> list[Line]:
    """The rows of a table as the register sees them; `mapping` says for each position the column's key."""
    places = [(place, key) for place, key in enumerate(mapping) if key]
    lines = []
    for number, row in rows:
        cells = {key: row[place] for place, key in places if place < len(row) and row[place].strip()}
        lines.append(Line(number, cells, register.keys_of(cells)))
    return lines


def missing_columns(register: Register, mapping) -> list[Column]:
    """The columns without which no line can become a new entry."""
    return [register.roster.catalogue[key] for key in register.required if key not in mapping]


def make_plan(register: Register, community, lines, facts: Facts, *, mode, on_paper: bool) -> list[PlannedRow]:
    """Weigh every line. `on_paper`: the persons' consents were taken on paper and may be recorded."""
    planner = _Planner(register, community, facts, mode, on_paper)
    return [planner.weigh(line) for line in lines]


def jsonable(value: Any) -> Any:
    """A field's value as it is kept beside a row of the import."""
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, str) else value


def _comparable(value: Any) -> Any:
    """The value as it is compared: another blank between two words is no change."""
    return canonical(value) if isinstance(value, str) else jsonable(value)


class _Planner:
    def __init__(self, register, community, facts, mode, on_paper):
        self.register, self.community, self.facts = register, community, facts
        self.mode, self.on_paper = mode, on_paper
        self.catalogue = register.roster.catalogue
        self.seen: dict[tuple, int] = {}  # what a line is about → the line

    def weigh(self, line: Line) -> PlannedRow:
        planned = PlannedRow(line.number)
        try:
            if not line.cells:
                raise ValidationError(_("这一行对应的列都是空的。"), "blank")
            entry = self.register.match(line, self.facts)
            self._refuse_twice(line, entry)
            if entry is None:
                self._weigh_new(line, planned)
            else:
                planned.number = entry.number
                self._weigh_known(line, planned, entry)
        except ValidationError as error:
            planned.outcome, planned.entry, planned.changes = Outcome.REFUSED, None, {}
            planned.problems = self._texts(error)
        return planned

    # --- one line ----------------------------------------------------------------------------------------------------
    def _weigh_new(self, line, planned):
        entry = self.register.new_entry(self.community, line, self.facts)
        missing = [self.catalogue[key] for key in self.register.required if key not in line.cells]
        if missing:
            titles = "、".join(str(column.title) for column in missing)
            raise ValidationError(_("台账里没有这一条；要新增，得填：%(titles)s。") % {"titles": titles}, "missing")
        self._refuse_other_state(line, entry)
        values = self._values(line, entry, is_new=True)
        for name, value in values.items():
            setattr(entry, name, value)
        self._check(entry, line, set(values), planned)
        planned.outcome, planned.entry = Outcome.NEW, entry
        planned.changes = {name: [None, jsonable(value)] for name, value in values.items()}
        planned.changes |= self.register.along_with(entry)
        planned.problems = self.register.reminders(entry, line, self.facts, set(values))

    def _weigh_known(self, line, planned, entry):
        is_current = self.register.is_current(entry)
        if self.mode == Mode.SKIP and is_current:
            planned.outcome = Outcome.UNCHANGED
            return
        values = self._values(line, entry, is_new=False)
        before = {name: getattr(entry, entry._meta.get_field(name).attname) for name in values}
        if self.mode == Mode.FILL and is_current:
            values = {name: value for name, value in values.items() if before[name] in (None, "")}
        changed = {name for name, value in values.items() if _comparable(value) != _comparable(before[name])}
        if changed and not is_current:
            raise ValidationError(self.register.advice(entry), "state")
        for name in changed:
            setattr(entry, name, values[name])
        if changed:
            self._check(entry, line, changed, planned)
            planned.entry = entry
            planned.changes = {name: [jsonable(before[name]), jsonable(values[name])] for name in sorted(changed)}
        planned.outcome = Outcome.CHANGED if changed else Outcome.UNCHANGED
        planned.problems = [*self._other_state(line, entry), *self.register.reminders(entry, line, self.facts, changed)]

    # --- cells -------------------------------------------------------------------------------------------------------
    def _values(self, line, entry, *, is_new) -> dict[str, Any]:
        """What the cells say, by field; of a known entry only where a cell says something else than the roster shows.

        Raises ValidationError with what is wrong in each cell.
        """
        values, errors = {}, {}
        for key, text in line.cells.items():
            column = self.catalogue[key]
            target = column.field or (column.entry_field if is_new else "")
            if column.read is None or not target or (not is_new and _shows(column, entry, text)):
                continue
            try:
                if column.full and is_masked(text):
                    raise ValidationError(
                        _("新增的要填完整，不能打码。")
                        if is_new
                        else _("打码的内容和台账里的对不上，请填完整的，或者留空。")
                    )
                for name, value in column.read(text, self.facts.known).items():
                    values[name] = self._cleaned(entry, name, value)
            except ValidationError as error:
                errors[key] = error
        if errors:
            raise ValidationError(errors)
        return values

    def _cleaned(self, entry, name, value):
        """The value in stored form, checked as the field checks it."""
        kind = entry._meta.get_field(name)
        if kind.is_relation:
            return value
        if normalizer := self.register.normalizers.get(name):
            value = normalizer(value)
        if isinstance(value, str) and kind.max_length and len(value) > kind.max_length:
            raise ValidationError(_("最多 %(n)d 个字。"), "too_long", {"n": kind.max_length})
        if name == "last_confirmed_on" and value > timezone.localdate():
            raise ValidationError(_("日期不能晚于今天。"), "future")
        return kind.clean(value, entry)

    # --- rules -------------------------------------------------------------------------------------------------------
    def _check(self, entry, line, changed, planned):
        errors = list(refusals(entry))
        try:
            self.register.check(entry, line, self.facts, changed)
        except ValidationError as error:
            errors.append(ValidationError(self._texts(error)))
        needed = self.register.purposes_of(entry, changed)
        person = self.register.person_of(entry)
        planned.consents = {purpose for purpose in needed if (person, purpose) not in self.facts.consents}
        if planned.consents and not self.on_paper:
            errors.append(
                ValidationError(
                    _("政治面貌、身份证号要本人同意才能登记：有签字的同意书，请勾上“本人同意已取得（纸质）”再导入。"),
                    "consent",
                )
            )
        if errors:
            raise ValidationError(errors)

    def _refuse_twice(self, line, entry):
        """Two lines about one entry cannot both be right, nor two that claim one number for two entries."""
        marks = [("entry", entry.pk)] if entry is not None else []
        if line.person is not None:
            marks.append(("person", line.person.pk))
        for kind in self.register.bearers if entry is None else self.register.unique:
            value = getattr(line.keys, kind)
            if value and entry not in self.facts.get(kind, value):
                marks.append((kind, value))
        twins = {self.seen[mark] for mark in marks if mark in self.seen}
        for mark in marks:
            self.seen.setdefault(mark, line.number)
        if twins:
            raise ValidationError(_("和第 %(line)d 行说的是同一个，请只留一行。"), "twice", {"line": min(twins)})

    def _refuse_other_state(self, line, entry):
        """A file of people who left must not bring them in as present."""
        if self._other_state(line, entry):
            raise ValidationError(
                _("文件里写的状态不是“%(state)s”，导入只新增这样的，请先核对。"),
                "state",
                {"state": entry.get_state_display()},
            )

    def _other_state(self, line, entry) -> list[str]:
        text = line.cells.get("state")
        if not text or folded(text) in {folded(label) for label in every_language(entry.get_state_display)}:
            return []
        return [_("状态没有改：台账里是“%(state)s”，要改请在台账里办。") % {"state": entry.get_state_display()}]

    # --- words -------------------------------------------------------------------------------------------------------
    def _texts(self, error: ValidationError) -> list[str]:
        """The reasons, each with the title of its column, none twice."""
        if not hasattr(error, "error_dict"):
            return list(dict.fromkeys(error.messages))
        texts = [
            _("%(title)s：%(problem)s") % {"title": self._title(name), "problem": message}
            if name != NON_FIELD_ERRORS
            else message
            for name, errors in error.error_dict.items()
            for message in ValidationError(errors).messages
        ]
        return list(dict.fromkeys(texts))

    def _title(self, name) -> str:
        """A column's title, by its key or by its field."""
        if name in self.catalogue:
            return str(self.catalogue[name].title)
        return str(self.register.model._meta.get_field(name).verbose_name)


def _shows(column: Column, entry, text: str) -> bool:
    """Whether an export would have written this very text, masked or in full."""
    said = canonical(text)
    if said == canonical(text_of(column.value(entry))):
        return True
    return column.full is not None and said == canonical(text_of(column.full(entry)))
