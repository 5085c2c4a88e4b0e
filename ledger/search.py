"""Whom somebody means by what he typed: part of a name, a whole phone or its last four, an ID number, a ledger number.

A list of a million is no answer to 王. `Search.first` finds the first thousand rows by way of indexes alone and says
whether there are more; `Search.everything` is the whole answer, for who exports it.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet

from ledger.models import Worker
from ledger.models.names import NamePart
from station.lib.people import normalize_id_number, normalize_phone
from station.models import Community

MOST = 1_000

_LEDGER_NUMBER = re.compile(r"[A-Za-z]{2,6}-[A-Za-z][0-9]{4,9}")
_LAST_FOUR = re.compile(r"[0-9]{4}")


@dataclass(frozen=True)
class Search:
    """One search of one list.

    `names` says which parts of names may hold the words, and the lookup that leads from a row to the entry they belong
    to. Each of `exact` is answered by indexes of one table. `communities` (None: all) are those the rows lie in.
    """

    words: str
    names: tuple[tuple[type[NamePart], str], ...]
    exact: tuple[Q, ...] = ()
    communities: Collection[int] | None = None

    def _parts(self, model) -> QuerySet:
        parts = model.objects.beginning(self.words)
        return parts if self.communities is None else parts.filter(community__in=self.communities)

    def everything(self) -> Q:
        """All rows meant."""
        q = Q(pk__in=[])
        for model, path in self.names:
            q |= Q(**{f"{path}__in": self._parts(model).values("entry")})
        for exact in self.exact:
            q |= exact
        return q

    def first(self, queryset: QuerySet, most: int = MOST) -> tuple[Q, bool]:
        """At most `most` rows of `queryset` for each way of being meant, and whether there are more."""
        q, more, rows = Q(pk__in=[]), False, queryset.order_by()
        for model, path in self.names:
            found = self._first_entries(model, rows.filter(**{path: OuterRef("entry")}), most + 1)
            q |= Q(**{f"{path}__in": found[:most]})
            more |= len(found) > most
        for exact in self.exact:
            found = list(rows.filter(exact).values_list("pk", flat=True)[: most + 1])
            q |= Q(pk__in=found[:most])
            more |= len(found) > most
        return q, more

    def _first_entries(self, model, among, count) -> list[int]:
        """The first `count` entries that `among` has a row of. A name may hold the words twice, an entry counts once.

        Row by row from the ordered index, so that it is over when there are enough.
        """
        parts = self._parts(model).filter(Exists(among)).order_by("text", "entry").values_list("entry", flat=True)
        found: dict[int, None] = {}
        start = 0
        while batch := list(parts[start : start + count]):
            found |= dict.fromkeys(batch)
            start += count
            if len(batch) < count or len(found) >= count:
                break
        return list(found)[:count]


def communities_of(user, permission) -> Collection[int] | None:
    """The communities in which `user` may see rows by `permission`; None for all there are."""
    scope = user.scope_for(permission)
    if scope.everything:
        return None
    if scope.communities and not (scope.streets or scope.grids):
        return scope.communities
    return list(Community.objects.visible_to(user, permission).order_by().values_list("pk", flat=True))


def as_typed(normalize, words):
    """`words` normalised, or None where they are something else."""
    try:
        return normalize(words)
    except ValidationError:
        return None


def numbered(words, *, prefix="") -> tuple[Q, ...]:
    """By ledger number, if that is one. `prefix` leads to the entry."""
    return (Q(**{f"{prefix}number": words.upper()}),) if _LEDGER_NUMBER.fullmatch(words) else ()


def person(words, *, prefix="", by_id_number) -> tuple[Q, ...]:
    """By number, by phone or its last four digits, by ID number; never by part of those. `prefix` leads to the worker.

    Each of them looks different, so at most one is asked for.
    """

    def indexed(name, value):
        return Q(**{f"{prefix}{name}": Worker._meta.get_field(name).digest(value)})

    if by_number := numbered(words, prefix=prefix):
        return by_number
    if phone := as_typed(normalize_phone, words):
        return (indexed("phone_index", phone),)
    if _LAST_FOUR.fullmatch(words):
        return (indexed("phone_tail_index", words),)
    if by_id_number and (id_number := as_typed(normalize_id_number, words)):
        return (indexed("id_number_index", id_number),)
    return ()
