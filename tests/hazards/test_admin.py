"""The workbench: who sees which reports, who handles them, who never learns the reporter."""

import pytest
from django.urls import reverse

from services.hazards.models import GridMember, Report, ReportEvent
from station.lib.photos import clean_photo
from station.models import AuditEvent, Duty
from station.roles import Role
from tests.hazards.conftest import copy, upload

LIST = "/admin/hazards/report/"


def do(report, name):
    return reverse("admin:hazards_report_do", args=[report.pk, name])


def change(report):
    return reverse("admin:hazards_report_change", args=[report.pk])


def test_each_role_lists_its_own(here, elsewhere, make_report, make_staff, signed_in):
    own, other_grid = make_report(place="第一网格门口"), make_report(place="第二网格门口")
    Report.objects.filter(pk=other_grid.pk).update(grid=here.grids[1], station=None)
    make_report(place="河东门口", station=elsewhere.station)
    expected = {
        Role.COMMUNITY_ADMIN: ({"community": here.community}, {"第一网格门口", "第二网格门口"}),
        Role.GRID_WORKER: ({"grid": here.grid}, {"第一网格门口"}),
        Role.STATION_KEEPER: ({"station": here.station}, {"第一网格门口"}),
        Role.STREET_SUPERVISOR: ({"street": here.street}, {"第一网格门口", "第二网格门口"}),
    }
    for role, (place, seen) in expected.items():
        html = signed_in(make_staff(role, **place)).get(LIST).content.decode()
        assert {p for p in ("第一网格门口", "第二网格门口", "河东门口") if p in html} == seen
        assert ("刘师傅" in html) == (role in (Role.COMMUNITY_ADMIN, Role.GRID_WORKER))
    assert own.number in html


def test_a_team_leader_has_no_list(make_report, signed_in, team_leader):
    assert signed_in(team_leader).get(LIST).status_code == 403


def test_two_duties_do_not_add_up_to_more_than_each(here, make_report, signed_in, keeper):
    Duty.objects.create(user=keeper, role=Role.GRID_WORKER, grid=here.grids[1])
    at_station, in_grid = make_report(), make_report(station=None)
    Report.objects.filter(pk=in_grid.pk).update(grid=here.grids[1])
    browser = signed_in(keeper)
    assert "刘师傅" not in browser.get(LIST).content.decode()
    assert "刘师傅" not in browser.get(change(at_station)).content.decode()
    assert "刘师傅" in browser.get(change(in_grid)).content.decode()
    assert browser.post(do(at_station, "refuse"), {"refusal": "minor"}).status_code == 403


@pytest.mark.parametrize("who", ["community_admin", "grid_worker", "keeper", "supervisor"])
def test_no_page_holds_name_or_phone_of_the_reporter(request, make_report, signed_in, make_rider, who):
    rider = make_rider("13812347788")
    report = make_report(by=rider, photos=[clean_photo(upload())])
    browser = signed_in(request.getfixturevalue(who))
    pages = "".join(browser.get(path).content.decode() for path in (LIST, change(report)))
    assert rider.name not in pages
    assert rider.phone not in pages
    assert rider.phone[-4:] not in pages
    assert ("刘师傅" in pages) == (who in ("community_admin", "grid_worker"))
    assert pages.count("/thumbnail/") == 1
    assert "处理经过" in pages


def test_the_list_costs_the_same_for_one_row_and_thirty(
    make_report, signed_in, community_admin, django_assert_num_queries
):
    browser = signed_in(community_admin)
    report = make_report("dispatched")
    browser.get(LIST)
    with django_assert_num_queries(6):
        browser.get(LIST)
    copy(report, 29)
    with django_assert_num_queries(6):
        browser.get(LIST)


@pytest.mark.parametrize(
    "query", ["overdue=yes", "overdue=today", "state=reported", "grid__id__exact=9", "q=JSL-S-000001", "p=9"]
)
def test_filters_answer(make_report, signed_in, community_admin, query):
    make_report()
    assert signed_in(community_admin).get(f"{LIST}?{query}").status_code in (200, 302)


