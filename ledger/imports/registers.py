"""What an import has to know about a register: how its rows are found again, what they must not break."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from ledger.models import Enterprise
from ledger.rosters import READ_AT_ONCE, Roster
from ledger.rosters.reading import Known, employer_key
from station.lib.cells import canonical, half_width, is_masked
from station.lib.people import normalize_name
from station.models import Consent, Grid

LEDGER_NUMBER = re.compile("[A-Z]{2,6}-[A-Z][0-9]{3,}")


def normalized(normalizer, text: str) -> str:
    """The stored form of `text`; empty where it is blank, masked or something else."""
    try:
        return normalizer(text) if text and not is_masked(text) else ""
    except ValidationError:
        return ""


def ledger_number(text: str) -> str:
    """The ledger number in a cell; empty where somebody numbered his rows his own way."""
    plain = half_width(text).upper()
    return plain if LEDGER_NUMBER.fullmatch(plain) else ""


@dataclass
class Keys:
    """By what a line of the file may be found again, in stored form; blind indexes in place of secrets."""

    number: str = ""
    name: str = ""
    phone: str = ""
    id_number: str = ""
    credit_code: str = ""
    contact: str = ""


@dataclass
class Facts:
    """What the database knows that matters to a file, read in a handful of queries however long the file is.

    `found` leads from a kind of key to the rows that bear it. `snapshot` holds every row as it was read: two Facts of
    the same keys with equal snapshots allow the same plan.
    """

    found: dict[str, dict[Any, list]] = field(default_factory=dict)
    known: Known = field(default_factory=Known)
    consents: set[tuple[Any, str]] = field(default_factory=set)  # (uid, purpose) in force
    snapshot: dict[tuple[type, Any], Any] = field(default_factory=dict)
    _rows: dict[tuple[type, Any], models.Model] = field(default_factory=dict)

    def get(self, kind: str, key: Any) -> list:
        return self.found.get(kind, {}).get(key, []) if key else []

    def read(self, kind: str, rows: Iterable[models.Model], key: str) -> None:
        """Remember `rows` under the stored value of their field `key`; a row read twice is one object."""
        found = self.found.setdefault(kind, {})
        for row in rows:
            row = self._rows.setdefault((type(row), row.pk), row)
            stored = row.__dict__[key]
            if row not in found.setdefault(stored, []):
                found[stored].append(row)
            self.snapshot.setdefault((type(row), row.pk), stored_values(row))

    def rows_of(self, model) -> list:
        return [row for (kind, _pk), row in self._rows.items() if kind is model]


def stored_values(row: models.Model) -> tuple:
    """The row as the database holds it, secrets unread."""
    return tuple(row.__dict__[field.attname] for field in row._meta.concrete_fields)


def in_pieces(values: Iterable) -> Iterator[list]:
    """`values` once each and sorted, as many at a time as one query bears."""
    wanted = sorted({value for value in values if value})
    for start in range(0, len(wanted), READ_AT_ONCE):
        yield wanted[start : start + READ_AT_ONCE]


def rows_with(queryset: models.QuerySet, name: str, values: Iterable) -> Iterator[models.Model]:
    """The rows of `queryset` whose field `name` is one of `values`, in one query for every READ_AT_ONCE of them."""
    for piece in in_pieces(values):
        yield from queryset.filter(**{f"{name}__in": piece}).order_by("pk")


class Register:
    """One register as an import sees it. A subclass for each, in a file of its name."""

    roster: Roster
    required: tuple[str, ...] = ()  # keys of the columns without which there is no new entry
    identifying: tuple[str, ...] = ("number",)  # keys of the columns of which at least one must be there
    normalizers: dict = {}
    bearers: tuple[str, ...] = ()  # the Keys that no two new entries of a file may share
    unique: tuple[str, ...] = ()  # the Keys that no two entries may share

    @property
    def model(self):
        return self.roster.model

    # --- finding -----------------------------------------------------------------------------------------------------
    def keys_of(self, cells: dict[str, str]) -> Keys:
        """By what this line may be found."""
        raise NotImplementedError

    def read_facts(self, community, lines, *, lock: bool) -> Facts:
        """Everything the plan for `lines` asks of the database. `lock` holds the rows until the transaction ends."""
        raise NotImplementedError

    def match(self, line, facts: Facts):
        """The entry this line is about, or None for a new one. Raises ValidationError where that cannot be told."""
        raise NotImplementedError

    def by_number(self, line, facts: Facts):
        """The entry of the number in the line. Raises ValidationError where this register has none."""
        found = facts.get("number", line.keys.number)
        if not found:
            raise ValidationError(_("本社区这本花名册里没有这个编号。新登记的请把编号留空，写错了的请改对。"), "number")
        return found[0]

    # --- weighing ----------------------------------------------------------------------------------------------------
    def new_entry(self, community, line, facts: Facts) -> models.Model:
        """An unsaved entry with what the file does not say. Raises ValidationError where there must be none."""
        return self.model(community=community)

    def is_current(self, entry) -> bool:
        """Whether the entry is on the roster, so that a file may change it."""
        return entry.state == entry.State.ACTIVE

    def advice(self, entry) -> str:
        """What to do first about an entry that is not on the roster."""
        if entry.merged_into_id:
            return _("%(number)s 已并入 %(other)s，请改用这个编号。") % {
                "number": entry.number,
                "other": entry.merged_into.number,
            }
        return _("%(number)s 在台账里是“%(state)s”：请先在台账里重新入册，再导入。") % {
            "number": entry.number,
            "state": entry.get_state_display(),
        }

    def check(self, entry, line, facts: Facts, changed: set[str]) -> None:
        """The rules that are neither a field's nor a constraint's. Raises ValidationError."""

    def reminders(self, entry, line, facts: Facts, changed: set[str]) -> list[str]:
        """What to say although the line is accepted."""
        return []

    def along_with(self, entry) -> dict[str, list]:
        """What a new entry changes in another row, as ``relation.field`` → before and after."""
        return {}

    def person_of(self, entry) -> UUID | None:
        """Whose consents count for this entry, by his uid."""
        return None

    def purposes_of(self, entry, changed: set[str]) -> set[str]:
        """To what the person must have consented before these fields of his are written."""
        return set()


def read_grids(community) -> dict[int, Grid]:
    return {grid.number: grid for grid in Grid.objects.filter(community=community)}


def read_employers(community, texts: Iterable[str], facts: Facts, *, lock: bool) -> None:
    """The enterprises that `texts` name, by number or by name."""
    wanted = {text: employer_key(text) for text in texts}
    enterprises = locked(Enterprise.objects.unmerged().filter(community=community), lock)
    names = {normalized(normalize_name, half_width(text)) for text in wanted}
    found: dict[str, list] = {}
    for name, values in (("number", wanted.values()), ("name", names)):
        for enterprise in rows_with(enterprises, name, values):
            for key in (enterprise.number, employer_key(enterprise.name)):
                if enterprise not in found.setdefault(key, []):
                    found[key].append(enterprise)
            facts.snapshot[Enterprise, enterprise.pk] = (enterprise.number, enterprise.name, enterprise.state)
    facts.known.employers = found


def read_consents(uids: Iterable, purposes: Iterable[str], facts: Facts) -> None:
    for piece in in_pieces(uids):
        given = Consent.objects.given().filter(person_uid__in=piece, purpose__in=list(purposes))
        facts.consents |= set(given.values_list("person_uid", "purpose"))
    facts.snapshot[Consent, None] = frozenset(facts.consents)


def locked(queryset: models.QuerySet, lock: bool) -> models.QuerySet:
    """The rows themselves locked, not what they are joined with."""
    return queryset.select_for_update(of=("self",)) if lock else queryset


def differs(normalizer, stored: str, text: str) -> bool:
    """Whether a filled cell names somebody else than the stored value; a mask tells nothing."""
    said = normalized(normalizer, text)
    return bool(said) and canonical(said) != canonical(stored)


def by_state(order) -> Any:
    """A sort key: entries of the states in `order` first."""
    return lambda entry: (order.index(entry.state) if entry.state in order else len(order), -entry.pk)
