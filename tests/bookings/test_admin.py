"""The staff's pages of bookings: scope, masks, buttons."""

from datetime import time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from services.bookings.models import Booking, Session, SessionPattern
from services.bookings.operations import book_place
from station.roles import Role


def text(response):
    return response.content.decode()


def change_url(obj):
    return reverse(f"admin:bookings_{obj._meta.model_name}_change", args=[obj.pk])


def do_url(obj, name):
    return reverse(f"admin:bookings_{obj._meta.model_name}_do", args=[obj.pk, name])


LIST = "admin:bookings_booking_changelist"


@pytest.fixture
def todays_booking(make_session, rider):
    """One whose session began an hour ago."""
    session = make_session(-1, taken=1)
    return Booking.objects.create(session=session, user=rider, code="KM73", note="欠薪")


def test_the_keeper_finds_a_code_and_sees_no_phone(todays_booking, keeper, signed_in):
    page = text(signed_in(keeper).get(reverse(LIST), {"q": "km73"}))
    assert "KM73" in page
    assert "刘师傅" in page
    assert "刘洋" not in page
    assert "13800000001" not in page


def test_the_keeper_checks_in_with_one_button(todays_booking, keeper, signed_in):
    client = signed_in(keeper)
    assert "到了，签到" in text(client.get(change_url(todays_booking)))
    assert client.post(do_url(todays_booking, "check-in")).status_code == 302
    todays_booking.refresh_from_db()
    assert todays_booking.state == Booking.State.ATTENDED
    client.post(do_url(todays_booking, "undo"))
    todays_booking.refresh_from_db()
    assert todays_booking.state == Booking.State.BOOKED


def test_a_list_action_marks_who_did_not_come(todays_booking, keeper, signed_in):
    data = {"action": "mark_no_show", "_selected_action": [todays_booking.pk]}
    signed_in(keeper).post(reverse(LIST), data)
    todays_booking.refresh_from_db()
    assert todays_booking.state == Booking.State.NO_SHOW


def test_a_keeper_elsewhere_reaches_nothing_of_it(todays_booking, elsewhere, make_staff, signed_in):
    stranger = make_staff(Role.STATION_KEEPER, station=elsewhere.station)
    client = signed_in(stranger)
    assert "KM73" not in text(client.get(reverse(LIST)))
    client.post(do_url(todays_booking, "check-in"))
    client.post(reverse(LIST), {"action": "check_in", "_selected_action": [todays_booking.pk]})
    todays_booking.refresh_from_db()
    assert todays_booking.state == Booking.State.BOOKED


def test_a_keeper_does_not_check_himself_in_elsewhere(make_session, elsewhere, keeper, signed_in):
    session = make_session(-1, station=elsewhere.station, taken=1)
    own = Booking.objects.create(session=session, user=keeper, code="KM73")
    client = signed_in(keeper)
    assert "KM73" not in text(client.get(reverse(LIST)))
    client.post(do_url(own, "check-in"))
    own.refresh_from_db()
    assert own.state == Booking.State.BOOKED


@pytest.mark.parametrize("role", [Role.GRID_WORKER, Role.STREET_SUPERVISOR])
def test_who_may_only_count_sees_no_person(here, todays_booking, make_staff, signed_in, role):
    place = {"grid": here.grid} if role == Role.GRID_WORKER else {"street": here.street}
    client = signed_in(make_staff(role, **place))
    assert client.get(reverse(LIST)).status_code == 403
    page = text(client.get(change_url(todays_booking.session)))
    assert "法律援助" in page
    assert "KM73" not in page


def test_sessions_elsewhere_are_not_listed(make_session, elsewhere, community_admin, signed_in):
    make_session(48, host="本站律师")
    make_session(48, host="外站律师", station=elsewhere.station)
    page = text(signed_in(community_admin).get(reverse("admin:bookings_session_changelist")))
    assert "本站律师" in page
    assert "外站律师" not in page
    assert elsewhere.station.name not in page


def test_a_session_is_called_off_with_a_reason(make_session, rider, community_admin, signed_in):
    session = make_session()
    booking = book_place(session, by=rider)
    client = signed_in(community_admin)
    assert rider.public_name in text(client.get(change_url(session)))
    assert client.post(do_url(session, "cancel"), {"reason": "因" * 61}).status_code == 422
    assert client.post(do_url(session, "cancel"), {"reason": "律师出庭"}).status_code == 302
    session.refresh_from_db()
    booking.refresh_from_db()
    assert (session.state, session.cancel_reason, booking.state) == ("cancelled", "律师出庭", "cancelled")


def session_form(session, **more):
    day, hour = timezone.localtime(session.starts_at), timezone.localtime(session.ends_at)
    return {
        "service": session.service_id,
        "station": session.station_id,
        "starts_at_0": f"{day:%Y-%m-%d}",
        "starts_at_1": f"{day:%H:%M:%S}",
        "ends_at_0": f"{hour:%Y-%m-%d}",
        "ends_at_1": f"{hour:%H:%M:%S}",
        "host": session.host,
        "places": session.places,
        "bookings-TOTAL_FORMS": "0",
        "bookings-INITIAL_FORMS": "0",
    } | more


def test_a_session_is_changed_and_a_refusal_is_shown(make_session, make_rider, community_admin, signed_in):
    session, client = make_session(), signed_in(community_admin)
    assert client.post(change_url(session), session_form(session, host="新律师")).status_code == 302
    for phone in ("13800000001", "13800000002"):
        book_place(session, by=make_rider(phone))
    response = client.post(change_url(session), session_form(session, host="打好的字", places="1"))
    assert response.status_code == 422
    assert "名额不能少于已经给出去的" in text(response)
    assert "打好的字" in text(response)
    session.refresh_from_db()
    assert (session.host, session.places, session.taken) == ("新律师", 2, 2)


def test_two_weeks_are_laid_out_from_the_list(here, legal_aid, community_admin, signed_in):
    tomorrow = timezone.localdate() + timedelta(days=1)
    pattern = SessionPattern.objects.create(
        service=legal_aid,
        station=here.station,
        weekday=tomorrow.weekday(),
        starts=time(15),
        ends=time(17),
        places=6,
    )
    client = signed_in(community_admin)
    client.post(
        reverse("admin:bookings_sessionpattern_changelist"),
        {"action": "open_next_weeks", "_selected_action": [pattern.pk]},
    )
    assert Session.objects.count() == 2
    client.post(do_url(pattern, "open"))
    assert Session.objects.count() == 2


def test_every_list_and_form_opens(make_session, legal_aid, todays_booking, community_admin, signed_in):
    client = signed_in(community_admin)
    for name in ("service", "sessionpattern", "session", "booking"):
        assert client.get(reverse(f"admin:bookings_{name}_changelist")).status_code == 200
    for name in ("service", "sessionpattern", "session"):
        assert client.get(reverse(f"admin:bookings_{name}_add")).status_code == 200
    for obj in (legal_aid, todays_booking):
        assert client.get(change_url(obj)).status_code == 200


@pytest.mark.parametrize("more", [0, 29])
def test_the_list_of_bookings_costs_the_same(
    make_session, make_rider, community_admin, signed_in, more, django_assert_num_queries
):
    session = make_session(places=50)
    for number in range(1 + more):
        book_place(session, by=make_rider(f"138000000{number:02d}"))
    client = signed_in(community_admin)
    client.get(reverse(LIST))  # the first visit also stamps the session
    with django_assert_num_queries(8):
        client.get(reverse(LIST))
