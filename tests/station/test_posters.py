"""The door poster: one sheet, the code of the door, all there is to say."""

import io
from dataclasses import replace
from datetime import time

import pytest
import segno
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from pypdf import PdfReader

from station.lib.icons import outline
from station.lib.paper import Sheets
from station.lib.pdf import POINTS_PER_MM
from station.models import Amenity, Station, WeeklyHours
from station.posters import QR_QUIET, QR_SIZE, posters_of, write_posters


@pytest.fixture
def poster(here, kinds, settings):
    """The poster of a station with two intervals a day."""
    settings.PUBLIC_URL = "https://yizhan.example"
    Station.objects.update(way_in="银行大厅左手边，推门就进", phone="0731-1")
    here.community.phone = "0731-2"
    here.community.save()
    WeeklyHours.objects.all().delete()
    for day in range(6):
        WeeklyHours.objects.create(station=here.station, weekday=day, opens=time(8, 30), closes=time(12))
        WeeklyHours.objects.create(station=here.station, weekday=day, opens=time(14, 30), closes=time(18))
    for kind in kinds.values():
        Amenity.objects.create(station=here.station, kind=kind)
    [poster] = posters_of(Station.objects.filter(pk=here.station.pk))
    return poster


def pages(*posters, **options):
    file = io.BytesIO()
    write_posters(posters, file, **options)
    return PdfReader(file).pages


def text_of(page):
    # pypdf reads the two bytes of each character's code one by one; the NULs between are its own.
    return page.extract_text().replace("\0", "").replace("\n", "")


def drawn_codes(monkeypatch):
    """Every code that is drawn: what it says, how large, how much of it may be lost."""
    drawn = []
    draw = Sheets.qr

    def watched(sheets, x, y, text, size, *, error="m"):
        drawn.append((text, size, error))
        draw(sheets, x, y, text, size, error=error)

    monkeypatch.setattr(Sheets, "qr", watched)
    return drawn


def test_what_a_passer_by_reads(poster):
    [page] = pages(poster)
    assert [round(float(side) / POINTS_PER_MM) for side in page.mediabox[2:]] == [210, 297]
    text = text_of(page)
    for said in (
        "建设路驿站",
        "社区暖心驿站 · 建设路社区",
        "怎么进门：银行大厅左手边，推门就进",
        "周一至周六 8:30–12:00、14:30–18:00",
        "法定节假日休息，调休上班照常开",
        "饮水机",
        "微波炉",
        "建设路1号",
        "驿站电话 0731-1",
        "社区电话 0731-2",
        "https://yizhan.example/s/lanyuan/",
    ):
        assert said in text


def test_the_code_opens_the_door_and_survives_wear(poster, monkeypatch):
    drawn = drawn_codes(monkeypatch)
    pages(poster)
    assert drawn == [("https://yizhan.example/s/lanyuan/", 84, "q")]
    code = segno.make_qr("https://yizhan.example/s/lanyuan/", error="q", encoding="utf-8")
    assert code.error in ("Q", "H")
    assert QR_SIZE >= 80
    assert 4 * QR_SIZE / len(code.matrix) <= QR_QUIET  # the quiet zone of ISO/IEC 18004


def test_the_modules_on_paper_are_those_of_the_code(poster):
    """Read back from the page's own rectangles: what is dark in the code is covered, what is light is not."""
    [page] = pages(poster)
    matrix = segno.make_qr("https://yizhan.example/s/lanyuan/", error="q", encoding="utf-8").matrix
    side = len(matrix)
    step = QR_SIZE / side * POINTS_PER_MM
    operators = page.get_contents().get_data().decode().split("\n")
    [fill] = [line for line in operators if line.count(" re") > 100]
    numbers = fill.split(" rg ")[1].removesuffix(" f").replace(" re", "").split()
    boxes = [tuple(map(float, numbers[place : place + 4])) for place in range(0, len(numbers), 4)]
    left, top = min(x for x, _y, _w, _h in boxes), max(y + h for _x, y, _w, h in boxes)
    dark = {
        (row, column)
        for row in range(side)
        for column in range(side)
        for x, y, width, height in boxes
        if x <= left + (column + 0.5) * step < x + width and y <= top - (row + 0.5) * step < y + height
    }
    assert dark == {(r, c) for r, row in enumerate(matrix) for c, module in enumerate(row) if module}


