"""What the pages below show of bookings."""

import pytest
from django.template import Context, Template

from services.bookings.models import Service
from services.bookings.operations import book_place


def render(call, **context):
    return Template(f"{{% load bookings_tags %}}{{% {call} %}}").render(Context(context))


def offered(station):
    """The two blocks of a station's page."""
    blocks = "".join(f'{{% include "bookings/station_{kind}.html" %}}' for kind in ("sessions", "services"))
    return render(f"station_offers station as offers %}}{blocks}{{% comment %}}{{% endcomment", station=station)


def test_a_station_without_services_shows_nothing(here, db):
    assert offered(here.station).strip() == ""


def test_a_station_shows_its_own_services(here, elsewhere, legal_aid, django_assert_num_queries):
    water = Service.objects.create(slug="water", name="热水", category="supply", summary="直饮水")
    water.stations.add(here.station)
    Service.objects.create(slug="tv", name="电视", category="rest", summary="新闻").stations.add(elsewhere.station)
    with django_assert_num_queries(1):
        shown = offered(here.station)
    assert "法律援助" in shown
    assert "/services/water/" in shown
    assert "电视" not in shown


@pytest.mark.parametrize(("number", "most"), [(1, 1), (6, 3)])
def test_a_station_shows_its_next_sessions(here, elsewhere, make_session, number, most, django_assert_num_queries):
    for n in range(number):
        make_session(24 + 3 * n)
    make_session(24, station=elsewhere.station)
    with django_assert_num_queries(1):
        shown = offered(here.station)
    assert shown.count("还有 2 个名额") == most


def test_a_person_sees_his_own_code(make_session, rider, make_rider, django_assert_num_queries):
    session = make_session()
    mine, other = book_place(session, by=rider), book_place(session, by=make_rider("13800000002"))
    with django_assert_num_queries(1):
        shown = render("my_bookings user", user=rider)
    assert mine.code in shown
    assert other.code not in shown
    assert "还没有预约" in render("my_bookings user", user=make_rider("13800000003"))
