"""What the phone keeps for when the network is away: the last list of stations it saw, and the pages it opened."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe


@require_safe
@login_not_required
@cache_control(max_age=300)
def service_worker(request):
    """The service worker; it stands at the root, because it may only look after what lies below its own address."""
    return render(request, "station/sw.js", content_type="text/javascript; charset=utf-8")
