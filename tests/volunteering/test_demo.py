"""The demo's teams and shifts hang together."""

from django.core.management import call_command
from django.db.models import Count, F, Q

from services.volunteering.models import Desk, Shift, SignUp, Team


def test_the_demo_has_living_teams(db):
    call_command("demo", verbosity=0)
    assert set(Team.objects.values_list("leader__username", flat=True)) == {"duizhang"}
    coming = Shift.objects.published().upcoming()
    assert coming.filter(taken__lt=F("places")).exists()
    assert SignUp.objects.filter(minutes_source="staff").exists()
    assert set(Desk.objects.values_list("weekday", flat=True)) == set(range(7))
    held = Count("sign_ups", filter=~Q(sign_ups__state="withdrawn"))
    assert not Shift.objects.annotate(held=held).exclude(held=F("taken")).exists()
