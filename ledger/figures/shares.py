"""Parts of a whole with their names."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from station.lib.shares import percent, portions

FRESH_DAYS = 30


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