def test_as_many_pages_as_posters_whatever_there_is_to_say(poster):
    full = replace(
        poster,
        name="长" * 40,
        way_in="从北门进，过了快递柜左拐，" * 9,
        address="建设路" * 33,
        hours=tuple(f"周{day} 7:30–9:00、10:30–12:00、13:30–17:30、18:30–次日 1:30" for day in "一二三四五六日"),
        amenities=tuple(("water", f"第{number}样能用的东西") for number in range(30)),
    )
    bare = replace(poster, way_in="", address="1号", phones=(), hours=(), holidays="", amenities=())
    full_page, bare_page = pages(full, bare)
    text = text_of(full_page)
    assert text.count("长") == 40
    assert [f"第{number}样能用的东西" in text for number in range(30)] == [True] * 30
    assert [f"周{day} 7:30" in text for day in "一二三四五六日"] == [True] * 7
    assert "还没定，以门口通知为准" in text_of(bare_page)


def test_even_the_fullest_leaves_the_foot_alone(poster):
    full = replace(
        poster,
        way_in="从北门进，过了快递柜左拐，" * 9,
        hours=tuple(f"周{day} 7:30–9:00、10:30–12:00、13:30–17:30、18:30–23:30" for day in "一二三四五六日"),
        amenities=tuple(("water", f"第{number}样东西") for number in range(26)),
    )
    placed = []
    [page] = pages(full)
    page.extract_text(visitor_text=lambda text, _cm, tm, *_font: placed.append((tm[5], text.replace("\0", ""))))
    heights = [(height, text) for height, text in placed if text.strip()]
    address = next(height for height, text in heights if "建设路1号" in text)
    below = "".join(text for height, text in heights if height < address)
    assert below.split() == ["驿站电话", "0731-1", "社区电话", "0731-2"]
    above = min(height for height, _text in heights if height > address)
    assert above - address > 14  # points: the rule of the foot and air


def test_a_character_in_no_font_is_told_before_printing(poster):
    odd = replace(poster, name="驿站\U000e0100\ue123")
    with pytest.raises(ValidationError, match="U\\+E123"):
        pages(odd)
    assert "〓" in text_of(pages(odd, anyway=True)[0])


def test_no_poster_at_all(db):
    with pytest.raises(ValidationError, match="一个驿站也没选"):
        pages()


def test_three_queries_however_many(here, add_station, django_assert_num_queries, kinds):
    for number in range(5):
        add_station(f"s{number}", amenities="water", hours=[((8,), (18,))])
    with django_assert_num_queries(3):
        assert len(posters_of(Station.objects.all())) == 6


@pytest.mark.parametrize(("name", "drawn"), [("water", True), ("accessible", True), ("no-such-icon", False)])
def test_icons_are_those_of_the_sheet(name, drawn):
    assert bool(outline(name)) == drawn


# --- from the admin and the shell -------------------------------------------------------------------------------------
def test_one_click_for_staff_and_keeper(here, elsewhere, poster, signed_in, community_admin, keeper):
    for user in (community_admin, keeper):
        browser = signed_in(user)
        path = f"/admin/station/station/{here.station.pk}/poster/"
        assert f'href="{path}"' in browser.get(f"/admin/station/station/{here.station.pk}/change/").content.decode()
        answer = browser.get(path)
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"] == 'attachment; filename="poster-lanyuan.pdf"'
        assert "建设路驿站" in text_of(PdfReader(io.BytesIO(b"".join(answer))).pages[0])
        assert browser.get(f"/admin/station/station/{elsewhere.station.pk}/poster/").status_code == 404


def test_several_from_the_list(here, elsewhere, add_station, signed_in, community_admin):
    other = add_station("other")
    chosen = [here.station.pk, other.pk, elsewhere.station.pk]
    data = {"action": "print_posters", "_selected_action": chosen}
    answer = signed_in(community_admin).post("/admin/station/station/", data)
    texts = [text_of(page) for page in PdfReader(io.BytesIO(b"".join(answer))).pages]
    assert sorted("建设路驿站" in text for text in texts) == [False, True]
    assert sorted("other小站" in text for text in texts) == [False, True]
    assert not any("河东" in text for text in texts)


def test_a_stranger_gets_no_poster(client, here, rider, signed_in):
    path = f"/admin/station/station/{here.station.pk}/poster/"
    assert client.get(path).status_code == 302
    assert signed_in(rider).get(path).status_code == 302


def test_the_command(here, elsewhere, add_station, tmp_path, capsys):
    Station.objects.filter(pk=add_station("gone").pk).update(state="closed", state_reason="搬走")
    file = tmp_path / "posters.pdf"
    call_command("print_poster", str(file))
    assert len(PdfReader(file).pages) == 2
    call_command("print_poster", str(file), "hedong")
    assert "河东驿站" in text_of(PdfReader(file).pages[0])
    assert "1 posters" in capsys.readouterr().out
    with pytest.raises(CommandError, match="there is no station nowhere"):
        call_command("print_poster", str(file), "nowhere")
    with pytest.raises(CommandError, match="cannot write"):
        call_command("print_poster", str(tmp_path / "no" / "folder.pdf"))
