"""Figures over more than a community or two are counted once in some minutes, not for every glance at the dashboard.

Counts are bounded where the scope is: a community's are always of this moment. Whoever oversees streets, or everything,
gets what was counted within KEPT, and reads when that was.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.core.cache import cache
from django.utils import timezone, translation

KEPT = timedelta(minutes=5)


@dataclass(frozen=True)
class Counted:
    """Figures, and when they were counted: None stands for just now."""

    value: Any
    at: datetime | None = None


def oversees_much(user):
    """Whether somebody's figures are summed over many communities."""
    return user.is_superuser or any(duty.street_id for duty in user.current_duties)


def counted(user, name, compute):
    """What `compute()` says for `user`, as Counted. `name` tells different figures apart.

    `compute` may depend on the duties of `user`, the language and the date, and on nothing else about him: people with
    the same duties share what was counted.
    """
    if not oversees_much(user):
        return Counted(compute())
    key = _key(user, name)
    kept = cache.get(key)
    if kept is None:
        kept = Counted(compute(), timezone.now())
        cache.set(key, kept, KEPT.total_seconds())
    return kept


def _key(user, name):
    """Ids and names of roles only, and those digested: a key is no place to read who is where."""
    duties = sorted(
        f"{duty.role}.{duty.street_id}.{duty.community_id}.{duty.grid_id}.{duty.station_id}"
        + (f".{user.pk}" if duty.role == duty.Role.TEAM_LEADER else "")
        for duty in user.current_duties
    )
    parts = [name, translation.get_language(), f"{timezone.localdate()}", f"{user.is_superuser}", *duties]
    return f"counted.{sha256('|'.join(map(str, parts)).encode()).hexdigest()}"
