"""Pages that would grow with the nation are cut, and lose nothing a user needs."""

from datetime import date, timedelta

import pytest
from django.contrib.messages import get_messages
from django.utils import timezone

from ledger.admin import filters
from ledger.models import PartyMember, SurveyEntry, SurveyRound
from station.admin import base
from station.models import Community, Grid, Street, User
from station.roles import Role
from tests.ledger.roster_rows import add_enterprise, add_member, add_worker

WORKERS, ENTRIES = "/admin/ledger/worker/", "/admin/ledger/surveyentry/"


@pytest.fixture
def boss(db):
    return User.objects.create(username="boss", is_staff=True, is_superuser=True)


def choices(response, title):
    spec = next(spec for spec in response.context["cl"].filter_specs if spec.title == title)
    return [str(label) for _value, label in spec.lookup_choices]


def numbers(response):
    return [getattr(row, "subject", row).number for row in response.context["cl"].result_list]


def test_a_filter_of_too_many_links_offers_only_what_is_chosen(here, community_admin, signed_in, monkeypatch):
    client = signed_in(community_admin)
    add_worker(here, "JSL-R0001")
    add_worker(here, "JSL-R0002", grid=here.grids[1])
    assert choices(client.get(WORKERS), "网格") == ["第1网格", "第2网格", "未定"]
    monkeypatch.setattr(filters, "MOST_LINKS", 1)
    assert choices(client.get(WORKERS), "网格") == ["未定"]
    chosen = client.get(WORKERS, {"grid": here.grids[1].pk})
    assert (choices(chosen, "网格"), numbers(chosen)) == (["第2网格", "未定"], ["JSL-R0002"])
    assert numbers(client.get(WORKERS, {"grid": "x"})) == ["JSL-R0001", "JSL-R0002"]


def test_a_filter_never_offers_a_grid_of_others(here, elsewhere, grid_worker, signed_in, monkeypatch):
    monkeypatch.setattr(filters, "MOST_LINKS", 0)
    add_worker(here, "JSL-R0001")
    response = signed_in(grid_worker).get(WORKERS, {"grid": elsewhere.grid.pk})
    assert (choices(response, "网格"), numbers(response)) == (["未定"], ["JSL-R0001"])


def test_an_entry_is_given_an_employer_of_its_own_community(here, elsewhere, boss, signed_in):
    mine, _other = add_enterprise(here), add_enterprise(elsewhere, "HD-Q0001")
    stray = add_enterprise(elsewhere, "HD-Q0002")
    worker = add_worker(here, "JSL-R0001")
    fields = signed_in(boss).get(f"{WORKERS}{worker.pk}/change/").context["adminform"].form.fields
    assert list(fields["employer"].queryset) == [mine]
    assert set(fields["grid"].queryset) == set(here.grids)
    worker.employer = stray  # from a time before: it may stay
    worker.save()
    fields = signed_in(boss).get(f"{WORKERS}{worker.pk}/change/").context["adminform"].form.fields
    assert set(fields["employer"].queryset) == {mine, stray}


def test_all_of_too_many_is_not_done_at_once(here, community_admin, signed_in, monkeypatch):
    monkeypatch.setattr(base, "MOST", 2)
    long_ago = timezone.localdate() - timedelta(days=400)
    rows = [add_worker(here, f"JSL-R{n:04d}", phone=f"1390000{n:04d}", last_confirmed_on=long_ago) for n in range(1, 4)]
    everything = {"action": "confirm_chosen", "select_across": "1", "_selected_action": [rows[0].pk]}
    client = signed_in(community_admin)
    response = client.post(WORKERS, everything)
    assert [str(message) for message in get_messages(response.wsgi_request)] == ["一次最多办 2 条，请先筛选。"]
    rows[0].refresh_from_db()
    assert rows[0].last_confirmed_on == long_ago
    client.post(f"{WORKERS}?grid={here.grid.pk}&o=1", everything | {"select_across": "0"})
    rows[0].refresh_from_db()
    assert rows[0].last_confirmed_on == timezone.localdate()


def test_members_and_survey_entries_stay_within_the_scope(here, elsewhere, make_staff, boss):
    for place, prefix in ((here, "JSL"), (elsewhere, "HD")):
        survey = SurveyRound.objects.create(community=place.community, title="摸排", ends_on=date(2099, 1, 1))
        for number, grid in enumerate([*place.grids, None], 1):
            worker = add_worker(place, f"{prefix}-R000{number}", grid=grid, phone=f"1390000000{number}")
            add_member(worker, f"{prefix}-D000{number}")
            SurveyEntry.objects.create(round=survey, worker=worker, grid=grid)

    def seen(user):
        members = PartyMember.objects.visible_to(user, "ledger.view_worker").values_list("number", flat=True)
        entries = SurveyEntry.objects.visible_to(user).values_list("worker__number", flat=True)
        return sorted(members), sorted(entries)

    def of(*found):
        return [number.replace("?", "D") for number in found], [number.replace("?", "R") for number in found]

    admin = make_staff(Role.COMMUNITY_ADMIN, community=here.community)
    walker = make_staff(Role.GRID_WORKER, grid=here.grids[1])
    both = make_staff(Role.COMMUNITY_ADMIN, username="both", community=elsewhere.community)
    both.duties.create(role=Role.GRID_WORKER, grid=here.grid)
    theirs = [f"HD-?000{n}" for n in (1, 2, 3)]
    assert seen(admin) == of("JSL-?0001", "JSL-?0002", "JSL-?0003")
    assert seen(walker) == of("JSL-?0002")
    assert seen(both) == of(*theirs, "JSL-?0001")
    assert seen(boss) == of(*theirs, "JSL-?0001", "JSL-?0002", "JSL-?0003")
    assert seen(make_staff(Role.STATION_KEEPER, station=here.station)) == ([], [])


def test_the_dashboard_shows_the_rounds_that_end_first(here, boss, signed_in):
    street = Street.objects.create(name="长街", district="岳塘区", city="湘潭市", province="湖南省")
    for number in range(13):
        prefix = f"C{'ABCDEFGHIJKLM'[number]}"
        community = Community.objects.create(street=street, name=f"社区{number:02d}", code=f"c{number}", prefix=prefix)
        grid = Grid.objects.create(community=community, number=1)
        survey = SurveyRound.objects.create(
            community=community, title=f"第{number:02d}轮", ends_on=date(2099, 1, 20 - number)
        )
        worker = add_worker(
            type(here)(community=community, grid=grid), f"{community.prefix}-R0001", phone=f"139000000{number:02d}"
        )
        SurveyEntry.objects.create(round=survey, worker=worker, grid=grid)
    body = signed_in(boss).get("/admin/").content.decode()
    assert ("第12轮" in body, "第01轮" in body, "第00轮" in body) == (True, True, False)
    assert "这里是最先到期的 12 轮，进行中的还有更多。" in body
