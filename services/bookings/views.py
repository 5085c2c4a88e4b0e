"""The rider's pages: what there is, when, a place in it, and his own places. And the keeper's: who has come."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from services.bookings import operations
from services.bookings.forms import ArrivalForm, BookingForm
from services.bookings.models import Booking, Service, Session
from station.lib.recurrence import DAYS_AHEAD
from station.views.counter import for_keepers, station_or_404

CHECKS_IN = "bookings.checkin_booking"
PAST_PER_PAGE = 20
OTHERS_SHOWN = 3


@require_safe
@login_not_required
def service_list(request):
    """Everything on offer: what one can book with its next session, then what one just walks in for."""
    bookable = Service.objects.offered().bookable()
    coming = Session.objects.published().bookable().with_places().next_of_each(bookable).select_related("station")
    next_of = {session.service_id: session for session in coming}
    context = {
        "bookable": [(service, next_of.get(service.pk)) for service in bookable],
        "walk_in": _by_category(Service.objects.offered().walk_in()),
    }
    return render(request, "bookings/service_list.html", context)


def _by_category(services):
    """Rows of (heading, services), in the order in which the categories are declared."""
    rows = {category: [] for category in Service.Category}
    for service in services:
        rows[service.category].append(service)
    return [(category.label, members) for category, members in rows.items() if members]


@require_safe
@login_not_required
def service_detail(request, slug):
    service = get_object_or_404(Service.objects.offered().select_related("provider"), slug=slug)
    until = timezone.now() + timedelta(days=DAYS_AHEAD)
    context = {
        "service": service,
        "stations": service.stations.listed(),
        "sessions": service.sessions.published().bookable().filter(starts_at__lt=until).select_related("station"),
    }
    return render(request, "bookings/service_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def session_book(request, pk):
    """One session for everybody to read; whoever is signed in can take a place."""
    session = get_object_or_404(Session.objects.select_related("service", "station__community"), pk=pk)
    if request.method != "POST":
        return _session_page(request, session, BookingForm())
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    form = BookingForm(request.POST)
    if form.is_valid():
        try:
            operations.book_place(session, by=request.user, note=form.cleaned_data["note"])
        except ValidationError as error:
            session.refresh_from_db(fields=["taken", "state", "cancel_reason"])
            form.add_error(None, error.messages)
        else:
            messages.success(request, _("约好了。到了把到场码报给工作人员就行。"))
            return redirect("booking-list")
    return _session_page(request, session, form, status=422)


def _session_page(request, session, form, status=200):
    """The page of one session: its form, or why there is none and what else there is."""
    booking = None
    if request.user.is_authenticated:
        booking = session.bookings.of(request.user).filter(state=Booking.State.BOOKED).first()
    closed = session.is_full or session.has_started or session.is_cancelled or not session.service.is_offered
    others = Session.objects.none()
    if closed or form.errors:
        others = session.service.sessions.published().bookable().with_places().exclude(pk=session.pk)
    context = {
        "session": session,
        "form": form,
        "booking": booking,
        "closed": closed,
        "others": others.select_related("station")[:OTHERS_SHOWN],
    }
    return render(request, "bookings/session_book.html", context, status=status)


@require_safe
def booking_list(request):
    return _own_bookings(request)


@require_POST
def booking_cancel(request, pk):
    booking = get_object_or_404(Booking.objects.of(request.user), pk=pk)
    try:
        operations.cancel_booking(booking, by=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return _own_bookings(request, status=422)
    messages.success(request, _("取消好了，名额让给了别人。谢谢您说一声。"))
    return redirect("booking-list")


def _own_bookings(request, status=200):
    own = Booking.objects.of(request.user).with_session()
    context = {
        "upcoming": own.upcoming(),
        "page": Paginator(own.past(), PAST_PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "bookings/booking_list.html", context, status=status)


@for_keepers(CHECKS_IN)
def counter_guests(request, code):
    """Today's sessions at one station and who is expected; he is checked in by a tap or by the code he says."""
    station = station_or_404(request, code, CHECKS_IN)
    bookings = list(Booking.objects.in_charge_of(request.user, CHECKS_IN).expected(station).select_related("user"))
    form = ArrivalForm(request.POST if request.method == "POST" else None, bookings=bookings)
    if form.is_valid():
        try:
            _arrive(request, form.cleaned_data["booking"], undo=form.cleaned_data["undo"])
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            return redirect("counter-guests", station.code)
    of_session = {}
    for booking in bookings:
        of_session.setdefault(booking.session_id, []).append(booking)
    sessions = Session.objects.at(station).on(timezone.localdate()).exclude(state=Session.State.CANCELLED)
    rows = [(session, of_session.get(session.pk, [])) for session in sessions.select_related("service")]
    context = {"station": station, "form": form, "sessions": rows, "tab": "me"}
    return render(request, "bookings/counter_guests.html", context, status=422 if form.errors else 200)


def _arrive(request, booking, *, undo):
    """Check somebody in, or take that back; the second tap of two says so. Raises ValidationError."""
    words = {"code": booking.code}
    if undo:
        operations.undo_check_in(booking, by=request.user)
        messages.info(request, _("%(code)s 撤回了，还算没到。") % words)
    elif booking.state == Booking.State.ATTENDED:
        messages.info(request, _("%(code)s 已经签过到了，不用再点。") % words)
    else:
        operations.check_in(booking, by=request.user)
        messages.success(request, _("%(code)s 签到好了。") % words)