def test_overdue_is_marked_in_words(make_report, signed_in, community_admin):
    report = make_report("dispatched")
    browser = signed_in(community_admin)
    assert "⚠ 超期" not in browser.get(LIST).content.decode()
    Report.objects.filter(pk=report.pk).update(due_at=report.reported_at)
    assert "⚠ 超期" in browser.get(LIST).content.decode()
    assert report.number in browser.get(f"{LIST}?overdue=yes").content.decode()


def test_a_report_is_handled_by_buttons(make_report, signed_in, community_admin, grid_worker):
    report, browser = make_report(), signed_in(community_admin)
    assert 'value="normal" selected' in browser.get(do(report, "dispatch")).content.decode()
    browser.post(do(report, "dispatch"), {"owner": grid_worker.pk, "urgency": "utility", "text": "小贺马上到"})
    handler = signed_in(grid_worker)
    handler.post(do(report, "solve"), {"text": "填平了", "photo": upload()})
    browser.post(do(report, "close"), {"text": "回访过"})
    report.refresh_from_db()
    assert (report.state, report.owner, report.urgency) == ("closed", grid_worker, "utility")
    assert [event.text for event in report.events.all()] == ["", "小贺马上到", "填平了", "回访过"]
    assert report.photos.get().moment == "after"


def test_only_people_of_the_place_are_offered_as_owners(make_report, make_staff, elsewhere, signed_in, community_admin):
    stranger = make_staff(Role.COMMUNITY_ADMIN, community=elsewhere.community)
    html = signed_in(community_admin).get(do(make_report(), "dispatch")).content.decode()
    assert f'<option value="{community_admin.pk}">' in html
    assert f'<option value="{stranger.pk}">' not in html


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({}, "必填"),
        ({"refusal": ""}, "必填"),
        ({"refusal": "nonsense"}, "nonsense"),
        ({"refusal": "other"}, "写清原因"),
        ({"refusal": "duplicate"}, "正在处理的那一条"),
        ({"refusal": "duplicate", "duplicate_of": "JSL-S-999999"}, "没有这个编号"),
        ({"refusal": "duplicate", "duplicate_of": "\0"}, "字符"),
        ({"refusal": "minor", "text": "长" * 301}, "300"),
    ],
)
def test_a_refusal_without_good_reason_is_refused(make_report, signed_in, community_admin, answers, says):
    report = make_report()
    page = signed_in(community_admin).post(do(report, "refuse"), answers)
    assert page.status_code == 422
    assert says in page.content.decode()
    assert Report.objects.get().state == "reported"


def test_a_duplicate_elsewhere_cannot_be_named(make_report, elsewhere, signed_in, community_admin):
    there = make_report(station=elsewhere.station)
    page = signed_in(community_admin).post(
        do(make_report(), "refuse"), {"refusal": "duplicate", "duplicate_of": there.number}
    )
    assert "没有这个编号" in page.content.decode()


def test_a_wrong_after_photo_keeps_the_words(make_report, signed_in, community_admin, settings):
    report = make_report("dispatched")
    page = signed_in(community_admin).post(do(report, "solve"), {"text": "填平了", "photo": upload("GIF")})
    assert page.status_code == 422
    assert "填平了" in page.content.decode()
    assert "不是能用的照片" in page.content.decode()


@pytest.mark.parametrize("who", ["supervisor", "keeper"])
def test_whoever_only_looks_changes_nothing(request, make_report, signed_in, who):
    reports = [make_report(state) for state in Report.State.values]
    before = (list(Report.objects.values()), ReportEvent.objects.count(), AuditEvent.objects.count())
    browser = signed_in(request.getfixturevalue(who))
    for report in reports:
        for path in (change(report), *(do(report, name) for name in ("dispatch", "solve", "refuse", "close"))):
            assert browser.post(path, {"text": "x", "category": "other", "refusal": "minor"}).status_code == 403
        for name in ("report-withdraw", "report-fixed", "report-not-fixed"):
            assert browser.post(reverse(name, args=[report.number])).status_code == 404
    browser.post(LIST, {"action": "delete_selected", "_selected_action": [r.pk for r in reports], "post": "yes"})
    browser.post("/admin/hazards/report/add/", {"category": "road"})
    assert (list(Report.objects.values()), ReportEvent.objects.count(), AuditEvent.objects.count()) == before


