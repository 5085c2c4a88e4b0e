"""Who is expected today at the counter, and that he has come: by a tap, or by the code he says."""

from datetime import timedelta

import pytest
from django.utils import timezone

from services.bookings.models import Booking, Service, Session
from station.models import AuditEvent, Station, User

GUESTS = "/counter/lanyuan/guests/"


@pytest.fixture
def today(here, elsewhere, legal_aid, make_rider):
    """Legal aid today with 刘洋 (AAAA) and 唐家豪 (CCCC); strangers tomorrow, next door and elsewhere."""
    start = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    near = Station.objects.create(
        code="near", name="隔壁驿站", community=here.community, address="2号", latitude=28, longitude=113
    )

    def session(station, days=0, **more):
        times = {"starts_at": start + timedelta(days=days, hours=1), "ends_at": start + timedelta(days=days, hours=23)}
        return Session.objects.create(service=legal_aid, station=station, places=5, **times, **more)

    def booked(session, name, code, state="booked"):
        number = User.objects.count()
        rider = make_rider(f"138000{number:05d}", name)
        Session.objects.filter(pk=session.pk).update(taken=session.bookings.count() + 1)
        return Booking.objects.create(session=session, user=rider, code=code, state=state)

    own = session(here.station)
    bookings = {code: booked(own, name, code) for name, code in (("刘洋", "AAAA"), ("唐家豪", "CCCC"))}
    booked(own, "曾龙", "DDDD", state="cancelled")
    booked(session(here.station, days=1), "明天", "EEEE")
    booked(session(near), "隔壁", "FFFF")
    booked(session(elsewhere.station), "别处", "HHHH")
    booked(session(here.station, days=-1), "昨天", "JJJJ")
    return bookings


def text_of(answer):
    return answer.content.decode()


def states():
    return dict(Booking.objects.values_list("code", "state"))


def test_those_of_today_by_surname_and_code_only(today, keeper, signed_in):
    page = text_of(signed_in(keeper).get(GUESTS))
    assert [code for code in ("AAAA", "CCCC", "DDDD", "EEEE", "FFFF", "HHHH", "JJJJ") if code in page] == [
        "AAAA",
        "CCCC",
    ]
    assert "刘师傅" in page
    assert "刘洋" not in page
    assert "138" not in page
    assert "约了 2 人，到了 0 人" in text_of(signed_in(keeper).get("/counter/lanyuan/"))


def test_a_tap_checks_in_and_a_second_says_so(today, keeper, signed_in):
    browser = signed_in(keeper)
    tap = {"came": today["AAAA"].pk}
    assert "AAAA 签到好了。" in text_of(browser.post(GUESTS, tap, follow=True))
    assert "AAAA 已经签过到了，不用再点。" in text_of(browser.post(GUESTS, tap, follow=True))
    assert (states()["AAAA"], states()["CCCC"]) == ("attended", "booked")
    assert "约了 2 人，到了 1 人" in text_of(browser.get("/counter/lanyuan/"))
    assert "AAAA 撤回了，还算没到。" in text_of(browser.post(GUESTS, {"undo": today["AAAA"].pk}, follow=True))
    assert states()["AAAA"] == "booked"
    actions = AuditEvent.objects.order_by("number").values_list("action", "actor__username")
    assert list(actions) == [("check in booking", keeper.username), ("undo check-in", keeper.username)]


@pytest.mark.parametrize("typed", ["CCCC", "cccc", " cc cc"])
def test_the_code_he_says(today, keeper, signed_in, typed):
    answer = signed_in(keeper).post(GUESTS, {"code": typed.strip() if len(typed) > 6 else typed})
    assert answer.status_code == 302
    assert states()["CCCC"] == "attended"


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"code": "EEEE"}, "今天这里没有这个到场码"),
        ({"code": "FFFF"}, "今天这里没有这个到场码"),
        ({"code": "HHHH"}, "今天这里没有这个到场码"),
        ({"code": "DDDD"}, "今天这里没有这个到场码"),
        ({"code": "A" * 300}, "到场码没有这么长"),
        ({"code": "A\0"}, "这次没成"),
        ({"came": "9" * 30}, "今天这里没有这个到场码"),
        ({"came": "x"}, "这次没成"),
        ({}, "请输入到场码，或者在下面点一下。"),
    ],
)
def test_what_is_not_expected_here_today(today, keeper, signed_in, sent, says):
    answer = signed_in(keeper).post(GUESTS, sent)
    assert answer.status_code == 422
    assert says in text_of(answer).replace("还没提交成功，您填的都还在", "这次没成")
    assert set(states().values()) == {"booked", "cancelled"}
    if sent.get("code") and "\0" not in sent["code"]:
        assert f'value="{sent["code"]}"' in text_of(answer)


def test_of_the_same_code_in_two_sessions_the_one_still_expected(today, here, keeper, signed_in, make_rider, legal_aid):
    service = Service.objects.create(slug="other", name="社保咨询", category="advice", summary="问")
    times = {"starts_at": timezone.now(), "ends_at": timezone.now() + timedelta(minutes=1)}
    session = Session.objects.create(service=service, station=here.station, places=5, **times)
    Booking.objects.create(session=session, user=make_rider("13900000009", "彭"), code="AAAA", state="attended")
    signed_in(keeper).post(GUESTS, {"code": "AAAA"})
    assert list(Booking.objects.filter(code="AAAA").values_list("state", flat=True)) == ["attended", "attended"]


def test_a_booking_of_another_station_cannot_be_tapped(today, keeper, community_admin, signed_in):
    strange = Booking.objects.get(code="HHHH")
    near = Booking.objects.get(code="FFFF")
    for browser in (signed_in(keeper), signed_in(community_admin)):
        for booking in (strange, near):
            assert browser.post(GUESTS, {"came": booking.pk}).status_code == 422
    assert signed_in(keeper).get("/counter/near/guests/").status_code == 404
    assert signed_in(community_admin).get("/counter/near/guests/").status_code == 200
    assert states()["HHHH"] == states()["FFFF"] == "booked"


@pytest.mark.parametrize("number", [1, 30])
def test_the_page_costs_the_same_for_any_number(
    here, make_session, keeper, signed_in, make_rider, django_assert_num_queries, number
):
    start = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    for n in range(number):
        session = make_session(places=2)
        Session.objects.filter(pk=session.pk).update(
            starts_at=start + timedelta(minutes=n), ends_at=start + timedelta(hours=23)
        )
        Booking.objects.create(session=session, user=make_rider(f"137000{n:05d}"), code=f"A{n}")
    browser = signed_in(keeper)
    browser.get(GUESTS)
    with django_assert_num_queries(6):
        assert text_of(browser.get(GUESTS)).count("walk-same") == number
