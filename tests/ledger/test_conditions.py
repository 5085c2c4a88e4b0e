"""A constraint weighed in memory says the same as the database."""

from datetime import date
from itertools import product

import pytest
from django.core.exceptions import ValidationError
from django.db.models import CheckConstraint, Q
from django.db.models.functions import Length

from ledger.models import Enterprise, PartyMember, Worker
from station.lib.conditions import holds, refusals

DAY = date(2026, 9, 1)
ROWS = {
    Enterprise: {
        "state": ["active", "left", "merged"],
        "party_organisation": ["own", "none"],
        "no_party_reason": ["", "人少"],
        "worker_count": [0, 3],
        "member_count": [0, 3, 4],
        "left_on": [None, DAY],
        "left_reason": ["", "搬走"],
        "merged_into_id": [None, 1],
    },
    Worker: {
        "state": ["pending", "active", "left", "refused", "merged"],
        "phone": ["", "13800000001"],
        "other_contact": ["", "微信群"],
        "id_number": ["", "34052419800101001X"],
        "id_purpose": ["", "办保险"],
        "left_on": [None, DAY],
        "left_reason": ["", "搬走"],
        "merged_into_id": [None, 1],
    },
    PartyMember: {"state": ["mobile", "merged"], "merged_into_id": [None, 1]},
}
CHECKS = [
    (model, constraint)
    for model in ROWS
    for constraint in model._meta.constraints
    if isinstance(constraint, CheckConstraint)
]


def names_in(condition):
    """The fields a condition speaks of, as ROWS knows them."""
    for child in condition.children:
        if isinstance(child, Q):
            yield from names_in(child)
        else:
            name = child[0].partition("__")[0].removesuffix("_index")
            yield {"merged_into": "merged_into_id"}.get(name, name)
            if hasattr(child[1], "name"):
                yield child[1].name


def database_refusal(constraint, model, row):
    try:
        constraint.validate(model, row)
    except ValidationError as error:
        return error.messages
    return []


@pytest.mark.parametrize(("model", "constraint"), CHECKS, ids=[constraint.name for _model, constraint in CHECKS])
def test_memory_and_database_agree(model, constraint, db):
    names = sorted(set(names_in(constraint.condition)))
    said = set()
    for values in product(*(ROWS[model][name] for name in names)):
        row = model(**dict(zip(names, values, strict=True)))
        refused = database_refusal(constraint, model, row)
        assert (holds(constraint.condition, row) is False) == bool(refused), (names, values)
        assert set(refused) <= {message for refusal in refusals(row) for message in refusal.messages}
        said.add(bool(refused))
    assert said == {True, False}


def test_what_compares_with_nothing_is_unknown():
    assert holds(Q(left_on__gte=DAY), Worker()) is None
    assert holds(~Q(left_on__gte=DAY), Worker()) is None
    assert holds(Q(left_on__gte=DAY) | Q(state="active"), Worker()) is True
    assert holds(Q(left_on__gte=DAY) & Q(state="left"), Worker()) is False


@pytest.mark.parametrize("condition", [Q(name__startswith="李"), Q(a=1) ^ Q(b=2), Length("name")])
def test_what_cannot_be_weighed_is_said_so(condition):
    with pytest.raises((NotImplementedError, LookupError)):
        holds(condition, Worker())
