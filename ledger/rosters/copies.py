"""One copy of a roster on its way out, and the digest that tells later whether it is still current."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import translation
from django.utils.translation import gettext

from ledger.rosters.columns import READ_AT_ONCE, Column, Roster
from station.lib.crypto import blind_index


def text_of(value: Any) -> str:
    """A cell's value as paper and screen show it."""
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)


class Fingerprint:
    """A digest over rows: the same for the same rows in any order, in any language, whoever may see which column.

    Keyed, so that nobody who holds the digest alone can try out who might have been on a short roster.
    """

    def __init__(self):
        self._rows: list[bytes] = []

    def add(self, roster: Roster, row: models.Model) -> None:
        with translation.override(settings.LANGUAGE_CODE):
            cells = [
                text_of(column.identity(row) if column.identity else column.value(row))
                for column in roster.columns
                if not column.derived
            ]
            # Two enterprises may bear the same name.
            line = json.dumps([row.pk, *cells], ensure_ascii=False)
        self._rows.append(hashlib.sha256(line.encode()).digest())

    def hexdigest(self) -> str:
        """HMAC-SHA-256 in hex, cut as every blind index is."""
        return blind_index("ledger.roster", hashlib.sha256(b"".join(sorted(self._rows))).hexdigest())


@dataclass(frozen=True)
class Layout:
    """How a copy is to look. The default is the roster as it is declared: its columns, by grid, no groups.

    `columns` (empty: the roster's own) may bear other titles and widths. `group_by` and `order` are keys of columns.
    `name` is the form template's, for the record. `new_pages` begins every group on a sheet of its own.
    """

    name: str = ""
    title: str = ""  # above the table, in place of the community's and the roster's name
    columns: tuple[Column, ...] = ()
    portrait: bool = False
    group_by: str = ""
    new_pages: bool = False
    order: str = ""
    blank_rows: int = 0
    signatures: tuple[str, ...] = ()  # empty: the usual four


@dataclass
class RosterCopy:
    """One copy of a roster on its way out: who gets what, when and why. Its rows can be read once.

    The rows are those of `queryset`, or, for a past day `as_of`, the `past_rows` (instances of the roster's model as
    they stood then). `full` shows what is masked otherwise; who asks for it has been checked before.
    """

    roster: Roster
    community: Any
    queryset: models.QuerySet | None
    serial: str
    at: Any
    by: Any
    reason: str
    shown_filters: tuple[str, ...] = ()
    layout: Layout = Layout()
    full: bool = False
    as_of: date | None = None
    past_rows: Iterable[models.Model] | None = None
    count: int = 0
    fingerprint: Fingerprint = field(default_factory=Fingerprint)

    def __post_init__(self):
        chosen = self.layout.columns or self.roster.columns
        self.columns = tuple(column for column in chosen if self.roster.may_have(column, self.by))
        if self.full:
            self.columns = tuple(replace(column, value=column.full or column.value) for column in self.columns)
        self.title = self.layout.title or self.roster.title_of(self.community)
        self.by_name = self.by.get_full_name() or self.by.get_username() if self.by else gettext("系统命令")

    @property
    def check_url(self) -> str:
        """Where the printed code leads: is this roster genuine and current?"""
        return f"{settings.PUBLIC_URL}/v/{self.serial}/"

    @property
    def width(self) -> int:
        """How many columns stand on paper: the running number and the roster's own."""
        return 1 + len(self.columns)

    def rows(self) -> Iterator[models.Model]:
        """The rows themselves, in the order of the copy."""
        if self.past_rows is not None:
            return iter(self.past_rows)
        keys = [key for key in (self.layout.group_by, self.layout.order) if key]
        order = tuple(lookup for key in keys if (lookup := self.roster.catalogue[key].order))
        # The digest reads the roster's own columns, the copy may show others.
        prepared = self.roster.prepared(self.queryset, self.columns, order)
        return prepared.iterator(chunk_size=READ_AT_ONCE)

    def lines(self) -> Iterator[list]:
        """The rows as lists of values, the running number first."""
        return (line for _group, line in self.grouped_lines())

    def grouped_lines(self) -> Iterator[tuple[str, list]]:
        """The same, each with the name of the group it stands in; all in one without a name where none are wanted."""
        group = self.roster.catalogue[self.layout.group_by] if self.layout.group_by else None
        for row in self.rows():
            self.count += 1
            self.fingerprint.add(self.roster, row)
            name = text_of(group.value(row)) or group.nameless if group else ""
            yield name, [self.count, *(column.value(row) for column in self.columns)]


def fingerprint_of(roster: Roster, querysets) -> str:
    """The digest over the rows of all `querysets` together."""
    fingerprint = Fingerprint()
    for queryset in querysets:
        for row in roster.prepared(queryset).iterator(chunk_size=READ_AT_ONCE):
            fingerprint.add(roster, row)
    return fingerprint.hexdigest()
