"""One copy of a roster on its way out, and the digest that tells later whether it is still current."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import translation
from django.utils.translation import gettext

from ledger.rosters.columns import READ_AT_ONCE, STATE_FILTER, Column, Roster
from station.lib.crypto import blind_index

TAKEN_AT_ONCE = 200  # rows held as instances


def text_of(value: Any) -> str:
    """A cell's value as paper and screen show it."""
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)


_LINE = json.JSONEncoder(ensure_ascii=False, default=text_of)


class Fingerprint:
    """A digest over rows: the same for the same rows in any order, in any language, whoever may see which column.

    Keyed, so that nobody who holds the digest alone can try out who might have been on a short roster.
    """

    def __init__(self, roster: Roster):
        self._readers = [column.identity or column.value for column in roster.columns if not column.derived]
        self._row = hashlib.blake2b(key=blind_index("ledger.roster.row", roster.kind).encode(), digest_size=32)
        self._sum = 0

    def add(self, rows: Iterable[models.Model]) -> None:
        with translation.override(settings.LANGUAGE_CODE):
            for row in rows:
                # With its key, for two enterprises may bear the same name.
                line = _LINE.encode([row.pk, *[read(row) for read in self._readers]])
                digest = self._row.copy()
                digest.update(line.encode())
                self._sum += int.from_bytes(digest.digest())

    def hexdigest(self) -> str:
        """HMAC-SHA-256 in hex, cut as every blind index is.

        Over the sum of the rows' digests, which does not depend on their order and needs no memory. Nobody can look for
        other rows with that sum: every digest in it is keyed, and the sum itself never leaves (MSet-Add-Hash of Clarke
        et al., "Incremental Multiset Hash Functions", 2003).
        """
        return blind_index("ledger.roster", f"{self._sum % 2**256:064x}")


@dataclass(frozen=True)
class Layout:
    """How a copy is to look. The default is the roster as it is declared: its columns, by grid, no groups.

    `columns` (empty: the roster's own) may bear other titles and widths. `group_by` and `order` are keys of columns.
    `name` is the form template's, for the record; `filters` (key of a `Filter`, values) say which rows it is about.
    `new_pages` begins every group on a sheet of its own.
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
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def chooses_states(self) -> bool:
        """Whether it says itself which states it is about, where a roster leaves out those who have left."""
        return any(key == STATE_FILTER for key, _values in self.filters)


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

    def __post_init__(self):
        self.fingerprint = Fingerprint(self.roster)
        chosen = self.layout.columns or self.roster.columns
        self.columns = tuple(column for column in chosen if self.roster.may_have(column, self.by))
        self.masked = tuple(column.key for column in self.columns if column.full)
        self.full = self.full and bool(self.masked)
        if self.full:
            self.columns = tuple(replace(column, value=column.full or column.value) for column in self.columns)
        self.title = self.layout.title or self.roster.title_of(self.community)
        if self.as_of is not None:  # on the head of every page
            self.title = gettext("%(title)s（截至 %(day)s）") % {"title": self.title, "day": self.as_of.isoformat()}
        if self.full:  # the title stands on every sheet and page, of every form
            self.title = gettext("%(title)s（含完整个人信息）") % {"title": self.title}
        self.groups: dict[str, int] = {}  # rows by group, once they have been read
        self.by_name = self.by.get_full_name() or self.by.get_username() if self.by else gettext("系统命令")

    @property
    def mask_note(self) -> str:
        """What of the persons on it is hidden, and what is not; ends with a full stop, or is empty."""
        if self.full:
            return gettext("含完整手机号或证件号，只限注明的用途，不得转给别人。")
        if any("phone" in key for key in self.masked):
            if len(self.masked) > 1:
                return gettext("手机号、证件号已部分隐去。")
            return gettext("手机号中间四位已隐去。")
        return gettext("证件号已部分隐去。") if self.masked else ""

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
        keys = [key for key in (self.layout.group_by, self.layout.order) if key]
        if self.past_rows is not None:
            shown = [self.roster.catalogue[key].value for key in keys]
            return iter(
                sorted(self.past_rows, key=lambda row: [text_of(value(row)) for value in shown])
                if shown
                else self.past_rows
            )
        order = tuple(lookup for key in keys if (lookup := self.roster.catalogue[key].order))
        # The digest reads the roster's own columns, the copy may show others.
        prepared = self.roster.prepared(self.queryset, self.columns, order)
        return prepared.iterator(chunk_size=READ_AT_ONCE)

    def lines(self) -> Iterator[list]:
        """The rows as lists of values, the running number first."""
        return (line for _group, line in self.grouped_lines())

    def grouped_lines(self) -> Iterator[tuple[str, list]]:
        """The same, each with the name of the group it stands in; all in one without a name where none are wanted."""
        readers = [_reader(column) for column in self.columns]
        by = self.roster.catalogue[self.layout.group_by] if self.layout.group_by else None
        group = _reader(by) if by else None
        rows, name = self.rows(), ""
        while some := list(islice(rows, TAKEN_AT_ONCE)):
            self.fingerprint.add(some)
            for row in some:
                self.count += 1
                if group:
                    name = text_of(group(row)) or str(by.nameless)
                    self.groups[name] = self.groups.get(name, 0) + 1
                yield name, [self.count, *[read(row) for read in readers]]


def _reader(column: Column) -> Callable[[models.Model], Any]:
    """What reads a column; where its texts repeat each is made once, in the language of the copy."""
    if not column.repeats:
        return column.value
    known: dict[Any, str] = {}

    def read(row):
        key = column.identity(row)
        text = known.get(key)
        if text is None:
            text = known[key] = text_of(column.value(row))
        return text

    return read


def fingerprint_of(roster: Roster, querysets) -> str:
    """The digest over the rows of all `querysets` together."""
    fingerprint = Fingerprint(roster)
    for queryset in querysets:
        fingerprint.add(roster.prepared(queryset).iterator(chunk_size=READ_AT_ONCE))
    return fingerprint.hexdigest()


def digest_of_ledger(digests: Iterable[str]) -> str:
    """The digest of a workbook from those of its rosters, in the order of ROSTERS."""
    return blind_index("ledger.roster.ledger", "/".join(digests))
