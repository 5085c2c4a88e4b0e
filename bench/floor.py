"""The floor rider pages are held against: a bare Django view, one template, three indexed queries, the same server."""

import os

from django.core.wsgi import get_wsgi_application
from django.shortcuts import render
from django.urls import path

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.floor_settings"


def floor(request):
    """Three look-ups by indexed columns and a small template."""
    from_index = Station.objects.filter(state="active").order_by("pk")[:10]
    notices = Notice.objects.order_by("-pinned", "-published_at")[:5]
    holidays = PublicHoliday.objects.order_by("date")[:5]
    return render(request, "bench_floor.html", {"stations": from_index, "notices": notices, "holidays": holidays})


application = get_wsgi_application()

from station.models import Notice, PublicHoliday, Station  # noqa: E402 - models exist once the application does

urlpatterns = [path("", floor)]
