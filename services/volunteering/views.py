"""The volunteer's pages: which shifts need people, one shift to sign up for, his own shifts and hours."""

from datetime import timedelta
from itertools import groupby

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from services.volunteering import operations
from services.volunteering.forms import SignUpForm
from services.volunteering.models import Shift, SignUp
from station.lib import moments
from station.lib.recurrence import DAYS_AHEAD

PAST_PER_PAGE = 20


@require_safe
@login_not_required
def volunteer(request):
    """The coming shifts, day by day, and what volunteering here is."""
    until = timezone.now() + timedelta(days=DAYS_AHEAD)
    shifts = Shift.objects.published().upcoming().filter(starts_at__lt=until).select_related("station", "team")
    return render(request, "volunteering/volunteer.html", {"days": _by_day(shifts)})


def _by_day(shifts):
    """Rows of (heading, shifts) in the order of time."""
    today = timezone.localdate()
    days = groupby(shifts, key=lambda shift: timezone.localdate(shift.starts_at))
    return [(moments.day_text(day, today), list(members)) for day, members in days]


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def shift_sign_up(request, pk):
    """One shift for everybody to read; whoever is signed in can sign up."""
    shift = get_object_or_404(Shift.objects.select_related("team", "station__community"), pk=pk)
    if request.method != "POST":
        return _shift_page(request, shift, SignUpForm())
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    form = SignUpForm(request.POST)
    try:
        operations.sign_up(shift, by=request.user)
    except ValidationError as error:
        shift.refresh_from_db(fields=["taken", "state", "cancel_reason"])
        form.full_clean()
        form.add_error(None, error.messages)
        return _shift_page(request, shift, form, status=422)
    messages.success(request, _("报上名了，谢谢您！"))
    return redirect("my-shifts")


def _shift_page(request, shift, form, status=200):
    sign_up, outsider = None, False
    if request.user.is_authenticated:
        sign_up = shift.sign_ups.of(request.user).filter(state=SignUp.State.SIGNED_UP).first()
        outsider = not shift.team.takes(request.user)
    context = {
        "shift": shift,
        "form": form,
        "sign_up": sign_up,
        "outsider": outsider,
        "closed": not shift.takes_people,
    }
    return render(request, "volunteering/shift_sign_up.html", context, status=status)


@require_safe
def my_shifts(request):
    return _own_shifts(request)


@require_POST
def sign_up_withdraw(request, pk):
    sign_up = get_object_or_404(SignUp.objects.of(request.user), pk=pk)
    try:
        operations.withdraw(sign_up, by=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return _own_shifts(request, status=422)
    messages.success(request, _("退出好了，别人可以补上。谢谢您说一声。"))
    return redirect("my-shifts")


def _own_shifts(request, status=200):
    own = SignUp.objects.of(request.user).with_shift()
    context = {
        "upcoming": own.upcoming(),
        "page": Paginator(own.past(), PAST_PER_PAGE).get_page(request.GET.get("page")),
        "hours": SignUp.objects.of(request.user).hours(),
    }
    return render(request, "volunteering/my_shifts.html", context, status=status)
