"""Following a report: its reporter and the staff concerned, nobody else; its photos are inert."""

import pytest
from django.urls import reverse

from services.hazards.models import Report
from services.hazards.operations import refuse_report
from station.lib.photos import clean_photo
from station.roles import Role
from tests.hazards.conftest import State, upload


@pytest.mark.parametrize("state", State)
def test_every_state_is_said_in_words(make_report, signed_in, rider, state):
    report = make_report(state)
    html = signed_in(rider).get(report.get_absolute_url()).content.decode()
    assert report.get_state_display() in html
    assert html.count('aria-current="step"') == 1
    offered = {name for name in ("withdraw", "fixed", "not-fixed") if f"/{name}/" in html}
    assert offered == {"reported": {"withdraw"}, "solved": {"fixed", "not-fixed"}}.get(state, set())


def test_owner_and_deadline_are_told_by_surname(make_report, signed_in, rider):
    html = signed_in(rider).get(make_report("dispatched").get_absolute_url()).content.decode()
    assert "周师傅" in html
    assert "周敏" not in html
    assert "最晚" in html


def test_a_refusal_is_explained(make_report, signed_in, rider, community_admin):
    first, second = make_report("dispatched"), make_report()
    refuse_report(second, refusal="duplicate", duplicate_of=first, text="同一个坑", by=community_admin)
    html = signed_in(rider).get(second.get_absolute_url()).content.decode()
    assert "已有人上报，正在处理" in html
    assert f"{first.number}），现在“处理中”" in html
    assert "同一个坑" in html


def test_before_and_after_stand_apart(make_report, signed_in, rider, community_admin):
    report = make_report("dispatched", photos=[clean_photo(upload()), clean_photo(upload())])
    html = signed_in(rider).get(report.get_absolute_url()).content.decode()
    assert html.count("上报时的照片") == 2
    assert "处理后的照片" not in html


def test_the_reporter_ends_it_or_sends_them_again(make_report, signed_in, rider):
    browser, report = signed_in(rider), make_report("solved")
    browser.post(reverse("report-not-fixed", args=[report.number]), {"text": "还在漏水"})
    report.refresh_from_db()
    assert (report.state, report.events.last().text) == ("dispatched", "还在漏水")
    refused = browser.post(reverse("report-fixed", args=[report.number]), follow=True)
    assert "不能这样改" in refused.content.decode()
    closed = make_report("solved")
    browser.post(reverse("report-fixed", args=[closed.number]))
    withdrawn = make_report()
    browser.post(reverse("report-withdraw", args=[withdrawn.number]))
    states = Report.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["dispatched", "closed", "withdrawn"]


@pytest.mark.parametrize("text", ["漏" * 301, "漏\0"])
def test_an_unusable_complaint_is_refused_and_kept(make_report, signed_in, rider, text):
    report = make_report("solved")
    page = signed_in(rider).post(reverse("report-not-fixed", args=[report.number]), {"text": text})
    assert page.status_code == 422
    assert "漏" in page.content.decode()
    report.refresh_from_db()
    assert report.state == "solved"


def test_another_riders_report_is_not_there(make_report, signed_in, make_rider):
    report = make_report("solved", photos=[clean_photo(upload())])
    browser = signed_in(make_rider("13800000009"))
    photo = report.photos.get()
    assert browser.get(report.get_absolute_url()).status_code == 404
    assert browser.get(reverse("report-photo", args=[photo.pk, "image"])).status_code == 404
    for name in ("report-fixed", "report-not-fixed", "report-withdraw"):
        assert browser.post(reverse(name, args=[report.number])).status_code == 404
    report.refresh_from_db()
    assert report.state == "solved"


def test_staff_see_what_their_duties_reach(here, elsewhere, make_report, make_staff, signed_in):
    report = make_report()
    sees = {
        (Role.COMMUNITY_ADMIN, 200): {"community": here.community},
        (Role.COMMUNITY_ADMIN, 404): {"community": elsewhere.community},
        (Role.GRID_WORKER, 200): {"grid": here.grid},
        (Role.GRID_WORKER, 404): {"grid": here.grids[1]},
        (Role.STATION_KEEPER, 200): {"station": here.station},
        (Role.STATION_KEEPER, 404): {"station": elsewhere.station},
        (Role.STREET_SUPERVISOR, 200): {"street": here.street},
        (Role.STREET_SUPERVISOR, 404): {"street": elsewhere.street},
        (Role.TEAM_LEADER, 404): {"community": here.community},
    }
    for (role, status), place in sees.items():
        page = signed_in(make_staff(role, **place)).get(report.get_absolute_url())
        assert (role, page.status_code) == (role, status)
        assert "刘" not in page.content.decode()


def test_nobody_signed_in_is_sent_to_sign_in(make_report, client):
    report = make_report(photos=[clean_photo(upload())])
    for path in (report.get_absolute_url(), reverse("report-photo", args=[report.photos.get().pk, "image"])):
        answer = client.get(path)
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("sign-in"))


@pytest.mark.parametrize("size", ["image", "thumbnail"])
def test_a_photo_is_served_as_an_inert_jpeg(make_report, signed_in, rider, size):
    report = make_report(photos=[clean_photo(upload())])
    answer = signed_in(rider).get(reverse("report-photo", args=[report.photos.get().pk, size]))
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content)[:3] == b"\xff\xd8\xff"
    assert {
        name: answer[name]
        for name in ("Content-Type", "X-Content-Type-Options", "Content-Security-Policy", "Cache-Control")
    } == {
        "Content-Type": "image/jpeg",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store",
    }


def test_a_lost_file_is_a_missing_page(make_report, signed_in, rider):
    photo = make_report(photos=[clean_photo(upload())]).photos.get()
    photo.image.storage.delete(photo.image.name)
    assert signed_in(rider).get(reverse("report-photo", args=[photo.pk, "image"])).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/report/JSL-S-999999/",
        "/report/jsl-s-000001/",
        f"/report/JSL-S-{'9' * 400}/",
        "/report/photo/0/image/",
        f"/report/photo/{'9' * 400}/image/",
        "/report/photo/1/original/",
        "/report/%F0%A0%AE%B7/",
    ],
)
def test_a_wrong_address_is_a_missing_page(make_report, signed_in, rider, path):
    make_report()
    assert signed_in(rider).get(path).status_code == 404


def test_the_page_costs_the_same_however_long_the_story(make_report, signed_in, rider, django_assert_num_queries):
    short, long = make_report(), make_report("closed", photos=[clean_photo(upload()) for _n in range(3)])
    browser = signed_in(rider)
    for report in (short, long):
        browser.get(report.get_absolute_url())
        with django_assert_num_queries(6):  # session, user, duties, report, events, photos
            browser.get(report.get_absolute_url())
