"""Who may do what: the written table against what the admin does, cell by cell; and how roles are given."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils import timezone

from station.admin.base import OperationAdmin
from station.models import AuditEvent, Duty, Station, User
from station.operations import people
from station.roles import PERMISSIONS, TABLE, Role

ACTIONS = ("view", "add", "change", "delete")
OURS = {"station", "ledger", "bookings", "volunteering", "hazards"}


@pytest.fixture
def staff(community_admin, grid_worker, keeper, team_leader, supervisor):
    return dict(zip(Role, [community_admin, grid_worker, keeper, team_leader, supervisor], strict=True))


def test_the_table_names_models_that_exist():
    for table in TABLE.values():
        for label in table:
            assert apps.get_model(label)._meta.label_lower == label


@pytest.mark.parametrize("role", Role)
def test_every_cell_of_the_table_both_ways(staff, role):
    """Everything the table grants is granted, everything else on any model is not."""
    for model in apps.get_models():
        label = model._meta.label_lower
        app, name = label.split(".")
        granted = TABLE[role].get(label, "").split()
        every = {*ACTIONS, *(action for table in TABLE.values() for action in table.get(label, "").split())}
        for action in every:
            assert staff[role].has_perm(f"{app}.{action}_{name}") == (action in granted), (role, label, action)


@pytest.mark.parametrize("role", Role)
def test_the_admin_follows_the_table(staff, role, rf):
    """Where an admin class has its own say (visits are not typed in), it may only allow less than the table."""
    request = rf.get("/")
    request.user = staff[role]
    assert {Station, User, Duty, AuditEvent} <= {*admin.site._registry}
    for model, model_admin in admin.site._registry.items():
        granted = TABLE[role].get(model._meta.label_lower, "").split()
        for action in ACTIONS:
            method = f"has_{action}_permission"
            allowed = getattr(model_admin, method)(request)
            inherited = getattr(type(model_admin), method) in (
                getattr(OperationAdmin, method),
                getattr(admin.ModelAdmin, method),
            )
            if inherited and model._meta.app_label in OURS:
                assert allowed == (action in granted), (role, model, action)
            else:
                assert not allowed or action in granted, (role, model, action)


def test_what_the_table_must_never_say():
    writes = {"add", "change", "delete"}
    for role in (Role.STATION_KEEPER, Role.TEAM_LEADER, Role.STREET_SUPERVISOR):
        assert not [permission for permission in PERMISSIONS[role] if permission.startswith("ledger.")]
    for permission in PERMISSIONS[Role.STREET_SUPERVISOR]:
        assert permission.partition(".")[2].split("_")[0] in {"view", "figures"}
    for role, permissions in PERMISSIONS.items():
        assert not {f"station.{verb}_auditevent" for verb in writes} & permissions
        if role != Role.COMMUNITY_ADMIN:
            assert not {f"station.{verb}_{model}" for verb in writes for model in ("duty", "user")} & permissions
            assert not [p for p in permissions if p.partition(".")[2].startswith(("reveal_worker", "export", "print"))]


def test_a_duty_that_is_over_or_not_begun_gives_nothing(staff, here):
    keeper = staff[Role.STATION_KEEPER]
    today = timezone.localdate()
    for starts, ends, counts in [(-1, None, True), (-1, 0, True), (-2, -1, False), (1, None, False)]:
        Duty.objects.filter(user=keeper).update(
            starts_on=today + timedelta(days=starts), ends_on=None if ends is None else today + timedelta(days=ends)
        )
        assert User.objects.get(pk=keeper.pk).has_perm("station.view_station") == counts


def test_taking_a_duty_away_works_at_the_next_request(signed_in, keeper):
    browser = signed_in(keeper)
    assert browser.get("/admin/station/station/").status_code == 200
    keeper.duties.all().delete()
    assert browser.get("/admin/station/station/").status_code == 403


@pytest.mark.parametrize("role", Role)
def test_nobody_gives_himself_a_duty(staff, here, role):
    duty = Duty(user=staff[role], role=Role.COMMUNITY_ADMIN, community=here.community)
    with pytest.raises(ValidationError) as refused:
        people.give_duty(duty, by=staff[role])
    assert refused.value.code == "own_duty"
    assert staff[role].duties.count() == 1


def test_a_community_admin_gives_duties_at_home_only(community_admin, grid_worker, here, elsewhere):
    given = people.give_duty(Duty(user=grid_worker, role=Role.GRID_WORKER, grid=here.grids[1]), by=community_admin)
    event = AuditEvent.objects.get()
    assert (event.action, event.target_id, event.actor) == ("give duty", str(given.pk), community_admin)
    for duty in (
        Duty(user=grid_worker, role=Role.COMMUNITY_ADMIN, community=elsewhere.community),
        Duty(user=grid_worker, role=Role.GRID_WORKER, grid=elsewhere.grid),
        Duty(user=grid_worker, role=Role.STATION_KEEPER, station=elsewhere.station),
        Duty(user=grid_worker, role=Role.STREET_SUPERVISOR, street=here.street),
    ):
        with pytest.raises(ValidationError) as refused:
            people.give_duty(duty, by=community_admin)
        assert refused.value.code == "beyond_reach"
    assert grid_worker.duties.count() == 2


@pytest.mark.parametrize("role", [role for role in Role if role != Role.COMMUNITY_ADMIN])
def test_only_a_community_admin_gives_duties(staff, here, role):
    duty = Duty(user=staff[Role.COMMUNITY_ADMIN], role=Role.GRID_WORKER, grid=here.grid)
    with pytest.raises(ValidationError):
        people.give_duty(duty, by=staff[role])


def duty_form(user, **values):
    return {"user": user.pk, "role": "", "community": "", "grid": "", "station": "", "ends_on": ""} | {
        "starts_on": timezone.localdate().isoformat(),
        **values,
    }


def test_the_admin_form_does_not_let_him_raise_himself(signed_in, community_admin, grid_worker, here, elsewhere):
    User.objects.update(community=here.community)
    browser = signed_in(community_admin)
    own = community_admin.duties.get()
    at_home = {"role": "community_admin", "community": here.community.pk}
    assert browser.post("/admin/station/duty/add/", duty_form(community_admin, **at_home)).status_code == 422
    abroad = {"role": "community_admin", "community": elsewhere.community.pk}
    assert browser.post(f"/admin/station/duty/{own.pk}/change/", duty_form(grid_worker, **abroad)).status_code == 422
    assert browser.post("/admin/station/duty/add/", duty_form(grid_worker, **at_home)).status_code == 302
    own.refresh_from_db()
    assert (own.user, own.community) == (community_admin, here.community)
    assert [duty.role for duty in grid_worker.duties.order_by("role")] == ["community_admin", "grid_worker"]


def test_a_new_colleague_belongs_to_the_community_of_whoever_adds_him(signed_in, community_admin, here, elsewhere):
    form = {"username": "xin", "name": "新人", "password1": "nuanxin-xin-2026", "password2": "nuanxin-xin-2026"}
    browser = signed_in(community_admin)
    refused = browser.post("/admin/station/user/add/", form | {"community": elsewhere.community.pk})
    assert refused.status_code == 422
    assert browser.post("/admin/station/user/add/", form).status_code == 302
    user = User.objects.get(username="xin")
    assert (user.community, user.is_staff, user.is_superuser) == (here.community, True, False)
    assert user.check_password("nuanxin-xin-2026")


@pytest.mark.parametrize("password", ["short-1", "nuanxinyizhan", "123456789012", "password1234", "xinxinxinxin"])
def test_weak_passwords_are_refused(signed_in, community_admin, password):
    form = {"username": "xinxinxin", "name": "新人", "password1": password, "password2": password}
    if password == "nuanxinyizhan":
        form["username"] = "nuanxinyizhan"
    response = signed_in(community_admin).post("/admin/station/user/add/", form)
    assert response.status_code == 422
    assert not User.objects.filter(username=form["username"]).exists()


@pytest.mark.parametrize("began", [0, 30])
def test_a_duty_is_taken_away_at_once(staff, here, signed_in, began):
    worker = staff[Role.GRID_WORKER]
    duty = worker.duties.get()
    Duty.objects.filter(pk=duty.pk).update(starts_on=timezone.localdate() - timedelta(days=began))
    browser = signed_in(worker)
    assert browser.get("/admin/ledger/worker/").status_code == 200
    end = f"/admin/station/duty/{duty.pk}/do/end/"
    answer = signed_in(staff[Role.COMMUNITY_ADMIN]).post(end, {"reason": "调岗"}, follow=True)
    assert answer.status_code == 200
    assert "撤销了" in answer.content.decode()
    assert browser.get("/admin/ledger/worker/").status_code == 403
    assert Duty.objects.filter(pk=duty.pk).exists() == bool(began)
    assert AuditEvent.objects.get().action == "end duty"


def test_a_short_password_is_refused_in_chinese(here, community_admin, signed_in):
    typed = {"username": "xin", "name": "周敏", "password1": "k7#q", "password2": "k7#q"}
    answer = signed_in(community_admin).post("/admin/station/user/add/", typed)
    assert answer.status_code == 422
    assert "密码太短，至少要 12 个字符。" in answer.content.decode()


def account_form(user, **values):
    return {"username": user.username, "name": user.name, "phone": "", "is_active": "on"} | values


def test_nobody_locks_himself_out(signed_in, community_admin, here):
    User.objects.update(community=here.community)
    page = f"/admin/station/user/{community_admin.pk}/change/"
    form = account_form(community_admin, name="周敏敏")
    del form["is_active"]
    refused = signed_in(community_admin).post(page, form)
    assert refused.status_code == 422
    assert "不能停用自己的账号，请另一位管理员来办。" in refused.text
    assert 'value="周敏敏"' in refused.text
    assert User.objects.get(pk=community_admin.pk).is_active
    assert signed_in(community_admin).post(page, account_form(community_admin, name="周敏敏")).status_code == 302


def test_an_account_with_a_duty_beyond_ones_reach_is_not_changed(make_staff, community_admin, grid_worker, here):
    """The street's supervisor has his desk in this community; its administrator may not send him home."""
    supervisor = make_staff(Role.STREET_SUPERVISOR, street=here.street)
    root = User.objects.create(username="root", is_staff=True, is_superuser=True)
    for user in (supervisor, root):
        user.is_active = False
        with pytest.raises(ValidationError) as refused:
            people.change_account(user, by=community_admin, fields=["is_active"])
        assert refused.value.code == "beyond_reach"
    assert User.objects.filter(is_active=False).count() == 0
    grid_worker.is_active = False
    people.change_account(grid_worker, by=community_admin, fields=["is_active"])
    people.change_account(supervisor, by=root, fields=["is_active"])
    assert list(User.objects.filter(is_active=False).order_by("pk")) == [grid_worker, supervisor]


def test_only_the_systems_administrator_is_offered_the_street(signed_in, community_admin, grid_worker, here):
    User.objects.update(community=here.community)
    asked = signed_in(community_admin).get("/admin/station/duty/add/").text
    assert ("网格员</option>" in asked, "街道督导</option>" in asked, 'name="street"' in asked) == (True, False, False)
    forged = duty_form(grid_worker, role="street_supervisor", street=here.street.pk)
    assert signed_in(community_admin).post("/admin/station/duty/add/", forged).status_code == 422
    root = signed_in(User.objects.create(username="root", is_staff=True, is_superuser=True))
    assert root.post("/admin/station/duty/add/", forged).status_code == 302
    assert grid_worker.duties.get(role="street_supervisor").street == here.street
