"""The pages of a report: the one-tap form, following one report, its photos."""

from datetime import timedelta
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from services.hazards.forms import NotFixedForm, ReportForm
from services.hazards.models import Photo, Report, ReportEvent
from services.hazards.operations import close_report, reopen_report, send_report, withdraw_report
from station.views.files import PRIVATE, stored_file

DRAFT = "report_draft"
DRAFT_LIFETIME = timedelta(minutes=30)  # signing in takes seconds; a phone handed on must not tell what was typed


# --- sending ---------------------------------------------------------------------------------------------------------
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def report_new(request):
    """The form for everybody; sending needs an account, and signing in on the way keeps what was typed."""
    if request.method != "POST":
        return form_page(request, ReportForm(initial=opening(request)))
    signed_in = request.user.is_authenticated
    form = ReportForm(request.POST, request.FILES if signed_in else None)
    if not form.is_valid():
        return form_page(request, form, status=422)
    if not signed_in:
        return sign_in_first(request, form)
    try:
        report, is_new = send_report(**form.answer, by=request.user)
    except ValidationError as error:
        form.add_error(None, error.messages)
        return form_page(request, form, status=422)
    request.session.pop(DRAFT, None)
    say_received(request, report, is_new)
    return redirect(report)


def form_page(request, form, status=200):
    station = station_of(form)
    context = {
        "tab": "report",
        "form": form,
        "station": station,
        "rider": request.user if request.user.is_authenticated else None,
        "sign_in_url": sign_in_url(station),
        "is_draft": "category" in form.initial,
    }
    return render(request, "hazards/report_new.html", context, status=status)


def opening(request):
    """What the form opens with: a fresh key, the draft from before signing in, the station whose code was scanned."""
    draft = request.session.get(DRAFT, {})
    if draft and timezone.now().timestamp() - draft["at"] > DRAFT_LIFETIME.total_seconds():
        draft = {}
    fields = {"key": uuid4()} | draft.get("fields", {})
    return fields | ({"station": code} if (code := request.GET.get("station")) else {})


def station_of(form):
    """The station named by the form or its address, or None; an unknown code is no reason to turn anybody away."""
    try:
        return form.fields["station"].clean(form["station"].value())
    except ValidationError:
        return None


def sign_in_url(station):
    """Sign in, and come back to the same station's form."""
    query = QueryDict(mutable=True)
    query["next"] = reverse("report-new") + (f"?station={station.code}" if station else "")
    return f"{resolve_url('sign-in')}?{query.urlencode(safe='/')}"


def sign_in_first(request, form):
    """Keep what was typed for after signing in, but no photo: nothing is stored for somebody unknown."""
    request.session[DRAFT] = {"at": timezone.now().timestamp(), "fields": form.typed}
    messages.info(request, _("您写的都留着，登录后接着报。"))
    return redirect(sign_in_url(form.cleaned_data["station"]))


def say_received(request, report, is_new):
    if is_new:
        messages.success(request, _("收到了，编号 %(number)s。谢谢您顺手一拍。") % {"number": report.number})
    else:
        messages.info(request, _("这条之前已经收到了，编号 %(number)s，不用再报。") % {"number": report.number})


# --- following -------------------------------------------------------------------------------------------------------
@require_safe
def report_detail(request, number):
    """One report, for its reporter and for the staff it concerns."""
    return detail_page(request, number, NotFixedForm())


def detail_page(request, number, not_fixed_form, status=200):
    reports = Report.objects.visible_to(request.user).select_related("owner", "station", "duplicate_of")
    events = Prefetch("events", ReportEvent.objects.all(), to_attr="story")
    report = get_object_or_404(reports.prefetch_related(events, "photos"), number=number)
    context = {
        "tab": "report",
        "report": report,
        "is_mine": report.reporter_id == request.user.pk,
        "before": [photo for photo in report.photos.all() if photo.moment == Photo.Moment.BEFORE],
        "after": [photo for photo in report.photos.all() if photo.moment == Photo.Moment.AFTER],
        "not_fixed_form": not_fixed_form,
    }
    return render(request, "hazards/report_detail.html", context, status=status)


@require_POST
def withdraw(request, number):
    """Taken back before anybody acted."""
    return done_by_reporter(request, number, withdraw_report, _("已撤回。"))


@require_POST
def confirm_fixed(request, number):
    """The reporter saw that it is fixed."""
    return done_by_reporter(request, number, close_report, _("谢谢您确认，这件事办结了。"))


@require_POST
def not_fixed(request, number):
    """The reporter saw that it is not."""
    form = NotFixedForm(request.POST)
    if not form.is_valid():
        return detail_page(request, number, form, status=422)
    return done_by_reporter(request, number, reopen_report, _("知道了，请他们再去一次。"), **form.cleaned_data)


def done_by_reporter(request, number, operation, done, **answers):
    """Run one of the reporter's own operations, then back to the report."""
    report = get_object_or_404(Report.objects.of(request.user), number=number)
    try:
        operation(report, by=request.user, **answers)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, done)
    return redirect(report)


@require_safe
def report_photo(request, pk, size):
    """A stored photo, for whoever may see its report. Whatever it holds, a browser treats it as an inert JPEG."""
    photos = Photo.objects.filter(report__in=Report.objects.visible_to(request.user))
    stored = getattr(get_object_or_404(photos, pk=pk), size)
    return stored_file(lambda: stored.open("rb"), content_type="image/jpeg", headers=PRIVATE)
