"""One station's page, its QR code, and codes that lead nowhere."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from services.bookings.models import Service, Session
from services.volunteering.models import Shift, SignUp, Team
from station.lib.qr import qr_svg
from station.models import (
    Amenity,
    AmenityKind,
    Notice,
    Partner,
    PublicHoliday,
    SpecialDay,
    Station,
    StationPhoto,
)


def read(client, code="lanyuan"):
    page = client.get(f"/stations/{code}/")
    assert page.status_code == 200
    return page.content.decode()


def test_it_says_what_a_rider_needs(client, here, kinds, clock):
    now = clock(2026, 11, 24, 10)
    Station.objects.update(way_in="银行大厅左手边", phone="0731-00000000", seats=16, area_m2=60)
    here.station.partners.add(Partner.objects.create(name="建设银行岚园支行", kind=Partner.Kind.BANK))
    Amenity.objects.create(station=here.station, kind=kinds["water"], checked_at=now.replace(hour=8))
    Amenity.objects.create(station=here.station, kind=kinds["microwave"], state="broken", note="明天来修")
    page = read(client)
    for said in (
        "<h1>建设路驿站</h1>",
        "开放中 · 到 18:00",
        "银行大厅左手边",
        'href="tel:0731-00000000"',
        "2 小时前查看过",
        "还没查看过",
        "在修",
        "微波炉：明天来修",
        "16 个座位 · 60 平方米",
        "建设银行岚园支行",
        "8:30–18:00",
        'href="/s/lanyuan/"',
        'href="geo:27.842100,112.923400?q=27.842100,112.923400(%E5%BB%BA%E8%AE%BE%E8%B7%AF%E9%A9%BF%E7%AB%99)"',
    ):
        assert said in page
    assert page.count("uri.amap.com") == page.count("api.map.baidu.com") == page.count("apis.map.qq.com") == 1


def test_a_holiday_is_said_with_its_name(client, here, clock):
    clock(2026, 10, 1, 10)
    PublicHoliday.objects.create(date=date(2026, 10, 1), kind=PublicHoliday.Kind.HOLIDAY, name="国庆节")
    page = read(client)
    assert "今天休息（国庆节） · 明天 8:30 开".replace("） ·", "）·") in page.replace("） ·", "）·")
    assert "休息（国庆节）</td>" in page


def test_a_suspended_station_says_why_and_until_when(client, here, clock):
    clock(2026, 11, 24, 10)
    Station.objects.update(state="suspended", state_reason="装修", suspended_until=date(2026, 11, 25))
    assert "暂停开放：装修 · 周四 8:30 开" in read(client)


def test_a_station_closed_for_good_sends_to_others(client, here, kinds):
    Amenity.objects.create(station=here.station, kind=kinds["water"])
    Station.objects.update(state="closed", state_reason="搬走了")
    page = read(client)
    assert "已停用" in page
    assert "找别的驿站" in page
    assert "饮水机" not in page


def test_only_notices_of_this_station_or_its_whole_community(client, here, elsewhere, add_station, clock):
    now = clock(2026, 11, 24, 10)
    other = add_station("other")
    for title, community, station in [
        ("全社区的", here.community, None),
        ("这个站的", here.community, here.station),
        ("别的站的", here.community, other),
        ("河东的", elsewhere.community, None),
    ]:
        Notice.objects.create(title=title, community=community, station=station, body="正文", published_at=now)
    page = read(client)
    assert [title in page for title in ("全社区的", "这个站的", "别的站的", "河东的")] == [True, True, False, False]


def test_a_code_typed_in_capitals_is_the_same_station(client, here):
    assert "<h1>建设路驿站</h1>" in read(client, "LANYUAN")


@pytest.mark.parametrize("path", ["/stations/{}/", "/s/{}/", "/s/{}/thanks/", "/stations/{}/qr.svg"])
def test_an_unknown_code_gets_a_page_that_helps(client, here, elsewhere, path):
    page = client.get(path.format("lanyaun"))
    assert page.status_code == 404
    text = page.content.decode()
    assert "没找到这个驿站" in text
    assert 'href="/stations/lanyuan/"' in text
    assert 'href="/stations/hedong/"' not in text
    assert 'href="/stations/"' in text


@pytest.mark.parametrize("code", ["x" * 3000, "%E9%A9%BF", "a%2Fb", "-", "_", "%00", "lan%00yuan"])
def test_no_code_at_all_is_not_found(client, here, code):
    assert client.get(f"/stations/{code}/").status_code == 404
    assert client.get(f"/s/{code}/").status_code == 404


def test_the_qr_code_opens_the_door_page_of_the_public_address(client, here, settings):
    settings.PUBLIC_URL = "https://yizhan.example"
    answer = client.get(reverse("station-qr", args=["lanyuan"]))
    assert answer["Content-Type"] == "image/svg+xml"
    assert answer.content.decode() == qr_svg("https://yizhan.example/s/lanyuan/", title="建设路驿站门口的二维码")


@pytest.mark.parametrize("number", [1, 30])
def test_six_queries_upper_apps_included(client, here, kinds, rider, clock, django_assert_num_queries, number):
    now = clock(2026, 11, 24, 10)
    team = Team.objects.create(community=here.community, name="法律援助队", field=Team.Field.LEGAL_AID)
    for kind in list(kinds.values())[:number]:
        Amenity.objects.create(station=here.station, kind=kind)
    for row in range(number):
        StationPhoto.objects.create(
            station=here.station, image=f"stations/{row:032x}.jpg", width=900, height=600, caption=f"照片{row}"
        )
        Notice.objects.create(title=f"公告{row}", community=here.community, body="正文", published_at=now)
        here.station.partners.add(Partner.objects.create(name=f"单位{row}", kind=Partner.Kind.CHARITY))
        service = Service.objects.create(slug=f"s{row}", name=f"服务{row}", category="advice", summary="咨询")
        service.stations.add(here.station)
        times = {"starts_at": now + timedelta(hours=row + 1), "ends_at": now + timedelta(hours=row + 2)}
        Session.objects.create(service=service, station=here.station, places=5, **times)
        shift = Shift.objects.create(team=team, station=here.station, title="值班", **times)
        SignUp.objects.create(shift=shift, user=rider)
    with django_assert_num_queries(6):
        page = client.get("/stations/lanyuan/").content.decode()
    assert [said in page for said in ("照片0", "公告0", "单位0", "服务0", "值班")] == [True] * 5


def test_notices_in_their_order_and_no_more_than_three(client, here, elsewhere, clock):
    now = clock(2026, 11, 24, 10)
    for title, hours_ago, more in [
        ("最旧的", 9, {}),
        ("旧的", 3, {}),
        ("新的", 1, {}),
        ("置顶的", 50, {"pinned": True}),
        ("还没发的", -1, {}),
        ("过期的", 2, {"expires_at": now}),
        ("信", 1, {"kind": Notice.Kind.LETTER}),
    ]:
        at = now - timedelta(hours=hours_ago)
        Notice.objects.create(title=title, community=here.community, body="正文", published_at=at, **more)
    titles = re.findall(r'list-title">([^<]+)</span><span class="list-meta">2026', read(client))
    assert titles == ["置顶的", "新的", "旧的"]


def test_who_is_on_duty_now_stands_first(client, here, rider, clock):
    now = clock(2026, 11, 24, 10)
    team = Team.objects.create(community=here.community, name="法律援助队", field=Team.Field.LEGAL_AID)
    for title, start in (("下午", 4), ("现在", -1)):
        times = {"starts_at": now + timedelta(hours=start), "ends_at": now + timedelta(hours=start + 2)}
        shift = Shift.objects.create(team=team, station=here.station, title=title, **times)
        SignUp.objects.create(shift=shift, user=rider)
    page = read(client)
    section = page[page.index("现在谁在值班") :]
    assert section.index("值班中") < section.index("下午")
    assert "刘师傅" in section
    assert "刘洋" not in page


def test_the_exceptions_of_the_next_fortnight_in_words(client, here, elsewhere, clock):
    clock(2026, 11, 26, 10)
    SpecialDay.objects.create(station=here.station, date=date(2026, 12, 1), reason="电路检修")
    SpecialDay.objects.create(station=elsewhere.station, date=date(2026, 12, 2), reason="河东盘点")
    page = read(client)
    assert "12月1日 周二</span>" in page
    assert "不开放（电路检修）" in page
    assert "河东盘点" not in page


def test_an_accessible_way_in_is_said_or_said_to_be_unknown(client, here, kinds, clock):
    clock(2026, 11, 24, 10)
    assert "没有登记，行动不便请先打电话问一声" in read(client)
    kind = AmenityKind.objects.create(code="accessible", name="无障碍通道", icon="accessible")
    Amenity.objects.create(station=here.station, kind=kind, state="broken", note="门铃在右")
    assert "无障碍通道 · 在修，门铃在右" in read(client)
