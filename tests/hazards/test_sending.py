"""Sending a report: once, however often it arrives, and to the right community."""

from decimal import Decimal
from threading import Thread
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from services.hazards.models import Report
from services.hazards.models.reports import DEADLINES, ICONS, USUAL_URGENCY, Category, Urgency
from services.hazards.operations import send_report
from station.lib import notify
from station.lib.geo import Point
from station.lib.photos import clean_photo
from station.models import AuditEvent, Community, Grid, NumberSeries, Station, User
from tests.hazards.conftest import upload


def test_a_report_is_numbered_answered_and_audited(here, rider, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        report, is_new = send_report(
            key=uuid4(), category="manhole", place="建设北路口", photos=[clean_photo(upload())], by=rider
        )
    assert is_new
    assert (report.number, report.state, report.urgency) == ("JSL-S-000001", "reported", "life")
    assert (report.community, report.grid, report.station) == (here.community, None, None)
    assert [event.state for event in report.events.all()] == ["reported"]
    assert AuditEvent.objects.get(action="send report").data == {"category": "manhole", "photos": 1}
    assert [(m.kind, m.to_phone) for m in notify.outbox] == [("report_received", rider.phone)]
    assert "JSL-S-000001" in notify.outbox[0].body
    assert "建设北路" not in notify.outbox[0].body


def test_a_photo_is_stored_under_a_random_name_with_a_thumbnail(here, rider, tmp_path):
    report, _new = send_report(
        key=uuid4(), category="road", place="路口", photos=[clean_photo(upload(size=(800, 600)))], by=rider
    )
    photo = report.photos.get()
    assert (photo.moment, photo.width, photo.height) == ("before", 800, 600)
    assert photo.image.name != photo.thumbnail.name
    assert len(list((tmp_path / "hazards").iterdir())) == 2
    assert "photo" not in photo.image.name


def test_numbers_run_by_community(here, elsewhere, rider):
    numbers = [
        send_report(key=uuid4(), category="road", place="路口", community=place.community, by=rider)[0].number
        for place in (here, elsewhere, here)
    ]
    assert numbers == ["JSL-S-000001", "HD-S-000001", "JSL-S-000002"]


def test_the_station_decides_community_and_grid(here, elsewhere, rider):
    report, _new = send_report(key=uuid4(), category="road", station=elsewhere.station, by=rider)
    assert (report.community, report.grid, report.station) == (elsewhere.community, elsewhere.grid, elsewhere.station)
    assert report.place == "河东驿站附近"


def test_beside_a_station_its_grid_is_told(here, rider):
    report, _new = send_report(
        key=uuid4(), category="road", point=Point(Decimal("27.843"), Decimal("112.923")), by=rider
    )
    assert (report.station, report.grid) == (here.station, here.grid)
    assert report.place == "建设路驿站附近"


def test_further_away_only_the_community_is_known(here, elsewhere, rider):
    Station.objects.filter(pk=elsewhere.station.pk).update(latitude="27.900000")
    report, _new = send_report(
        key=uuid4(), category="road", point=Point(Decimal("27.850"), Decimal("112.923")), by=rider
    )
    assert (report.community, report.grid, report.station) == (here.community, None, None)
    assert report.place == "手机定位 27.850, 112.923"


def test_the_chosen_community_wins_over_the_nearest(here, elsewhere, rider):
    Station.objects.filter(pk=elsewhere.station.pk).update(latitude="27.900000")
    point = Point(Decimal("27.842"), Decimal("112.923"))
    report, _new = send_report(
        key=uuid4(), category="road", place="河边", point=point, community=elsewhere.community, by=rider
    )
    assert (report.community, report.grid) == (elsewhere.community, None)


def test_among_several_communities_somebody_must_say_which(here, elsewhere, rider):
    with pytest.raises(ValidationError, match="选一下社区"):
        send_report(key=uuid4(), category="road", place="路口", by=rider)
    assert not Report.objects.exists()


@pytest.mark.parametrize("who", ["supervisor", "keeper", "team_leader"])
def test_a_read_only_account_sends_nothing(request, here, who):
    with pytest.raises(ValidationError, match="只能看"):
        send_report(key=uuid4(), category="road", place="路口", by=request.getfixturevalue(who))
    assert not Report.objects.exists()


def test_staff_who_handle_reports_may_send_one(here, grid_worker):
    report, _new = send_report(key=uuid4(), category="road", place="路口", by=grid_worker)
    assert report.reporter == grid_worker


def test_the_same_key_of_another_rider_is_another_report(here, make_rider):
    key = uuid4()
    sent = [send_report(key=key, category="road", place="路口", by=make_rider(f"1380000000{n}")) for n in (1, 2)]
    assert [(report.number, is_new) for report, is_new in sent] == [("JSL-S-000001", True), ("JSL-S-000002", True)]


@pytest.mark.django_db(transaction=True)
def test_ten_equal_taps_at_once_make_one_report(here, rider):
    key, answers = uuid4(), []

    def tap():
        try:
            report, is_new = send_report(key=key, category="road", place="路口", by=User.objects.get(pk=rider.pk))
            answers.append((report.number, is_new))
        finally:
            connection.close()

    threads = [Thread(target=tap) for _tap in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [("JSL-S-000001", False)] * 9 + [("JSL-S-000001", True)]
    assert Report.objects.count() == 1
    assert NumberSeries.objects.get(key="JSL-S").last == 1


@pytest.mark.django_db(transaction=True)
def test_many_riders_at_once_get_numbers_without_gaps(here, make_rider):
    riders = [make_rider(f"138000000{n:02d}") for n in range(12)]
    numbers = []

    def send(rider):
        try:
            numbers.append(send_report(key=uuid4(), category="road", place="路口", by=rider)[0].number)
        finally:
            connection.close()

    threads = [Thread(target=send, args=[rider]) for rider in riders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == [f"JSL-S-{n:06d}" for n in range(1, 13)]


def test_every_category_has_its_icon_and_every_urgency_its_deadline():
    assert set(ICONS) == set(Category)
    assert set(DEADLINES) == set(Urgency)
    assert set(USUAL_URGENCY) <= set(Category)


def test_every_icon_is_drawn(settings):
    sprite = (settings.BASE_DIR / "static" / "icons.svg").read_text()
    assert [name for name in ICONS.values() if f'id="i-{name}"' not in sprite] == []


def test_overdue_asks_state_and_deadline(make_report):
    late, done = make_report("dispatched"), make_report("solved")
    make_report("dispatched")
    make_report()
    past = timezone.now() - DEADLINES[Urgency.LIFE]
    Report.objects.filter(pk__in=[late.pk, done.pk]).update(due_at=past)
    assert list(Report.objects.overdue()) == [late]


def test_a_report_without_any_community_is_refused_politely(db, rider):
    assert not Community.objects.exists()
    assert not Grid.objects.exists()
    with pytest.raises(ValidationError):
        send_report(key=uuid4(), category="road", place="路口", by=rider)
