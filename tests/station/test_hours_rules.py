"""Hours that contradict one another are refused; the calendar is filled and never overwrites what staff wrote."""

from datetime import date, time
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.utils import timezone

from station.lib.hours import overlapping, status
from station.lib.hours_text import describe
from station.models import AuditEvent, Duty, PublicHoliday, SpecialDay, Station, WeeklyHours
from station.operations.calendar import fill_holidays
from station.operations.stations import add_special_day
from station.schedules import schedules_of


def entry(weekday, opens, closes):
    return weekday, time.fromisoformat(opens), time.fromisoformat(closes)


@pytest.mark.parametrize(
    ("week", "pair"),
    [
        ([entry(0, "08:30", "12:00"), entry(0, "14:30", "18:00")], None),
        ([entry(0, "08:30", "12:00"), entry(0, "12:00", "18:00")], None),  # they touch
        ([entry(0, "08:30", "12:00"), entry(0, "11:59", "18:00")], (0, 1)),
        ([entry(0, "14:30", "18:00"), entry(1, "08:30", "12:00"), entry(0, "08:30", "15:00")], (0, 2)),
        ([entry(0, "20:00", "02:00"), entry(1, "01:00", "09:00")], (0, 1)),
        ([entry(0, "20:00", "02:00"), entry(1, "02:00", "09:00")], None),
        ([entry(0, "00:30", "09:00"), entry(6, "20:00", "01:00")], (0, 1)),  # Sunday night into Monday
        ([entry(2, "00:00", "00:00"), entry(2, "08:00", "09:00")], (0, 1)),
        ([entry(day, "00:00", "00:00") for day in range(7)], None),
        ([entry(day, "23:00", "22:59") for day in range(7)], None),  # people's way to say 24 hours
    ],
)
def test_two_entries_of_a_week_overlap_or_not(week, pair):
    assert overlapping(week) == pair


def hours_form(station, rows, special=()):
    """What the station's page in the admin sends."""
    form = {
        "name": station.name,
        "kind": station.kind,
        "community": station.community_id,
        "grid": station.grid_id or "",
        "address": station.address,
        "latitude": station.latitude,
        "longitude": station.longitude,
        "seats": 0,
        "area_m2": 0,
        "follows_holidays": "on",
        "amenities-TOTAL_FORMS": 0,
        "amenities-INITIAL_FORMS": 0,
        "photos-TOTAL_FORMS": 0,
        "photos-INITIAL_FORMS": 0,
    }
    stored = list(station.weekly_hours.all())
    form |= {"weekly_hours-TOTAL_FORMS": len(rows), "weekly_hours-INITIAL_FORMS": len(stored)}
    for number, (weekday, opens, closes) in enumerate(rows):
        names = {"weekday": weekday, "opens": opens, "closes": closes, "station": station.pk}
        names["id"] = stored[number].pk if number < len(stored) else ""
        form |= {f"weekly_hours-{number}-{name}": value for name, value in names.items()}
    form |= {"special_days-TOTAL_FORMS": len(special), "special_days-INITIAL_FORMS": 0}
    for number, (day, opens, closes, reason) in enumerate(special):
        names = {"date": day, "opens": opens, "closes": closes, "reason": reason, "station": station.pk}
        form |= {f"special_days-{number}-{name}": value for name, value in names.items()}
    return form


def save_hours(client, station, *rows, **more):
    return client.post(f"/admin/station/station/{station.pk}/change/", hours_form(station, rows, **more))


def stored_hours(station):
    rows = station.weekly_hours.order_by("weekday", "opens").values_list("weekday", "opens", "closes")
    return [f"{weekday} {opens:%H:%M}-{closes:%H:%M}" for weekday, opens, closes in rows]


def test_the_admin_refuses_overlapping_hours_and_loses_nothing(here, community_admin, signed_in):
    here.station.weekly_hours.all().delete()
    client = signed_in(community_admin)
    refused = save_hours(client, here.station, (0, "08:30", "12:00"), (0, "11:30", "18:00"))
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "两段时间重叠了：周一 08:30–12:00 和 周一 11:30–18:00。" in page
    assert 'value="11:30"' in page
    assert not WeeklyHours.objects.exists()
    assert save_hours(client, here.station, (0, "08:30", "12:00"), (0, "14:30", "18:00")).status_code == 302
    assert stored_hours(here.station) == ["0 08:30-12:00", "0 14:30-18:00"]
    # Both rows move at once: judged as they will stand, not one after the other.
    assert save_hours(client, here.station, (0, "08:30", "15:00"), (0, "15:00", "18:00")).status_code == 302
    assert stored_hours(here.station) == ["0 08:30-15:00", "0 15:00-18:00"]


def test_the_admin_refuses_a_date_that_is_closed_and_open(here, community_admin, signed_in):
    here.station.weekly_hours.all().delete()
    client, day = signed_in(community_admin), "2030-05-01"
    special = [(day, "", "", "电路检修"), (day, "09:00", "12:00", "半天")]
    refused = save_hours(client, here.station, special=special)
    assert refused.status_code == 422
    assert f"{day} 既写了不开放，又写了时间，留一样就好。" in refused.content.decode()
    refused = save_hours(client, here.station, special=[(day, "", "", "")])
    assert refused.status_code == 422  # a special day without a reason
    special = [(day, "09:00", "12:00", "半天"), (day, "11:00", "13:00", "加开")]
    assert "的两段时间重叠了" in save_hours(client, here.station, special=special).content.decode()
    assert not SpecialDay.objects.exists()


