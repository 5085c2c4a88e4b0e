"""``/v/<serial>/``: is this printout genuine, and still current? Never who is on it."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from ledger.models import Printout
from ledger.operations.printouts import normalize_serial
from ledger.printables import PRINTABLES

CHECK_LASTS_S = 60  # whoever holds the paper may ask often, and a long roster takes a second to read


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
        "printable": PRINTABLES[printout.roster],
        "check": cache.get_or_set(f"printout-check-{printout.pk}", lambda: compare(printout), CHECK_LASTS_S),
    }
    return render(request, "ledger/printout_check.html", context)


def compare(printout):
    """Read the same things again and compare their digests."""
    return Check(PRINTABLES[printout.roster].digest(printout) == printout.sha256, timezone.now())
