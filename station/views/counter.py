"""`/counter/`: the pages of whoever keeps a station, on a phone, in a few taps. Staff only, without a script."""

from dataclasses import replace
from functools import wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Sum
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from station.figures import stations_now
from station.forms.counter import AmenityForm, OpeningForm, TallyForm
from station.lib.hours import Word, status
from station.listing import Listed
from station.models import Amenity, Fault, Station, Visit
from station.operations import openings, tallies
from station.operations.stations import mark_amenity
from station.remarks import attach_open_faults
from station.schedules import schedules_of
from station.views.visitor import at_the_desk

KEEPS = "station.add_doorreport"
CHANGES = "station.change_amenity"
TALLIES = "station.tally_station"
STATIONS_A_PAGE = 30


def for_keepers(permission):
    """A page for staff who may do `permission` somewhere; others get 403, and who is nobody the staff's sign-in."""

    def decorate(view):
        @wraps(view)
        @require_http_methods(["GET", "HEAD", "POST"])
        def guarded(request, *args, **kwargs):
            if not request.user.is_staff or not request.user.has_perm(permission):
                raise PermissionDenied
            response = view(request, *args, **kwargs)
            response.headers["Cache-Control"] = "no-store, private"
            return response

        return at_the_desk(guarded)

    return decorate


def station_or_404(request, code, permission=KEEPS):
    """A station he keeps, also a suspended one; whatever is not his is not there."""
    kept = Station.objects.visible_to(request.user, permission).listed().select_related("community")
    return get_object_or_404(kept, code=code.lower())


@for_keepers(KEEPS)
def chooser(request):
    """Straight to the only station; with several, which one?"""
    kept = Station.objects.visible_to(request.user, KEEPS).listed().order_by("name", "pk")
    first = list(kept[:2])
    if len(first) == 1:
        return redirect("counter-station", first[0].code)
    asked = request.GET.get("q", "").replace("\0", "").strip()[:40]
    page = Paginator(kept.matching(asked) if asked else kept, STATIONS_A_PAGE).get_page(request.GET.get("page"))
    page.object_list = stations_now(list(page.object_list), timezone.now())
    return render(request, "station/counter_stations.html", {"page": page, "asked": asked, "tab": "me"})


@for_keepers(KEEPS)
def counter(request, code):
    """How the station stands, and the taps that say so."""
    return counter_page(request, station_or_404(request, code))


def counter_page(request, station, form=None, status_code=200):
    now = timezone.now()
    schedule = schedules_of([station], now)[station.pk]
    amenities = list(station.amenities.select_related("kind").order_by("kind__order"))
    listed = Listed.of(station, schedule, now)
    faults = list(open_faults_at(request, station))
    attach_open_faults([station], now)
    open_again = status(replace(schedule, word=Word(False, now)), now).opens_at  # if he closes now
    context = {
        "station": station,
        "listed": listed,
        "form": form or OpeningForm(amenities=amenities, said=faults),
        "out_of_use": station.is_out_of_use(timezone.localdate(now)),
        "off": [amenity for amenity in amenities if not amenity.works],
        "open_again": open_again,
        "keeps_several": Station.objects.visible_to(request.user, KEEPS).listed()[:2].count() > 1,
        "closes_for_today": open_again is None or timezone.localdate(open_again) > timezone.localdate(now),
        "faults": faults,
        "today": station.visits.on(timezone.localdate(now)).official().aggregate(n=Sum("people"))["n"] or 0,
        "tab": "me",
    }
    return render(request, "station/counter.html", context, status=status_code)


def open_faults_at(request, station):
    """What riders found wrong here and nobody has ended."""
    return Fault.objects.visible_to(request.user).open().filter(station=station).select_related("amenity__kind")


