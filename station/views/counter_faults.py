"""The keeper's page of one fault, on a phone: seen, mended, or nothing wrong."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from station.forms.faults import ConfirmForm, DismissForm, FixForm
from station.models import Fault, FaultPhoto
from station.operations.faults import confirm_fault, dismiss_fault, fix_fault
from station.views.steps import take_step
from station.views.visitor import at_the_desk

STEPS = {
    "confirm": (ConfirmForm, confirm_fault, {}),
    "fix": (FixForm, fix_fault, {}),
    "dismiss": (DismissForm, dismiss_fault, {}),
}


@at_the_desk
@require_http_methods(["GET", "HEAD", "POST"])
def counter_fault(request, key):
    """One fault of a station in the user's charge; any other does not exist for him."""
    faults = Fault.objects.visible_to(request.user, "station.handle_fault").select_related("station", "amenity__kind")
    fault = get_object_or_404(faults, key=key)
    taken, forms = take_step(request, fault, STEPS)
    if taken:
        messages.success(request, _("记下了，骑手马上看得到。"))
        return redirect("counter-fault", key=fault.key)
    if request.method != "POST":
        return render(request, "station/counter_fault.html", _context(fault, forms))
    fault.refresh_from_db()  # as it stands, not as the refused step would have it
    return render(request, "station/counter_fault.html", _context(fault, forms), status=422)


def _context(fault, forms):
    photos = list(fault.photos.all())
    return {
        "fault": fault,
        "forms": forms,
        "before": [photo for photo in photos if photo.moment == FaultPhoto.Moment.BEFORE],
        "after": [photo for photo in photos if photo.moment == FaultPhoto.Moment.AFTER],
        "words": [text for text in fault.said_by.order_by("at").values_list("text", flat=True) if text],
    }
