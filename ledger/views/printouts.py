"""``/v/<serial>/``: is this printed roster genuine, and still current? Never who is on it."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ledger.models import Printout
from ledger.operations.printouts import normalize_serial, numbers_in
from ledger.pasts import PastRows
from ledger.rosters import LEDGER, PRINTED, ROSTERS, digest_of_ledger, fingerprint_of

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
    roster = ROSTERS.get(printout.roster)
    context = {
        "printout": printout,
        "title": PRINTED.get(printout.roster, printout.roster),
        "unit": roster.unit if roster else _("条"),
        "check": cache.get_or_set(f"printout-check-{printout.pk}", lambda: compare(printout), CHECK_LASTS_S),
    }
    return render(request, "ledger/printout_check.html", context)


def compare(printout):
    """Read the same rows of the ledger again and compare their digests.

    Of a past day, the same past: what the history said of that day when the paper was made.
    """
    if printout.roster == LEDGER:
        sheets = printout.filters.get("sheets", {})
        digest = digest_of_ledger(
            digest_now(roster, printout.community, sheets.get(kind)) for kind, roster in ROSTERS.items()
        )
    elif printout.as_of:
        roster = ROSTERS[printout.roster]
        digest = PastRows.of(roster, printout.community, printout.as_of, seen_at=printout.at).fingerprint()
    else:
        digest = digest_now(ROSTERS[printout.roster], printout.community, printout.filters)
    return Check(current=digest == printout.sha256, at=timezone.now())


def digest_now(roster, community, filters):
    """The digest of a whole roster, or of the rows that `filters` remembers by their numbers."""
    if not filters:
        return fingerprint_of(roster, [roster.rows(community)])
    numbers = numbers_in(filters["rows"])
    parts = [numbers[start : start + ROWS_AT_ONCE] for start in range(0, len(numbers), ROWS_AT_ONCE)]
    return fingerprint_of(roster, [roster.every_row(community).filter(pk__in=part) for part in parts])