def test_outside_his_grid_a_grid_worker_finds_nothing_even_his_own(here, make_report, grid_worker, signed_in):
    own = make_report(by=grid_worker)
    Report.objects.update(grid=here.grids[1])
    browser = signed_in(grid_worker)
    assert browser.get(own.get_absolute_url()).status_code == 200
    assert browser.get(change(own)).status_code == 404
    assert browser.post(do(own, "refuse"), {"refusal": "minor"}).status_code == 404
    assert Report.objects.get().state == "reported"


def test_sorting_changes_category_and_grid_only(here, make_report, signed_in, community_admin):
    report = make_report()
    signed_in(community_admin).post(
        change(report), {"category": "light", "grid": here.grids[1].pk, "place": "别处", "state": "closed"}
    )
    report.refresh_from_db()
    assert (report.category, report.grid, report.place, report.state) == (
        "light",
        here.grids[1],
        "晓塘路15号门口",
        "reported",
    )
    assert AuditEvent.objects.get(action="sort report").data == {"fields": ["category", "grid"]}


def test_a_grid_elsewhere_is_not_offered(elsewhere, make_report, signed_in, community_admin):
    report = make_report()
    page = signed_in(community_admin).post(change(report), {"category": "light", "grid": elsewhere.grid.pk})
    assert page.status_code == 422
    assert Report.objects.get().category == "road"


def test_nobody_deletes_a_report(make_report, signed_in, community_admin):
    report = make_report()
    assert signed_in(community_admin).post(f"{LIST}{report.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Report.objects.count() == 1


# --- grid members -----------------------------------------------------------------------------------------------------
ADD = "/admin/hazards/gridmember/add/"


def test_a_grid_member_is_named_by_phone_and_shown_by_surname(here, rider, signed_in, community_admin):
    browser = signed_in(community_admin)
    answer = browser.post(ADD, {"phone": "+86 138 0000 0001", "grid": here.grid.pk, "since": "2026-08-16"}, follow=True)
    assert GridMember.objects.get().user == rider
    html = answer.content.decode()
    assert "刘师傅" in html
    assert rider.phone not in html
    assert rider.name not in html


@pytest.mark.parametrize(
    ("phone", "says"),
    [("13811112222", "还没登录过"), ("12", "11 位"), ("", "必填"), ("\0", "字符"), ("1" * 400, "20")],
)
def test_a_phone_that_is_nobodys_is_refused(here, signed_in, community_admin, phone, says):
    page = signed_in(community_admin).post(ADD, {"phone": phone, "grid": here.grid.pk, "since": "2026-08-16"})
    assert page.status_code == 422
    assert says in page.content.decode()
    assert not GridMember.objects.exists()


def test_nobody_becomes_member_of_one_grid_twice(here, rider, signed_in, community_admin):
    GridMember.objects.create(user=rider, grid=here.grid)
    page = signed_in(community_admin).post(ADD, {"phone": rider.phone, "grid": here.grid.pk, "since": "2026-08-16"})
    assert page.status_code == 422
    assert "已经是这个网格的成员" in page.content.decode()


def test_a_grid_elsewhere_takes_no_member_from_here(elsewhere, rider, signed_in, community_admin):
    page = signed_in(community_admin).post(
        ADD, {"phone": rider.phone, "grid": elsewhere.grid.pk, "since": "2026-08-16"}
    )
    assert page.status_code == 422
    assert not GridMember.objects.exists()
