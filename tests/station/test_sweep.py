"""``manage.py sweep`` forgets what has served its purpose, and nothing else."""

from datetime import timedelta
from io import StringIO

from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone

from station.models import SignInCode, Visit, VisitMark


def test_sweep_forgets_the_old_and_keeps_the_young(here):
    now = timezone.now()
    for hours in (23, 25):
        past = now - timedelta(hours=hours)
        VisitMark.objects.create(station=here.station, device=f"{hours}", counted_at=past)
        SignInCode.objects.create(phone_index=f"{hours}", expires_at=past)
    Visit.objects.create(station=here.station, occupation="courier", at=now - timedelta(days=400))
    Session.objects.create(session_key="old", expire_date=now - timedelta(seconds=1))
    Session.objects.create(session_key="young", expire_date=now + timedelta(minutes=1))
    out = StringIO()
    call_command("sweep", stdout=out)
    assert list(VisitMark.objects.values_list("device", flat=True)) == ["23"]
    assert list(SignInCode.objects.values_list("phone_index", flat=True)) == ["23"]
    assert list(Session.objects.values_list("session_key", flat=True)) == ["young"]
    assert Visit.objects.count() == 1
    assert out.getvalue().startswith("visit marks: 1 forgotten\nsign-in codes: 1 forgotten\nsessions: 1 forgotten\n")
    out = StringIO()
    call_command("sweep", stdout=out)
    assert out.getvalue().startswith("visit marks: 0 forgotten\nsign-in codes: 0 forgotten\nsessions: 0 forgotten\n")
