"""The staff's pages of volunteering: a leader reaches his own teams and nothing else."""

from datetime import time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from services.volunteering.models import Desk, Member, Shift, SignUp, Team
from services.volunteering.operations import sign_up
from station.roles import Role


def text(response):
    return response.content.decode()


def change_url(obj):
    return reverse(f"admin:volunteering_{obj._meta.model_name}_change", args=[obj.pk])


def do_url(obj, name):
    return reverse(f"admin:volunteering_{obj._meta.model_name}_do", args=[obj.pk, name])


def list_url(name):
    return reverse(f"admin:volunteering_{name}_changelist")


@pytest.fixture
def served(make_shift, rider):
    """A sign-up whose shift began an hour ago."""
    return SignUp.objects.create(shift=make_shift(-1, taken=1), user=rider)


@pytest.fixture
def other_team(here):
    """A team of the same community with no leader."""
    return Team.objects.create(community=here.community, name="别的队", field=Team.Field.POLICY)


def test_a_leader_sees_his_own_teams_only(team, other_team, make_shift, team_leader, signed_in):
    make_shift(title="本队的班")
    make_shift(72, title="外队的班", team=other_team)
    client = signed_in(team_leader)
    teams, shifts = text(client.get(list_url("team"))), text(client.get(list_url("shift")))
    assert "邻里互助队" in teams
    assert "本队的班" in shifts
    assert "别的队" not in teams + shifts
    assert "外队的班" not in shifts


def test_a_leader_adds_a_shift_in_his_community(here, elsewhere, team, team_leader, signed_in):
    client = signed_in(team_leader)
    page = text(client.get(reverse("admin:volunteering_shift_add")))
    assert here.station.name in page
    assert elsewhere.station.name not in page
    day = timezone.localdate() + timedelta(days=3)
    data = {
        "team": team.pk,
        "station": here.station.pk,
        "title": "夜间暖灯",
        "starts_at_0": f"{day:%Y-%m-%d}",
        "starts_at_1": "19:00:00",
        "ends_at_0": f"{day:%Y-%m-%d}",
        "ends_at_1": "21:00:00",
        "places": "2",
        "sign_ups-TOTAL_FORMS": "0",
        "sign_ups-INITIAL_FORMS": "0",
    }
    assert (
        client.post(reverse("admin:volunteering_shift_add"), data | {"station": elsewhere.station.pk}).status_code
        == 422
    )
    assert client.post(reverse("admin:volunteering_shift_add"), data).status_code == 302
    assert Shift.objects.get().title == "夜间暖灯"


def test_a_leader_records_who_was_there(served, team_leader, signed_in):
    client = signed_in(team_leader)
    assert client.post(do_url(served, "attended"), {"minutes": "150", "reason": ""}).status_code == 422
    assert client.post(do_url(served, "attended"), {"minutes": "150", "reason": "人多"}).status_code == 302
    served.refresh_from_db()
    assert (served.state, served.minutes, served.minutes_source) == ("attended", 150, "staff")
    client.post(do_url(served, "undo"))
    client.post(list_url("signup"), {"action": "mark_attended", "_selected_action": [served.pk]})
    served.refresh_from_db()
    assert (served.state, served.minutes, served.minutes_source) == ("attended", 120, "planned")


def test_a_leader_of_another_team_records_nothing(here, served, other_team, make_staff, signed_in):
    other_team.leader = make_staff(Role.TEAM_LEADER, community=here.community)
    other_team.save()
    client = signed_in(other_team.leader)
    assert "热姜茶值守" not in text(client.get(list_url("signup")))
    client.post(do_url(served, "no-show"))
    client.post(list_url("signup"), {"action": "mark_no_show", "_selected_action": [served.pk]})
    served.refresh_from_db()
    assert served.state == SignUp.State.SIGNED_UP


def test_a_leader_does_not_record_himself_in_another_team(make_shift, other_team, team_leader, signed_in):
    own = SignUp.objects.create(shift=make_shift(-1, team=other_team, taken=1), user=team_leader)
    signed_in(team_leader).post(do_url(own, "attended"), {})
    own.refresh_from_db()
    assert own.state == SignUp.State.SIGNED_UP


