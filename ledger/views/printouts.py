"""``/v/<serial>/``: is this printed roster genuine, and still current? Never who is on it."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from ledger.models import Printout
from ledger.operations.printouts import normalize_serial, numbers_in
from ledger.pasts import PastRows
from ledger.rosters import ROSTERS, fingerprint_of

CHECK_LASTS_S = 60  # whoever holds the paper may ask often, and a long roster takes a second to read
ROWS_AT_ONCE = 500


@dataclass(frozen=True)
class Check:
    """Whether the ledger says at this moment what the paper says."""

    current: bool
    at: datetime


@login_not_required
@require_safe
def check(request, serial):
    number = normalize_serial(serial)
    printout = Printout.objects.select_related("community").filter(serial=number).first() if number else None
    if printout is None:
        return render(request, "ledger/printout_check.html", {"printout": None}, status=404)
    context = {
        "printout": printout,
        "roster": ROSTERS[printout.roster],
        "check": cache.get_or_set(f"printout-check-{printout.pk}", lambda: compare(printout), CHECK_LASTS_S),
    }
    return render(request, "ledger/printout_check.html", context)


def compare(printout):
    """Read the same rows of the ledger again and compare their digests.

    Of a past day, the same past: what the history said of that day when the paper was made.
    """
    roster = ROSTERS[printout.roster]
    if printout.as_of:
        past = PastRows.of(roster, printout.community, printout.as_of, seen_at=printout.at)
        return Check(current=past.fingerprint() == printout.sha256, at=timezone.now())
    if printout.filters:
        numbers = numbers_in(printout.filters["rows"])
        parts = [numbers[start : start + ROWS_AT_ONCE] for start in range(0, len(numbers), ROWS_AT_ONCE)]
        querysets = [roster.every_row(printout.community).filter(pk__in=part) for part in parts]
    else:
        querysets = [roster.rows(printout.community)]
    return Check(current=fingerprint_of(roster, querysets) == printout.sha256, at=timezone.now())
