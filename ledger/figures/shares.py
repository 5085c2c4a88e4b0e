"""Parts of a whole, in whole per cent."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext_lazy as _

FRESH_DAYS = 30


def percent(part: int, whole: int) -> int:
    """`part` of `whole` in whole per cent, rounded; 100 only when nothing is missing, 0 only when nothing is there."""
    if not whole:
        return 0
    rounded = round(100 * part / whole)
    if 0 < part < whole:
        return min(99, max(1, rounded))
    return rounded


def portions(parts: Sequence[int]) -> list[int]:
    """Whole per cents of the sum of `parts` that add up to exactly 100 (all 0 where there is nothing).

    The largest remainder is rounded up first; what is there never shows as 0 (with up to a hundred parts).
    """
    whole = sum(parts)
    if not whole:
        return [0] * len(parts)
    shares = [max(100 * part // whole, 1 if part else 0) for part in parts]
    by_remainder = sorted(range(len(parts)), key=lambda index: (-(100 * parts[index] % whole), index))
    missing = 100 - sum(shares)
    for index in by_remainder[: max(0, missing)]:
        shares[index] += 1
    for _surplus in range(-missing):  # what was raised to 1 comes off the largest
        shares[shares.index(max(shares))] -= 1
    return shares


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole, with its name. `portion` is its per cent where several shares have to add up to 100."""

    label: str
    part: int
    whole: int
    note: str = ""
    portion: int | None = None

    @property
    def percent(self):
        return percent(self.part, self.whole) if self.portion is None else self.portion


@dataclass(frozen=True, slots=True)
class Freshness:
    """Enterprises and workers on the rosters by the age of their last confirmation: three parts of one whole."""

    recent: int = 0
    ageing: int = 0
    stale: int = 0

    @classmethod
    def of(cls, counts):
        """Of a row, or a sum of rows, of ledger.figures.counts."""
        return cls(counts["recent"], counts["count"] - counts["recent"] - counts["stale"], counts["stale"])

    @property
    def total(self):
        return self.recent + self.ageing + self.stale

    @property
    def parts(self):
        days = {"fresh": FRESH_DAYS, "stale": settings.STALE_AFTER.days}
        labels = (_("近 %(fresh)s 天核实过"), _("%(fresh)s 到 %(stale)s 天前"), _("%(stale)s 天没核实"))
        counts = (self.recent, self.ageing, self.stale)
        return [
            Share(label % days, count, self.total, portion=portion)
            for label, count, portion in zip(labels, counts, portions(counts), strict=True)
        ]

    def __add__(self, other):
        return Freshness(self.recent + other.recent, self.ageing + other.ageing, self.stale + other.stale)
