"""Somebody new at a door, and the letters handed out on the way."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Sum
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from ledger.beats import WORKER
from ledger.forms.grid import LettersForm, RegisterEnterpriseForm, RegisterWorkerForm
from ledger.models import LetterHandout
from ledger.operations import enterprises, surveys, workers
from ledger.views.grid import (
    back_to_list,
    beat_of,
    channel_for,
    for_walkers,
    kept_query,
    kind_or_404,
    list_url,
)
from station.lib.people import credit_code_warning
from station.privacy import PRIVACY_TEXT_VERSION


@for_walkers
@sensitive_post_parameters("phone", "contact_phone")
@sensitive_variables("form")
def new(request, kind):
    """Register a worker or an enterprise in under a minute."""
    kind, beat = kind_or_404(kind), beat_of(request)
    if not request.user.has_perm(kind.permission("add")):
        raise PermissionDenied
    form = register_form(request, kind, beat)
    if form.is_valid():
        try:
            entry = register(request, kind, form, beat)
        except ValidationError as error:
            form.add_refusal(error)
        else:
            return back_to_list(request, kind, entry.pk, _("登记好了，编号 %(number)s。") % {"number": entry.number})
    context = {
        "kind": kind,
        "form": form,
        "existing": existing(beat, kind, form),
        "consent_text": PRIVACY_TEXT_VERSION,
        "list_url": list_url(request),
        "query": kept_query(request),
        "tab": "me",
    }
    return render(request, "ledger/grid/new.html", context, status=422 if request.method == "POST" else 200)


def register_form(request, kind, beat):
    grids = [grid for grid in beat.grids if may_add_in(request.user, kind, grid)]
    if not grids:
        raise PermissionDenied
    arguments = {
        "data": request.POST if request.method == "POST" else None,
        "initial": {"grid": beat.grid.pk} if beat.grid is not None else {},
        "grids": grids,
        "optional_grid": beat.covers_communities,
    }
    return RegisterWorkerForm(user=request.user, **arguments) if kind is WORKER else RegisterEnterpriseForm(**arguments)


def may_add_in(user, kind, grid):
    scope = user.scope_for(kind.permission("add"))
    return scope.everything or grid.community_id in scope.communities or grid.pk in scope.grids


def register(request, kind, form, beat):
    """The new entry. Raises ValidationError."""
    entry = form.instance
    channel = channel_for(request, beat.rounds.get(entry.community_id))
    if kind is WORKER:
        entry.source = channel
        return workers.register_worker(entry, by=request.user, consents=form.consents)
    if entry.credit_code and (warning := credit_code_warning(entry.credit_code)):
        messages.warning(request, warning)
    return enterprises.register_enterprise(entry, by=request.user, channel=channel)


def existing(beat, kind, form):
    """The row that stands in the way of this form, where he may see it."""
    number = form.duplicate_number() if form.is_bound else None
    if number is None:
        return None
    subject = kind.model.objects.visible_to(beat.user).filter(number=number).first()
    return beat.dressed(kind, [subject])[0] if subject else None


@for_walkers
def letters(request):
    """How many letters were handed out: two fields."""
    beat = beat_of(request)
    if not request.user.has_perm("ledger.add_letterhandout"):
        raise PermissionDenied
    survey = round_of_letters(beat, request.GET.get("round"))
    initial = {"channel": channel_for(request, survey), "grid": beat.grid.pk if beat.grid else None}
    data = request.POST if request.method == "POST" else None
    form = LettersForm(data, survey=survey, grids=beat.grids, initial=initial)
    if form.is_valid():
        try:
            surveys.record_letters(form.instance, by=request.user)
        except ValidationError as error:
            form.add_refusal(error)
        else:
            messages.success(request, _("记下了：发出 %(n)d 封。") % {"n": form.instance.letters})
            return redirect(list_url(request))
    handouts = LetterHandout.objects.visible_to(request.user).filter(round=survey)
    context = {
        "form": form,
        "survey": survey,
        "sum": handouts.aggregate(sum=Sum("letters"))["sum"] or 0,
        "list_url": list_url(request),
        "tab": "me",
    }
    return render(request, "ledger/grid/letters.html", context, status=422 if request.method == "POST" else 200)


def round_of_letters(beat, asked):
    """The running round the letters belong to: the one asked for, else the first; 404 where none runs."""
    rounds = [progress.survey for progress in beat.progress]
    if not rounds:
        raise Http404
    return next((survey for survey in rounds if str(survey.pk) == asked), rounds[0])
