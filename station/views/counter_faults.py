"""The keeper's page of one fault, on a phone: seen, mended, or nothing wrong."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from station.forms.faults import ConfirmForm, DismissForm, FixForm
from station.models import Fault, FaultPhoto
from station.operations.faults import confirm_fault, dismiss_fault, fix_fault

STEPS = {
    "confirm": (ConfirmForm, confirm_fault),
    "fix": (FixForm, fix_fault),
    "dismiss": (DismissForm, dismiss_fault),
}


@require_http_methods(["GET", "HEAD", "POST"])
def counter_fault(request, key):
    """One fault of a station in the user's charge; any other does not exist for him."""
    faults = Fault.objects.visible_to(request.user, "station.handle_fault")
    fault = get_object_or_404(faults.select_related("station", "amenity__kind"), key=key)
    step = request.POST.get("step") if request.method == "POST" else None
    forms = {name: form(prefix=name) for name, (form, _run) in STEPS.items()}
    if step in STEPS:
        form_class, run = STEPS[step]
        forms[step] = form = form_class(request.POST, request.FILES, prefix=step)
        if form.is_valid():
            try:
                run(fault, by=request.user, **form.cleaned_data)
            except ValidationError as error:
                form.add_error(None, error.messages)
                fault.refresh_from_db()
            else:
                messages.success(request, _("记下了，骑手马上看得到。"))
                return redirect("counter-fault", key=fault.key)
    status = 422 if request.method == "POST" else 200
    return render(request, "station/counter_fault.html", _context(fault, forms), status=status)


def _context(fault, forms):
    photos = list(fault.photos.all())
    return {
        "fault": fault,
        "forms": forms,
        "before": [photo for photo in photos if photo.moment == FaultPhoto.Moment.BEFORE],
        "after": [photo for photo in photos if photo.moment == FaultPhoto.Moment.AFTER],
        "words": [text for text in fault.said_by.order_by("at").values_list("text", flat=True) if text],
    }
