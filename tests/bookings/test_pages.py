"""The rider's pages: who may see and do what, what is said, what they cost."""

import pytest
from django.urls import reverse

from services.bookings.models import Booking, Service, Session
from services.bookings.operations import book_place

HUGE = "9" * 40


def text(response):
    return response.content.decode()


def add_services(legal_aid, number):
    for n in range(number):
        Service.objects.create(slug=f"water-{n}", name=f"热水{n}", category="supply", summary="直饮水", order=n)


@pytest.mark.parametrize("more", [0, 30])
def test_the_catalogue_costs_the_same_however_long(client, make_session, legal_aid, more, django_assert_num_queries):
    add_services(legal_aid, 1 + more)
    for hours in range(24, 24 * (2 + more), 24):
        make_session(hours)
    with django_assert_num_queries(3):
        response = client.get(reverse("service-list"))
    assert response.status_code == 200
    assert not response.cookies.get("sessionid")


def test_the_catalogue_names_the_next_session_with_a_place(client, make_session, legal_aid):
    add_services(legal_aid, 1)
    make_session(24, places=1, taken=1)
    following = make_session(72, places=6, taken=2)
    make_session(96)
    page = text(client.get(reverse("service-list")))
    assert following.when in page
    assert "还有 4 个名额" in page
    assert page.index("法律援助") < page.index("热水0")


def test_what_is_not_offered_is_not_listed_and_has_no_page(client, legal_aid):
    legal_aid.is_offered = False
    legal_aid.save()
    assert "法律援助" not in text(client.get(reverse("service-list")))
    assert client.get(reverse("service-detail", args=["legal-aid"])).status_code == 404


@pytest.mark.parametrize("more", [0, 30])
def test_a_service_shows_its_sessions_at_a_fixed_cost(client, make_session, legal_aid, more, django_assert_num_queries):
    for hours in range(24, 24 + 8 * (1 + more), 8):
        make_session(hours)
    with django_assert_num_queries(3):
        page = text(client.get(legal_aid.get_absolute_url()))
    assert page.count("还有 2 个名额") == 1 + more
    assert "身份证" in page


def test_only_coming_sessions_of_two_weeks_are_shown(client, make_session, legal_aid):
    shown = [make_session(24), make_session(48, taken=2)]
    make_session(-1)
    make_session(24 * 20)
    make_session(96, state=Session.State.CANCELLED, cancel_reason="律师出庭")
    response = client.get(legal_aid.get_absolute_url())
    assert list(response.context["sessions"]) == shown
    assert "已约满" in text(response)


def test_a_stranger_reads_a_session_and_is_asked_to_sign_in(client, make_session, django_assert_num_queries):
    session = make_session()
    with django_assert_num_queries(1):
        page = text(client.get(session.get_absolute_url()))
    assert f"{reverse('sign-in')}?next={session.get_absolute_url()}" in page
    assert "<textarea" not in page
    response = client.post(session.get_absolute_url(), {"note": "急事"})
    assert response.status_code == 302
    assert response.url == f"{reverse('sign-in')}?next={session.get_absolute_url()}"
    assert Booking.objects.count() == 0


def test_a_rider_books_and_finds_his_code(make_session, rider, signed_in):
    session, client = make_session(), signed_in(rider)
    assert "<textarea" in text(client.get(session.get_absolute_url()))
    response = client.post(session.get_absolute_url(), {"note": "欠薪"}, follow=True)
    booking = Booking.objects.get()
    assert response.redirect_chain == [(reverse("booking-list"), 302)]
    assert booking.code in text(response)
    assert "欠薪" in text(response)
    assert booking.code in text(client.get(session.get_absolute_url()))


def test_a_full_session_says_so_and_shows_others(make_session, rider, signed_in):
    full, other = make_session(48, places=1, taken=1), make_session(72)
    client = signed_in(rider)
    page = text(client.get(full.get_absolute_url()))
    assert "这一场约满了" in page
    assert other.get_absolute_url() in page
    assert "<textarea" not in page
    response = client.post(full.get_absolute_url(), {"note": "我写的字"})
    assert response.status_code == 422
    assert "我写的字" in text(response)
    assert other.get_absolute_url() in text(response)


