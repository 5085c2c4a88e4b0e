"""The demo's services and bookings hang together."""

from django.core.management import call_command
from django.db.models import Count, F, Q

from services.bookings.models import Booking, Service, Session, SessionPattern


def test_the_demo_has_a_living_catalogue(db):
    call_command("demo", verbosity=0)
    assert Service.objects.walk_in().count() >= 20
    assert set(Service.objects.bookable().values_list("name", flat=True)) == {
        "法律援助",
        "社保咨询",
        "技能培训",
        "政策解读",
        "血压血糖义诊",
    }
    assert not Service.objects.filter(stations=None).exists()
    coming = Session.objects.published().bookable()
    assert coming.filter(taken=F("places")).exists()
    assert coming.with_places().exists()
    assert {"booked", "attended"} <= set(Booking.objects.values_list("state", flat=True))
    assert set(SessionPattern.objects.values_list("weekday", flat=True)) == set(range(7))
    held = Count("bookings", filter=~Q(bookings__state="cancelled"))
    assert not Session.objects.annotate(held=held).exclude(held=F("taken")).exists()
