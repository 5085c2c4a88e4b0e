"""A model's check constraints, weighed in memory: for thousands of rows at once, where a query each would be too many.

Django's own ``CheckConstraint.validate`` asks the database. This says the same of a condition of plain comparisons, in
the logic of SQL: what compares with NULL is unknown, and a constraint that is unknown holds. A condition with anything
else raises NotImplementedError, which a test meets before anybody else does.
"""

import operator
from collections.abc import Callable, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

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
    for constraint in row._meta.constraints:
        if isinstance(constraint, models.CheckConstraint) and holds(constraint.condition, row) is False:
            yield ValidationError(constraint.get_violation_error_message(), code=constraint.violation_error_code)


def holds(condition: Q | tuple, row: models.Model) -> bool | None:
    """Whether `condition` is true of the row's own fields; None where SQL calls it unknown."""
    if isinstance(condition, tuple):
        return _compare(row, *condition)
    if not isinstance(condition, Q):
        raise NotImplementedError(f"{condition!r} cannot be weighed in memory")
    parts = [holds(child, row) for child in condition.children]
    if condition.connector == Q.AND:
        result = False if False in parts else None if None in parts else True
    elif condition.connector == Q.OR:
        result = True if True in parts else None if None in parts else False
    else:
        raise NotImplementedError(f"{condition.connector} cannot be weighed in memory")
    return result if result is None or not condition.negated else not result


def _compare(row: models.Model, path: str, other: Any) -> bool | None:
    name, _sign, lookup = path.partition("__")
    value = _value(row, name)
    if lookup == "isnull":
        return (value is None) == other
    compare = _COMPARISONS.get(lookup or "exact")
    if compare is None:
        raise NotImplementedError(f"{path} cannot be weighed in memory")
    if isinstance(other, F):
        other = _value(row, other.name)
    if value is None or other is None:
        return None
    return compare(value, other)


def _value(row: models.Model, name: str) -> Any:
    return getattr(row, row._meta.get_field(name).attname)
