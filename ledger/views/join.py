"""`/join/`: a worker registers himself; staff confirm it later."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from ledger.forms.join import JoinForm
from ledger.models import Worker
from ledger.operations.joins import join_ledger
from station.middleware import client_address
from station.privacy import PRIVACY_TEXT_VERSION
from station.views.visitor import signed_in_rider


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def join(request):
    """The form; whoever sends it reads the same thanks, known to the ledger or not.

    The code on a community's letter leads to `?c=<its code>`, which chooses the community beforehand.
    """
    rider = signed_in_rider(request)
    data = request.POST if request.method == "POST" else None
    form = JoinForm(data, user=rider, community_code=request.GET.get("c", ""))
    status = 200
    if request.method == "POST":
        if form.is_trap_sprung:
            return redirect("join-thanks")
        status = 422
        if form.is_valid():
            try:
                join_ledger(form.worker(), user=rider, address=client_address(request))
            except ValidationError as error:
                form.add_error(None, error.messages)
                status = 429 if getattr(error, "code", "") == "too_many" else 422
            else:
                return redirect("join-thanks")
    entry = Worker.objects.listed().of_account(rider).first() if rider else None
    context = {"form": form, "entry": entry, "consent_text": PRIVACY_TEXT_VERSION, "tab": "me"}
    return render(request, "ledger/join.html", context, status=status)


@login_not_required
@require_safe
def thanks(request):
    return render(request, "ledger/join_thanks.html", {"tab": "me"})
