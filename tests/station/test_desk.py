"""What the pages of staff offer, refuse and say, whatever the register."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from ledger.models import Printout
from station.models import AuditEvent, Station, User
from station.operations.stations import suspend_station


def test_a_station_is_not_suspended_until_a_day_gone_by(here, community_admin):
    today = timezone.localdate()
    with pytest.raises(ValidationError, match="已经过去"):
        suspend_station(here.station, by=community_admin, reason="检修", until=today - timedelta(days=1))
    assert (Station.objects.get(pk=here.station.pk).state, AuditEvent.objects.count()) == ("active", 0)
    suspend_station(here.station, by=community_admin, reason="检修", until=today)
    assert Station.objects.get(pk=here.station.pk).suspended_until == today


def test_the_keeper_says_that_the_station_stays_shut_on_a_day(here, keeper, signed_in):
    """He may not change the station, but he is the one who knows."""
    date = timezone.localdate() + timedelta(days=3)
    address = f"/admin/station/station/{here.station.pk}/do/special-day/"
    half = signed_in(keeper).post(address, {"date": date, "opens": "09:00", "reason": "盘点"})
    assert (half.status_code, here.station.special_days.count()) == (422, 0)
    assert "开门和关门要么都填，要么都不填" in half.content.decode()
    assert signed_in(keeper).post(address, {"date": date, "reason": "盘点"}).status_code == 302
    assert list(here.station.special_days.values_list("date", "opens", "reason")) == [(date, None, "盘点")]
    twice = signed_in(keeper).post(address, {"date": date, "reason": "盘点"})
    assert (twice.status_code, here.station.special_days.count()) == (422, 1)


@pytest.mark.parametrize("page", ["station/notice", "ledger/surveyround", "ledger/enterprise", "volunteering/team"])
def test_the_only_community_is_chosen_already(here, elsewhere, community_admin, signed_in, page):
    html = signed_in(community_admin).get(f"/admin/{page}/add/").content.decode()
    assert f'<option value="{here.community.pk}" selected>' in html


def test_a_duty_names_its_place_oneself(here, community_admin, signed_in):
    """Grid workers and keepers have none, so the community is not chosen for them."""
    page = signed_in(community_admin).get("/admin/station/duty/add/")
    assert "community" not in page.context["adminform"].form.initial


def test_a_duty_is_offered_to_colleagues_and_not_to_riders(here, community_admin, keeper, rider, signed_in):
    """Also where the rider's account names the same community."""
    User.objects.filter(pk__in=[keeper.pk, rider.pk]).update(community=here.community)
    page = signed_in(community_admin).get("/admin/station/duty/add/")
    offered = page.context["adminform"].form.fields["user"].queryset
    assert (keeper in offered, rider in offered) == (True, False)


@pytest.mark.parametrize(("field", "typed", "says"), [("contact_phone", "123", "11 位"), ("credit_code", "1", "18 位")])
def test_what_is_wrong_is_said_once(community_admin, signed_in, field, typed, says):
    page = signed_in(community_admin).post("/admin/ledger/enterprise/add/", {field: typed})
    assert page.status_code == 422
    [message] = page.context["adminform"].form.errors[field]
    assert says in message


@pytest.mark.parametrize(
    ("path", "status", "way_on"),
    [("/admin/nothing/", 404, 1), ("/admin/station/user/", 403, 1), ("/nothing/", 404, 0)],
)
def test_a_wrong_turn_of_staff_leads_back_to_the_desk(keeper, signed_in, path, status, way_on):
    page = signed_in(keeper).get(path)
    assert page.status_code == status
    assert page.content.decode().count('href="/admin/"') == way_on


def test_the_list_of_copies_names_the_roster(here, community_admin, signed_in):
    asker = signed_in(community_admin)
    asker.post("/admin/ledger/worker/print/", {"reason": "报送"})
    serial = Printout.objects.get().serial
    for query, found in (("", True), ("?roster=workers", True), ("?roster=members", False), ("?roster=x", True)):
        html = asker.get(f"/admin/ledger/printout/{query}").content.decode()
        assert (serial in html) is found
        assert "新就业群体花名册" in html
