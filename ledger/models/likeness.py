"""When two entries of one register are probably the same, asked of the database by its indexes.

Each register lists its `LIKENESSES`. Every one is an equality of indexed columns, so that the entries that look like a
given one are looked up, and a whole community costs one look-up a row: never every pair, and nothing is decrypted.
"""

from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q

from ledger.models.duplicates import DistinctPair

MOST = 500  # a list typed without care may hold one name a thousand times; nobody compares more than a page


@dataclass(frozen=True)
class Likeness:
    """One reason to think that two entries are the same: they agree in `mine` and `theirs`, lookup by lookup.

    None of the values may be blank: two entries without a phone do not share one.
    """

    label: str
    mine: tuple[str, ...]
    theirs: tuple[str, ...] = ()  # where the other entry has it in another place; empty: in the same

    @property
    def pairs(self):
        """(lookup of the one, lookup of the other)."""
        return tuple(zip(self.mine, self.theirs or self.mine, strict=True))

    def rows_like(self, entry):
        """{lookup: value} of rows that agree with `entry`; None where it has nothing to compare."""
        agree = {theirs: value_of(entry, mine) for mine, theirs in self.pairs}
        return agree if all(agree.values()) else None

    def between(self, one, other):
        """Whether these two rows agree, whichever comes first."""
        return any(
            all(value_of(a, mine) and value_of(a, mine) == value_of(b, theirs) for mine, theirs in self.pairs)
            for a, b in ((one, other), (other, one))
        )


def value_of(entry, lookup):
    """The value to which the `lookup` ``a__b`` leads from a row; None where the way ends."""
    value = entry
    for step in lookup.split("__"):
        value = getattr(value, step, None)
    return value


def reasons(one, other):
    """Why these two entries may be the same, in words; empty where nothing speaks for it, or across communities."""
    if one.community_id != other.community_id:
        return []
    return list(dict.fromkeys(str(like.label) for like in one.LIKENESSES if like.between(one, other)))


def keys_like(model, entries):
    """The primary keys of at most `MOST` rows of `model` that any of `entries` may be a second time. One query.

    Two selects in it: beside a comparison along a relation no database would use the indexes of the others.
    """
    here, along = Q(pk__in=[]), Q(pk__in=[])
    for entry in entries:
        for likeness in model.LIKENESSES:
            if (agree := likeness.rows_like(entry)) is not None:
                if any("__" in lookup for lookup in agree):
                    along |= Q(**agree)
                else:
                    here |= Q(**agree)
    found = model._base_manager.filter(here).order_by().values_list("pk")
    return [pk for (pk,) in found.union(model._base_manager.filter(along).order_by().values_list("pk"))[:MOST]]


def with_earlier_lookalike(queryset):
    """Those of `queryset` that look like an entry registered before them in their community.

    Without entries merged away on either side, and without pairs that somebody found to be two.
    """
    model = queryset.model
    known = DistinctPair.objects.filter(
        Q(first=OuterRef("number"), second=OuterRef(OuterRef("number")))
        | Q(second=OuterRef("number"), first=OuterRef(OuterRef("number")))
    )
    # Compared as a sum, the community cannot be looked up by its index: a planner without statistics takes that for the
    # best one and reads the whole community for every row.
    earlier = (
        model._base_manager.exclude(state=model.State.MERGED)
        .alias(place=F("community") + 0)
        .filter(~Exists(known), pk__lt=OuterRef("pk"), place=OuterRef("community"))
    )
    found = Q()
    for likeness in model.LIKENESSES:
        agree, known_here = {}, Q()
        for mine, theirs in likeness.pairs:
            own = f"own_{mine.replace('__', '_')}"
            queryset = queryset.alias(**{own: F(mine)})  # an outer reference along a relation would drop rows without
            agree[theirs] = OuterRef(own)
            # Nothing is like what is not known; a planner whose statistics see mostly NULLs would look everywhere.
            known_here &= Q(**{f"{own}__isnull": False})
        found |= known_here & Q(Exists(earlier.filter(**agree)))
    return queryset.exclude(state=model.State.MERGED).filter(found)