def test_the_keepers_button_follows_the_same_rule(here, keeper):
    day = timezone.localdate() + timezone.timedelta(days=3)
    add_special_day(here.station, by=keeper, date=day, reason="半天", opens=time(9), closes=time(12))
    for hours in ({}, {"opens": time(11), "closes": time(14)}):
        with pytest.raises(ValidationError) as refused:
            add_special_day(here.station, by=keeper, date=day, reason="再来", **hours)
        assert refused.value.code in {"contradiction", "overlap"}
    add_special_day(here.station, by=keeper, date=day, reason="下午", opens=time(14), closes=time(18))
    assert here.station.special_days.count() == 2


def said(station, moment):
    return describe(status(schedules_of([station], moment)[station.pk], moment), moment)


def test_a_makeup_day_keeps_the_hours_of_the_weekday_in_the_table(here, clock):
    """Saturday 10 October 2026 stands in for a Wednesday; staff may say otherwise."""
    here.station.weekly_hours.all().delete()
    for weekday, opens in ((0, time(8)), (2, time(10)), (3, time(11))):
        WeeklyHours.objects.create(station=here.station, weekday=weekday, opens=opens, closes=time(18))
    assert fill_holidays(2026, by=None) > 30
    moment = clock(2026, 10, 10, 7, 0)
    assert said(here.station, moment) == "休息中 · 10:00 开"
    PublicHoliday.objects.filter(date=date(2026, 10, 10)).update(as_weekday=3)
    assert said(here.station, moment) == "休息中 · 11:00 开"
    PublicHoliday.objects.filter(date=date(2026, 10, 10)).update(as_weekday=None)
    assert said(here.station, moment) == "休息中 · 8:00 开"


# --- filling the calendar
def test_filling_adds_what_is_missing_and_keeps_what_staff_wrote(db, community_admin):
    PublicHoliday.objects.create(date=date(2026, 10, 1), kind="holiday", name="国庆（社区改）")
    added = fill_holidays(2026, by=community_admin)
    assert PublicHoliday.objects.filter(date__year=2026).count() == added + 1
    assert PublicHoliday.objects.get(date=date(2026, 10, 1)).name == "国庆（社区改）"
    assert fill_holidays(2026, by=community_admin) == 0
    event = AuditEvent.objects.get()
    assert (event.action, event.actor, event.data) == ("fill holidays", community_admin, {"year": 2026, "days": added})


def test_the_command_fills_what_is_needed_by_now(db, clock):
    clock(2026, 3, 1, 9, 0)
    out, err = StringIO(), StringIO()
    call_command("fill_holidays", stdout=out, stderr=err)
    assert out.getvalue() == f"2026: {PublicHoliday.objects.count()} days added\n"
    call_command("fill_holidays", stdout=(again := StringIO()), stderr=err)
    assert again.getvalue() == "nothing missing\n"
    clock(2049, 11, 1, 9, 0)
    call_command("fill_holidays", stdout=StringIO(), stderr=err)
    assert [line[:4] for line in err.getvalue().splitlines()] == ["2049", "2050"]
    with pytest.raises(CommandError):
        call_command("fill_holidays", "--year", "1990")


def test_the_list_of_holidays_offers_to_fill_the_missing_year(here, community_admin, keeper, signed_in, clock):
    Duty.objects.update(starts_on="2026-01-01")
    clock(2026, 3, 1, 9, 0)
    client = signed_in(community_admin)
    address = "/admin/station/publicholiday/"
    assert "从内置日历补 2026 年" in client.get(address).content.decode()
    assert client.get(f"{address}fill/").status_code == 405
    assert signed_in(keeper).post(f"{address}fill/").status_code == 403
    assert not PublicHoliday.objects.exists()
    page = client.post(f"{address}fill/", follow=True).content.decode()
    assert f"2026 年补了 {PublicHoliday.objects.count()} 天。" in page
    assert "从内置日历补" not in page


def test_list_filter_and_page_never_disagree(here, add_station, clock, client):
    """Nine stations of every kind, every half hour of two days: the filter is the list's own word, and the page's."""
    add_station("split", hours=[((8, 30), (12,)), ((14, 30), (18,))])
    add_station("night", hours=[((20,), (2,))])
    add_station("allday", hours=[((0,), (0,))])
    add_station("typed", hours=[((23,), (22, 59))])
    add_station("blank")
    weekend = add_station("weekend")
    for weekday in (5, 6):
        WeeklyHours.objects.create(station=weekend, weekday=weekday, opens=time(9), closes=time(17))
    Station.objects.filter(code="night").update(state="suspended", state_reason="装修", suspended_until="2026-03-07")
    for day in (7, 8):
        for half in range(0, 48, 5):
            clock(2026, 3, day, half // 2, half % 2 * 30)
            shown = {one.station.code: one for one in client.get("/stations/").context["stations"]}
            filtered = {one.station.code for one in client.get("/stations/?open=1").context["stations"]}
            assert filtered == {code for code, one in shown.items() if one.status.open}
            for code, one in shown.items():
                page = client.get(f"/stations/{code}/").context["listed"]
                assert (page.status, page.text) == (one.status, one.text)
