"""Voices that wait for an answer, for the keeper's phone."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from station.forms.voices import GrantForm, HideForm, ReplyForm
from station.models import Voice
from station.operations.voices import answer_voice, grant_voice, hide_voice
from station.views.steps import take_step
from station.views.visitor import at_the_desk

SHOWN = 50


@at_the_desk
@require_safe
def counter_voices(request):
    """The oldest first: they have waited longest."""
    voices = _in_charge(request).waiting().select_related("station").order_by("said_at", "pk")
    rows = list(voices[: SHOWN + 1])
    context = {"voices": rows[:SHOWN], "more": len(rows) > SHOWN}
    return render(request, "station/counter_voices.html", context)


@at_the_desk
@require_http_methods(["GET", "HEAD", "POST"])
def counter_voice(request, uid):
    """One voice of a place in the user's charge; any other does not exist for him."""
    voice = get_object_or_404(_in_charge(request).select_related("station"), uid=uid)
    steps = {
        "answer": (ReplyForm, answer_voice, {}),
        "grant": (GrantForm, grant_voice, {"voice": voice}),
        "hide": (HideForm, hide_voice, {}),
    }
    taken, forms = take_step(request, voice, steps)
    if taken:
        messages.success(request, _("记下了。"))
        return redirect("counter-voices")
    status = 422 if request.method == "POST" else 200
    return render(request, "station/counter_voice.html", {"voice": voice, "forms": forms}, status=status)


def _in_charge(request):
    return Voice.objects.visible_to(request.user, "station.answer_voice")