@for_keepers(KEEPS)
def say_open(request, code):
    """We are open, and this is how it looks inside."""
    station = station_or_404(request, code)
    if request.method != "POST":  # he had to sign in again in between
        return redirect("counter-station", station.code)
    inside = station.amenities.select_related("kind").order_by("kind__order")
    form = OpeningForm(request.POST, amenities=inside, said=open_faults_at(request, station))
    if form.is_valid():
        try:
            report, is_new = openings.say_open(station, by=request.user, checks=form.checks())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            if "looked" in request.POST and not is_new:  # the word was said before, what he saw was not
                messages.success(request, _("记下了，骑手马上看得到。"))
            else:
                say_when(request, report, is_new, _("%(time)s 记下了：开着。骑手马上就看得到。"))
            return redirect("counter-station", station.code)
    return counter_page(request, station, form, 422)


@for_keepers(KEEPS)
def say_closed(request, code):
    """We have closed."""
    station = station_or_404(request, code)
    if request.method == "POST":
        try:
            report, is_new = openings.say_closed(station, by=request.user)
        except ValidationError as error:
            messages.error(request, error.messages[0])
            return counter_page(request, station, status_code=422)
        say_when(request, report, is_new, _("%(time)s 记下了：关门了。辛苦了，早点歇着。"))
    return redirect("counter-station", station.code)


def say_when(request, report, is_new, done):
    words = {"time": f"{timezone.localtime(report.at):%H:%M}"}
    if is_new:
        messages.success(request, done % words)
    else:
        messages.info(request, _("%(time)s 已经说过了，不用再点。") % words)


@for_keepers(CHANGES)
def amenities(request, code):
    """Everything inside, with a tap to say that it does not work, or works again."""
    return amenities_page(request, station_or_404(request, code, CHANGES), request.GET.get("about", ""))


def amenities_page(request, station, about="", form=None):
    said = {fault.amenity_id: fault for fault in open_faults_at(request, station)}
    rows = list(station.amenities.select_related("kind").order_by("kind__order"))
    context = {
        "station": station,
        "amenities": [(amenity, said.get(amenity.pk)) for amenity in rows],
        "about": about,  # the key of the amenity that was tapped last: its note stands open
        "form": form,
        "tab": "me",
    }
    return render(request, "station/counter_amenities.html", context, status=422 if form else 200)


@for_keepers(CHANGES)
def amenity(request, code, pk):
    """One tap about one amenity, or a word about it."""
    station = station_or_404(request, code, CHANGES)
    touched = get_object_or_404(station.amenities.select_related("kind"), pk=pk)
    if request.method != "POST":
        return redirect("counter-amenities", station.code)
    form = AmenityForm(request.POST)
    if form.is_valid():
        try:
            state, looked = form.cleaned_data["state"], not form.is_word_about(touched)
            mark_amenity(touched, state, by=request.user, note=form.note_for(touched), looked=looked)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            words = {"amenity": touched.name, "state": Amenity.State(touched.state).label}
            done = _("%(amenity)s：%(state)s。骑手马上就看得到。") % words
            messages.success(request, done if looked else _("记下了，骑手马上看得到。"))
            return redirect(f"{redirect('counter-amenities', station.code).url}?about={pk}#amenity-{pk}")
    return amenities_page(request, station, str(pk), form)


@for_keepers(TALLIES)
def tally(request, code):
    """The paper at the counter: how many of each line of work came in some hours."""
    station = station_or_404(request, code, TALLIES)
    form = TallyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            total = tallies.tally_hours(station, by=request.user, **form.tally())
        except ValidationError as error:
            if error.code == "again":
                form.ask_again()
            form.add_error(None, error)
        else:
            messages.success(request, _("补记了 %(n)s 人次，谢谢。") % {"n": total})
            return redirect("counter-tally", station.code)
    counted = (
        station.visits.on(timezone.localdate()).official().order_by().values_list("source").annotate(Sum("people"))
    )
    by_source = dict(counted)
    context = {
        "station": station,
        "form": form,
        "door": by_source.get(Visit.Source.DOOR, 0),
        "tallied": by_source.get(Visit.Source.TALLY, 0),
        "tab": "me",
    }
    return render(request, "station/counter_tally.html", context, status=422 if form.errors else 200)
