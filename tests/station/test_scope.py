"""Where somebody may: every model with a place, seen by every role."""

import pytest
from django.apps import apps
from django.contrib import admin

from ledger.models import Enterprise, PartyMember, Worker
from services.bookings.models import Service
from station.models import AmenityKind, Duty, Partner, PublicHoliday, Street, User
from station.roles import PERMISSIONS, Role
from tests.station.specimens import specimens

OURS = {"station", "ledger", "bookings", "volunteering", "hazards"}
WHOLE_COMMUNITY = {Role.COMMUNITY_ADMIN, Role.STREET_SUPERVISOR}
OF_NO_PLACE = {Street, Partner, AmenityKind, PublicHoliday, Service}  # the same for everybody


def scoped_models():
    return [m for m in apps.get_models() if hasattr(m._default_manager, "visible_to") and m not in OF_NO_PLACE]


def view_permission(model):
    return f"{model._meta.app_label}.view_{model._meta.model_name}"


@pytest.fixture
def staff(community_admin, grid_worker, keeper, team_leader, supervisor):
    return dict(zip(Role, [community_admin, grid_worker, keeper, team_leader, supervisor], strict=True))


@pytest.fixture
def rows(here, elsewhere, staff):
    return specimens(here, elsewhere, staff[Role.TEAM_LEADER])


def seen(user, model, row):
    """Which of the specimens of `model` this user sees."""
    visible = model._default_manager.visible_to(user)
    return {name for name, specimen in vars(row).items() if specimen and visible.filter(pk=specimen.pk).exists()}


def test_every_model_with_a_scope_has_a_specimen(rows):
    assert {*scoped_models()} <= {*rows}


def test_every_model_in_the_admin_has_a_scope_or_is_the_same_everywhere():
    for model in admin.site._registry:
        if model._meta.app_label in OURS and model not in OF_NO_PLACE:
            assert hasattr(model._default_manager, "visible_to"), model


@pytest.mark.parametrize("role", Role)
def test_each_role_sees_its_own_place_and_nothing_else(staff, rows, role):
    for model in scoped_models():
        if view_permission(model) not in PERMISSIONS[role]:
            expected = set()
        elif role in WHOLE_COMMUNITY and rows[model].near:
            expected = {"mine", "near"}
        else:
            expected = {"mine"}
        assert seen(staff[role], model, rows[model]) == expected, (role, model)


@pytest.mark.parametrize("role", Role)
def test_the_admin_lists_what_the_scope_holds(staff, rows, role, rf):
    request = rf.get("/")
    request.user = staff[role]
    for model, model_admin in admin.site._registry.items():
        if model in rows and model._meta.app_label in OURS:
            listed = {*model_admin.get_queryset(request).values_list("pk", flat=True)}
            visible = {*model._default_manager.visible_to(request.user).values_list("pk", flat=True)}
            assert listed == visible, model
            assert rows[model].far.pk not in listed


def test_a_grid_worker_knows_his_grid_only(staff, rows):
    for model in (Enterprise, Worker):
        assert [*model.objects.visible_to(staff[Role.GRID_WORKER])] == [rows[model].mine]


@pytest.mark.parametrize("role", [Role.STATION_KEEPER, Role.TEAM_LEADER, Role.STREET_SUPERVISOR])
def test_keeper_leader_and_supervisor_see_no_row_of_the_ledger(staff, rows, role):
    for model in (Enterprise, Worker, PartyMember):
        assert model.objects.count() == 3
        assert not model.objects.visible_to(staff[role]).exists()
        assert not model.objects.visible_to(staff[role], f"ledger.change_{model._meta.model_name}").exists()


def test_a_rider_and_a_staff_account_without_duty_see_nothing_of_others(rows, rider):
    idle = User.objects.create(username="idle", is_staff=True)
    for model in scoped_models():
        assert seen(rider, model, rows[model]) == set()
        assert seen(idle, model, rows[model]) == set()


def test_the_superuser_sees_everything(rows):
    root = User.objects.create_superuser("root", "a-long-password-2026")
    for model in scoped_models():
        assert {"mine", "far"} <= seen(root, model, rows[model])


def test_scope_is_bound_to_the_permission_that_gives_it(staff, here, elsewhere):
    """Keeper here and community admin elsewhere: what he may there he may not here."""
    both = staff[Role.STATION_KEEPER]
    Duty.objects.create(user=both, role=Role.COMMUNITY_ADMIN, community=elsewhere.community)
    both = User.objects.get(pk=both.pk)
    assert both.scope_for("station.change_station").communities == {elsewhere.community.pk}
    assert both.scope_for("station.change_station").stations == set()
    assert both.scope_for("station.view_station").stations == {here.station.pk}


@pytest.mark.parametrize("role", [Role.GRID_WORKER, Role.STATION_KEEPER])
def test_a_strange_object_is_not_there(signed_in, staff, here, elsewhere, role):
    browser = signed_in(staff[role])
    assert browser.get(f"/admin/station/station/{here.station.pk}/change/").status_code == 200
    for page in ("change", "delete", "history"):
        response = browser.get(f"/admin/station/station/{elsewhere.station.pk}/{page}/")
        assert response.status_code == 404
        assert elsewhere.station.name not in response.content.decode()
    assert (
        elsewhere.station.name
        not in browser.post("/admin/station/station/", {"q": "河东"}, follow=True).content.decode()
    )
