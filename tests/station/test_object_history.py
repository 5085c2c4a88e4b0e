"""The history page of a row says what was done to it, also by buttons and phones, to who may read the audit trail."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from station.models import AuditEvent, DoorReport, LateOpening, Station, User, Voice
from station.operations import stations
from station.roles import Role


@pytest.fixture
def suspended(here, elsewhere, community_admin):
    other = User.objects.create(username="hedong", name="何东", is_staff=True, is_superuser=True)
    stations.suspend_station(elsewhere.station, by=other, reason="河东修水管")
    stations.suspend_station(here.station, by=community_admin, reason="停电检修")
    return here.station


def history(browser, station):
    return browser.get(f"/admin/station/station/{station.pk}/history/")


def test_a_button_is_in_the_history(signed_in, community_admin, suspended, elsewhere):
    text = history(signed_in(community_admin), suspended).text
    at = timezone.localtime(AuditEvent.objects.get(community=suspended.community).at)
    assert f"{at:%Y-%m-%d %H:%M}" in text
    assert ("周敏" in text, "暂停开放" in text, "停电检修" in text) == (True, True, True)
    assert ("没有修改历史" in text, "河东修水管" in text, "何东" in text) == (False, False, False)
    assert history(signed_in(community_admin), elsewhere.station).status_code == 404


def test_a_form_is_in_the_history_with_its_fields(signed_in, community_admin, here):
    page = f"/admin/station/station/{here.station.pk}/change/"
    browser = signed_in(community_admin)
    assert "还没有人改过。" in history(browser, here.station).text
    form = browser.get(page).context["adminform"].form
    data = {name: form[name].value() for name in form.fields if form[name].value() is not None} | {"seats": 9}
    for prefix in ("photos", "weekly_hours", "special_days", "amenities"):
        data |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    assert browser.post(page, data).status_code == 302
    assert Station.objects.get(pk=here.station.pk).seats == 9
    text = history(browser, here.station).text
    assert ("修改驿站" in text, "字段：座位" in text, "在表单里改过哪几栏" in text) == (True, True, True)


def test_who_may_not_read_the_audit_trail_reads_no_names(signed_in, make_staff, grid_worker, here, suspended):
    supervisor = make_staff(Role.STREET_SUPERVISOR, street=here.street)
    for user in (supervisor, grid_worker):
        text = history(signed_in(user), suspended).text
        assert "谁改过什么，社区管理员看得到。" in text
        assert ("停电检修" in text, "没有修改历史" in text) == (False, False)


def test_what_a_row_is_called_is_said_in_chinas_time(here):
    """Rows are called by their moment in headings and breadcrumbs; the database keeps the moment in UTC."""
    half_past_seven = datetime(2026, 11, 23, 7, 30, tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)
    late = LateOpening(station=here.station, posted_at=half_past_seven)
    said = DoorReport(station=here.station, said=DoorReport.Said.OPEN, at=half_past_seven)
    voice = Voice(kind=Voice.Kind.WISH, said_at=half_past_seven)
    assert (str(late), str(said)[-5:], str(voice)[-10:]) == ("2026-11-23 07:30", "07:30", "2026-11-23")
