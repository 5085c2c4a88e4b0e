"""A model's check constraints, weighed in memory: for thousands of rows at once, where a query each would be too many.

Django's own ``CheckConstraint.validate`` asks the database. This says the same of a condition of plain comparisons, in
the logic of SQL: what compares with NULL is unknown, and a constraint that is unknown holds. A condition with anything
else raises NotImplementedError, which a test meets before anybody else does.
"""

import operator
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

Weigh = Callable[[models.Model], bool | None]

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "exact": operator.eq,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
    "in": lambda value, values: value in values,
}


def refusals(row: models.Model) -> Iterator[ValidationError]:
    """What each check constraint that `row` breaks has to say."""
    for constraint, weigh in _constraints(type(row)):
        if weigh(row) is False:
            yield ValidationError(constraint.get_violation_error_message(), code=constraint.violation_error_code)


def holds(condition: Q, row: models.Model) -> bool | None:
    """Whether `condition` is true of the row's own fields; None where SQL calls it unknown."""
    return _weigher(condition, type(row))(row)


@cache
def _constraints(model: type[models.Model]) -> list[tuple[models.CheckConstraint, Weigh]]:
    checks = (each for each in model._meta.constraints if isinstance(each, models.CheckConstraint))
    return [(each, _weigher(each.condition, model)) for each in checks]


def _weigher(condition: Q | tuple, model: type[models.Model]) -> Weigh:
    """The condition as a function of a row."""
    if isinstance(condition, tuple):
        return _comparison(model, *condition)
    if not isinstance(condition, Q) or condition.connector not in (Q.AND, Q.OR):
        raise NotImplementedError(f"{condition!r} cannot be weighed in memory")
    parts = [_weigher(child, model) for child in condition.children]
    decisive = condition.connector == Q.OR  # one such part decides

    def weigh(row):
        result = not decisive
        for part in parts:
            part_holds = part(row)
            if part_holds is decisive:
                result = decisive
                break
            if part_holds is None:
                result = None
        return result if result is None or not condition.negated else not result

    return weigh


def _comparison(model: type[models.Model], path: str, other: Any) -> Weigh:
    name, _sign, lookup = path.partition("__")
    attribute = model._meta.get_field(name).attname
    if lookup == "isnull":
        return lambda row: (getattr(row, attribute) is None) == other
    compare = _COMPARISONS.get(lookup or "exact")
    if compare is None:
        raise NotImplementedError(f"{path} cannot be weighed in memory")
    other_attribute = model._meta.get_field(other.name).attname if isinstance(other, F) else None

    def weigh(row):
        value = getattr(row, attribute)
        against = getattr(row, other_attribute) if other_attribute else other
        return None if value is None or against is None else compare(value, against)

    return weigh