def test_a_shift_is_called_off_with_a_reason(make_shift, rider, team_leader, signed_in):
    shift = make_shift()
    row = sign_up(shift, by=rider)
    client = signed_in(team_leader)
    assert "刘洋" in text(client.get(change_url(shift)))
    assert client.post(do_url(shift, "cancel"), {"reason": ""}).status_code == 422
    assert client.post(do_url(shift, "cancel"), {"reason": "检修"}).status_code == 302
    shift.refresh_from_db()
    row.refresh_from_db()
    assert (shift.state, row.state) == ("cancelled", "withdrawn")


def test_two_weeks_are_laid_out_from_the_list(here, team, community_admin, signed_in):
    tomorrow = timezone.localdate() + timedelta(days=1)
    desk = Desk.objects.create(
        team=team, station=here.station, title="值守", weekday=tomorrow.weekday(), starts=time(15), ends=time(17)
    )
    client = signed_in(community_admin)
    client.post(list_url("desk"), {"action": "open_next_weeks", "_selected_action": [desk.pk]})
    client.post(do_url(desk, "open"))
    assert Shift.objects.count() == 2


def test_a_member_is_added_by_phone(team, rider, community_admin, signed_in):
    client, add = signed_in(community_admin), reverse("admin:volunteering_member_add")
    data = {"team": team.pk, "phone": "13800000009", "skills": "修车", "joined_on": "2026-11-01"}
    assert "请填 11 位手机号" in text(client.post(add, data | {"phone": "12345"}))
    response = client.post(add, data)
    assert response.status_code == 422
    assert "还没有人用这个手机号登录过" in text(response)
    assert "修车" in text(response)
    assert client.post(add, data | {"phone": "13800000001"}).status_code == 302
    member = Member.objects.get()
    assert member.user == rider
    assert "13800000001" not in text(client.get(list_url("member"))) + text(client.get(change_url(member)))


def test_leaders_are_chosen_among_leaders_of_the_community(
    here, elsewhere, team, team_leader, make_staff, community_admin, signed_in
):
    stranger = make_staff(Role.TEAM_LEADER, community=elsewhere.community)
    response = signed_in(community_admin).get(change_url(team))
    leaders = response.context["adminform"].form.fields["leader"].queryset
    assert team_leader in leaders
    assert stranger not in leaders
    assert community_admin not in leaders


@pytest.mark.parametrize("role", [Role.GRID_WORKER, Role.STATION_KEEPER, Role.STREET_SUPERVISOR])
def test_who_may_only_count_sees_no_person(here, served, make_staff, signed_in, role):
    place = {
        Role.GRID_WORKER: {"grid": here.grid},
        Role.STATION_KEEPER: {"station": here.station},
        Role.STREET_SUPERVISOR: {"street": here.street},
    }[role]
    client = signed_in(make_staff(role, **place))
    for name in ("signup", "member"):
        assert client.get(list_url(name)).status_code == 403
    page = text(client.get(change_url(served.shift)))
    assert "热姜茶值守" in page
    assert "刘" not in page


def test_every_list_and_form_opens(team, served, community_admin, signed_in):
    client = signed_in(community_admin)
    for name in ("team", "member", "desk", "shift", "signup"):
        assert client.get(list_url(name)).status_code == 200
    for name in ("team", "member", "desk", "shift"):
        assert client.get(reverse(f"admin:volunteering_{name}_add")).status_code == 200
    assert client.get(change_url(served)).status_code == 200


@pytest.mark.parametrize("more", [0, 29])
def test_the_list_of_sign_ups_costs_the_same(
    make_shift, make_rider, community_admin, signed_in, more, django_assert_num_queries
):
    shift = make_shift(places=50)
    for number in range(1 + more):
        sign_up(shift, by=make_rider(f"138000000{number:02d}"))
    client = signed_in(community_admin)
    client.get(list_url("signup"))  # the first visit also stamps the session
    with django_assert_num_queries(8):
        client.get(list_url("signup"))
