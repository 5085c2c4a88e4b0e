"""The taps at a door: no change, changed, gone, back, nobody in; and what a self-registration waits for."""

from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from ledger.beats import WORKER
from ledger.forms.grid import (
    BackForm,
    EnterpriseDoorForm,
    EnterpriseGoneForm,
    MissedForm,
    RefuseForm,
    RevealForm,
    WorkerDoorForm,
    WorkerGoneForm,
)
from ledger.operations import checks, enterprises, surveys, workers
from ledger.views.grid import (
    back_to_list,
    back_to_row,
    beat_of,
    channel_of_row,
    for_walkers,
    kind_or_404,
    with_query,
)


def row_for(request, kind, pk, verb):
    """The walk of this request, and one row of it on which `verb` is his; 404 otherwise."""
    beat = beat_of(request)
    return beat, beat.row_or_404(kind_or_404(kind), pk, verb)


@for_walkers
def same(request, kind, pk):
    """One tap: no change. Back to the same place of the list, with a strip that offers to undo it."""
    beat, row = row_for(request, kind, pk, "confirm")
    if request.method != "POST":  # he had to sign in again in between
        return back_to_row(request, row)
    try:
        checks.found_same(row.subject, by=request.user, channel=channel_of_row(request, beat, row))
    except ValidationError as error:
        return back_to_list(request, row.kind, pk, "".join(error.messages), tone="warning")
    return back_to_list(request, row.kind, pk, _("无变化，记下了。"), undo=True)


@for_walkers
def undo(request, kind, pk):
    """The tap went wrong."""
    _beat, row = row_for(request, kind, pk, "confirm")
    if request.method != "POST":
        return back_to_row(request, row)
    try:
        checks.take_back(row.subject, by=request.user)
    except ValidationError as error:
        return back_to_list(request, row.kind, pk, "".join(error.messages), tone="warning")
    return back_to_list(request, row.kind, pk, _("撤回了，还算没查。"))


@for_walkers
@sensitive_post_parameters("phone", "contact_phone")
@sensitive_variables("form")
def changed(request, kind, pk):
    """What is different at this door, typed over what the ledger says."""
    beat, row = row_for(request, kind, pk, "change")
    channel = channel_of_row(request, beat, row)
    form_class = WorkerDoorForm if row.kind is WORKER else EnterpriseDoorForm
    form = form_class(
        request.POST if request.method == "POST" else None,
        instance=kind_or_404(kind).model.objects.get(pk=pk),
        initial={"change_reason": _("走访时当面核对")},
        grids=beat.grids,
        optional_grid=beat.covers_communities,
    )
    if form.is_valid():
        reason = form.cleaned_data["change_reason"]
        try:
            checks.found_changed(row.subject, form.changes(), by=request.user, channel=channel, reason=reason)
        except ValidationError as error:
            form.add_refusal(error)
        else:
            return back_to_list(request, row.kind, pk, _("有变化，改好了。"))
    return form_page(request, row, form, title=_("有变化"), send=_("保存变化"), template="ledger/grid/changed.html")


@for_walkers
def left(request, kind, pk):
    """Here no more, and why."""
    beat, row = row_for(request, kind, pk, "leave")
    form_class = WorkerGoneForm if row.kind is WORKER else EnterpriseGoneForm
    channel = channel_of_row(request, beat, row)
    return ask_why(
        request,
        row,
        form_class,
        lambda reason: checks.found_left(row.subject, by=request.user, channel=channel, reason=reason),
        title=_("已离开"),
        lead=_("从在册名单里移出，记录都留着；以后回来了，还用原来的编号。"),
        send=_("记为已离开"),
        done=_("记为已离开。"),
    )


@for_walkers
def back(request, kind, pk):
    """Here again, under the old number."""
    beat, row = row_for(request, kind, pk, "return")
    channel = channel_of_row(request, beat, row)
    return ask_why(
        request,
        row,
        BackForm,
        lambda reason: checks.found_back(row.subject, by=request.user, channel=channel, reason=reason),
        title=_("又回来了"),
        lead=_("重新入册，用原来的编号，算今天核实过。"),
        send=_("重新入册"),
        done=_("重新入册了。"),
    )


@for_walkers
def missed(request, kind, pk):
    """Nobody met: why it is not checked yet."""
    _beat, row = row_for(request, kind, pk, "explain")
    if row.entry is None:
        raise Http404
    return ask_why(
        request,
        row,
        MissedForm,
        lambda reason: surveys.explain_entry(row.entry, by=request.user, note=reason),
        title=_("没遇到"),
        lead=_("还算没查；写明原因，结束这一轮时不用再解释。"),
        send=_("记下原因"),
        done=_("没遇到，记下了，还算没查。"),
    )


@for_walkers
def accept(request, kind, pk):
    """Take in somebody who registered himself."""
    _beat, row = row_for(request, kind, pk, "confirm")
    if row.kind is not WORKER:
        raise Http404
    if request.method != "POST":
        return back_to_row(request, row)
    try:
        workers.confirm_registration(row.subject, by=request.user)
    except ValidationError as error:
        return back_to_list(request, row.kind, pk, "".join(error.messages), tone="warning")
    return back_to_list(request, row.kind, pk, _("核实通过，进了名册。"))


@for_walkers
def refuse(request, kind, pk):
    """Do not take in somebody who registered himself, and why."""
    _beat, row = row_for(request, kind, pk, "confirm")
    if row.kind is not WORKER:
        raise Http404
    return ask_why(
        request,
        row,
        RefuseForm,
        lambda reason: workers.refuse_registration(row.subject, by=request.user, reason=reason),
        title=_("不予登记"),
        lead=_("不进名册。本人以后还可以再登记。"),
        send=_("不予登记"),
        done=_("没有登记进名册。"),
    )


@for_walkers
@sensitive_variables("values")
def phone(request, kind, pk):
    """The phone in full, once, for a reason."""
    _beat, row = row_for(request, kind, pk, "reveal_phone")
    reveal = workers.reveal_phone if row.kind is WORKER else enterprises.reveal_enterprise
    form = RevealForm(request.POST if request.method == "POST" else None)
    form.fields["why"].label = _("打电话做什么")
    if form.is_valid():
        try:
            reveal(row.subject, by=request.user, reason=form.cleaned_data["reason"])
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            number = row.subject.phone if row.kind is WORKER else row.subject.contact_phone
            context = {"row": row, "number": number, "back_url": row_url(request, row), "tab": "me"}
            return render(request, "ledger/grid/phone.html", context)
    lead = _("只显示这一次，谁看的、为什么看，都会记下来。")
    return form_page(request, row, form, title=_("看手机号"), lead=lead, send=_("显示号码"))


def ask_why(request, row, form_class, run, *, done, **page):
    """A reason by one tap, then what it is for. What is refused comes back with everything still there."""
    form = form_class(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            run(form.cleaned_data["reason"])
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            return back_to_list(request, row.kind, row.subject.pk, done)
    return form_page(request, row, form, **page)


def row_url(request, row):
    return with_query(request, "grid-row", row.kind.name, row.subject.pk)


def form_page(request, row, form, *, template="ledger/grid/why.html", **page):
    status = 422 if request.method == "POST" else 200
    context = {"row": row, "form": form, "back_url": row_url(request, row), "tab": "me", **page}
    return render(request, template, context, status=status)
