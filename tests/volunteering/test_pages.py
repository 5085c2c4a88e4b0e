"""The volunteer's pages: who may see and do what, what is said, what they cost."""

import pytest
from django.template import Context, Template
from django.urls import reverse
from django.utils import timezone

from services.volunteering.models import Shift, SignUp
from services.volunteering.operations import sign_up

HUGE = "9" * 40


def text(response):
    return response.content.decode()


@pytest.mark.parametrize("more", [0, 30])
def test_the_coming_shifts_cost_the_same_however_many(client, make_shift, more, django_assert_num_queries):
    for number in range(1 + more):
        make_shift(24 + 8 * number)
    with django_assert_num_queries(1):
        response = client.get(reverse("volunteer"))
    assert text(response).count("还差 2 人") == 1 + more
    assert not response.cookies.get("sessionid")


def test_shifts_are_grouped_by_day(client, make_shift):
    noon = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)
    hours_to_noon = (noon - timezone.localtime()).total_seconds() / 3600
    first, second, third = (make_shift(hours_to_noon + hours) for hours in (48, 51, 72))
    make_shift(24 * 20)
    make_shift(30, state=Shift.State.CANCELLED, cancel_reason="检修")
    days = client.get(reverse("volunteer")).context["days"]
    assert [members for _heading, members in days] == [[first, second], [third]]


def test_a_stranger_reads_a_shift_and_is_asked_to_sign_in(client, make_shift, django_assert_num_queries):
    shift = make_shift()
    with django_assert_num_queries(1):
        page = text(client.get(shift.get_absolute_url()))
    assert f"{reverse('sign-in')}?next={shift.get_absolute_url()}" in page
    assert client.post(shift.get_absolute_url()).url == f"{reverse('sign-in')}?next={shift.get_absolute_url()}"
    assert SignUp.objects.count() == 0


def test_a_rider_signs_up_and_withdraws(make_shift, rider, signed_in):
    shift, client = make_shift(), signed_in(rider)
    response = client.post(shift.get_absolute_url(), follow=True)
    assert response.redirect_chain == [(reverse("my-shifts"), 302)]
    assert "热姜茶值守" in text(response)
    assert "您已经报名了" in text(client.get(shift.get_absolute_url()))
    row = SignUp.objects.get()
    response = client.post(reverse("sign-up-withdraw", args=[row.pk]), follow=True)
    assert "退出好了" in text(response)
    shift.refresh_from_db()
    assert shift.taken == 0


def test_a_full_shift_says_so(make_shift, rider, signed_in):
    shift, client = make_shift(places=1, taken=1), signed_in(rider)
    page = text(client.get(shift.get_absolute_url()))
    assert "这一班人齐了" in page
    assert "我来值这一班" not in page
    response = client.post(shift.get_absolute_url())
    assert response.status_code == 422
    assert "这一班人刚刚齐了" in text(response)


def test_withdrawing_after_the_start_is_refused(make_shift, rider, signed_in):
    row = SignUp.objects.create(shift=make_shift(-1, taken=1), user=rider)
    response = signed_in(rider).post(reverse("sign-up-withdraw", args=[row.pk]))
    assert response.status_code == 422
    assert "已经开始了" in text(response)


def test_another_persons_sign_up_is_not_there(make_shift, rider, make_rider, team_leader, signed_in):
    row = sign_up(make_shift(), by=rider)
    for other in (make_rider("13800000002"), team_leader):
        assert signed_in(other).post(reverse("sign-up-withdraw", args=[row.pk])).status_code == 404
    row.refresh_from_db()
    assert row.state == SignUp.State.SIGNED_UP


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("get", f"/shifts/{HUGE}/sign-up/"),
        ("post", f"/shifts/{HUGE}/sign-up/"),
        ("post", f"/volunteer/mine/{HUGE}/withdraw/"),
    ],
)
def test_addresses_of_nothing(rider, signed_in, method, address):
    assert getattr(signed_in(rider), method)(address).status_code == 404


@pytest.mark.parametrize("page", ["0", HUGE, "abc", "%00"])
def test_odd_page_numbers_are_forgiven(rider, signed_in, page):
    assert signed_in(rider).get(f"/volunteer/mine/?page={page}").status_code == 200


@pytest.mark.parametrize("more", [0, 19])
def test_my_shifts_cost_the_same_for_one_and_many(
    make_shift, rider, make_rider, signed_in, more, django_assert_num_queries
):
    stranger = make_rider("13800000009")
    served = {"state": "attended", "minutes": 90, "minutes_source": "planned"}
    for number in range(1 + more):
        shift = make_shift(48 + 3 * number)
        sign_up(shift, by=rider)
        sign_up(shift, by=stranger)
        SignUp.objects.create(shift=make_shift(-48 - 3 * number), user=rider, **served)
    client = signed_in(rider)
    client.get(reverse("my-shifts"))  # the first visit also stamps the session
    with django_assert_num_queries(6):
        response = client.get(reverse("my-shifts"))
    assert len(response.context["upcoming"]) == 1 + more
    assert len(response.context["page"]) == 1 + more
    assert response.context["hours"] == 1.5 * (1 + more)
    assert {row.user_id for row in response.context["upcoming"]} == {rider.pk}


def render(call, **context):
    return Template(f"{{% load volunteering_tags %}}{{% {call} %}}").render(Context(context))


@pytest.mark.parametrize("more", [0, 3])
def test_a_station_shows_who_is_on_duty(here, elsewhere, team, make_shift, make_rider, more, django_assert_num_queries):
    now = make_shift(-1, taken=2)
    SignUp.objects.create(shift=now, user=make_rider("13800000001", name="欧阳雪"))
    SignUp.objects.create(shift=now, user=make_rider("13800000002", name="没来的人"), state="no_show")
    SignUp.objects.create(shift=now, user=make_rider("13800000003", name="退了的人"), state="withdrawn")
    for number in range(more):
        row = sign_up(make_shift(24 + 3 * number), by=make_rider(f"1380000001{number}", name="刘洋"))
        assert row.pk
    make_shift(24, station=elsewhere.station, title="别处值守")
    with django_assert_num_queries(1):
        shown = render("station_shifts station", station=here.station)
    assert "值班中" in shown
    assert "欧阳师傅" in shown
    assert shown.count("刘师傅") == more
    for hidden in ("欧阳雪", "没师傅", "退师傅", "刘洋", "138", "别处值守"):
        assert hidden not in shown


def test_a_station_without_shifts_shows_nothing(here):
    assert render("station_shifts station", station=here.station).strip() == ""


def test_a_person_sees_his_own_shifts(make_shift, rider, make_rider, django_assert_num_queries):
    sign_up(make_shift(title="我的班"), by=rider)
    sign_up(make_shift(72, title="别人的班"), by=make_rider("13800000002"))
    with django_assert_num_queries(1):
        shown = render("my_sign_ups user", user=rider)
    assert "我的班" in shown
    assert "别人的班" not in shown