@pytest.mark.parametrize("note", ["字" * 201, "前\0后"])
def test_a_note_that_cannot_be_kept_is_refused_and_stays(make_session, rider, signed_in, note):
    session = make_session()
    response = signed_in(rider).post(session.get_absolute_url(), {"note": note})
    assert response.status_code == 422
    assert note in text(response)
    assert Booking.objects.count() == 0


@pytest.mark.parametrize("note", ["字" * 200, "", "<b>𬱟</b>"])
def test_what_fits_is_kept(make_session, rider, signed_in, note):
    session = make_session()
    assert signed_in(rider).post(session.get_absolute_url(), {"note": note}).status_code == 302
    assert Booking.objects.get().note == note


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("get", f"/sessions/{HUGE}/book/"),
        ("post", f"/sessions/{HUGE}/book/"),
        ("post", f"/bookings/{HUGE}/cancel/"),
        ("get", f"/services/{'a' * 3000}/"),
        ("get", "/sessions/0/book/"),
    ],
)
def test_addresses_of_nothing(rider, signed_in, method, address):
    assert getattr(signed_in(rider), method)(address).status_code == 404


@pytest.mark.parametrize("page", ["0", "-1", HUGE, "abc", "%00", ""])
def test_odd_page_numbers_are_forgiven(rider, signed_in, page):
    assert signed_in(rider).get(f"/bookings/?page={page}").status_code == 200


def test_my_bookings_need_a_sign_in(client):
    assert client.get(reverse("booking-list")).url == f"{reverse('sign-in')}?next=/bookings/"


@pytest.mark.parametrize("more", [0, 19])
def test_my_bookings_cost_the_same_for_one_and_many(
    make_session, rider, make_rider, signed_in, more, django_assert_num_queries
):
    stranger = make_rider("13800000009")
    for number in range(1 + more):
        book_place(make_session(48 + 3 * number), by=rider)
        book_place(Session.objects.latest("pk"), by=stranger)
        Booking.objects.create(session=make_session(-48 - 3 * number), user=rider, code="ACDE", state="attended")
    client = signed_in(rider)
    client.get(reverse("booking-list"))  # the first visit also stamps the session
    with django_assert_num_queries(5):
        response = client.get(reverse("booking-list"))
    assert len(response.context["upcoming"]) == 1 + more
    assert len(response.context["page"]) == 1 + more
    assert {b.user_id for b in response.context["upcoming"]} == {rider.pk}


def test_cancelling_frees_the_place(make_session, rider, signed_in):
    session = make_session()
    booking = book_place(session, by=rider)
    response = signed_in(rider).post(reverse("booking-cancel", args=[booking.pk]), follow=True)
    assert response.redirect_chain == [(reverse("booking-list"), 302)]
    assert "取消好了" in text(response)
    session.refresh_from_db()
    assert session.taken == 0


def test_cancelling_after_the_start_is_refused(make_session, rider, signed_in):
    session = make_session(-1, taken=1)
    booking = Booking.objects.create(session=session, user=rider, code="ACDE")
    response = signed_in(rider).post(reverse("booking-cancel", args=[booking.pk]))
    assert response.status_code == 422
    assert "已经开始了" in text(response)
    booking.refresh_from_db()
    assert booking.state == Booking.State.BOOKED


def test_another_persons_booking_is_not_there(make_session, rider, make_rider, community_admin, signed_in):
    booking = book_place(make_session(), by=rider)
    for other in (make_rider("13800000002"), community_admin):
        assert signed_in(other).post(reverse("booking-cancel", args=[booking.pk])).status_code == 404
    booking.refresh_from_db()
    assert booking.state == Booking.State.BOOKED


def test_a_cancel_is_a_post(make_session, rider, signed_in):
    booking = book_place(make_session(), by=rider)
    assert signed_in(rider).get(reverse("booking-cancel", args=[booking.pk])).status_code == 405
