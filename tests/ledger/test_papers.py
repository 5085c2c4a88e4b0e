"""The letter and the survey sheets: what stands on them, who may print them, what is recorded, what /v/ says."""

import re
from io import BytesIO

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from ledger.models import Printout, SurveyEntry, SurveyRound
from ledger.operations import papers, surveys
from ledger.prints.letters import write_letter
from ledger.prints.survey_sheets import write_sheets
from station.models import AmenityKind, AuditEvent, Notice, Station
from tests.ledger.roster_rows import add_worker

REASON = {"reason": "四季度入户摸排"}
TITLE = "组织喊你“回家啦”——致新业态新就业群体的一封信"
NOWHERE = "\U000323a0"  # a character in no font


@pytest.fixture(autouse=True)
def nothing_remembered():
    cache.clear()


@pytest.fixture
def letter(here):
    return make_letter(here)


@pytest.fixture
def survey(here, make_worker, make_enterprise, community_admin):
    """A round with an enterprise and a worker in the first grid, a worker in the second and one in none."""
    make_enterprise("暖风配送", worker_count=46, contact_name="郭振华", contact_phone="13900000801")
    make_worker("李䶮", "13900000001", platform="暖风外卖", site="建设路站")
    make_worker("王𫖯", "13900000002", grid=here.grids[1])
    make_worker("赵无格", "13900000003", grid=None)
    survey = SurveyRound(
        community=here.community,
        title="四季度摸排",
        starts_on="2026-10-01",
        ends_on="2026-12-31",
        checklist="还在这里跑单吗？\n电话换了没有？",
        channels=["door", "wechat"],
    )
    survey = surveys.open_round(survey, by=community_admin)
    survey.refresh_from_db()
    return survey


def make_letter(place, **values):
    values = {
        "kind": Notice.Kind.LETTER,
        "title": TITLE,
        "body": "亲爱的骑手：\n\n渴了进来喝口热水。\n\n愿您平安。",
        "signed": "中共建设路社区委员会",
        "published_at": timezone.make_aware(timezone.datetime(2026, 9, 27, 9)),
    } | values
    return Notice.objects.create(community=place.community, **values)


def add_entries(place, survey, count, name="工"):
    """Workers who stand in the round since it began, straight in the tables."""
    workers = [add_worker(place, f"JSL-R{1000 + number}", f"{name}{number:02}") for number in range(count)]
    for worker in workers:
        SurveyEntry.objects.create(round=survey, worker=worker, grid=place.grid)
    return workers


def joined(text):
    return "".join(text.split())


def pages_in(file):
    file.seek(0)
    return [joined(page.extract_text()) for page in PdfReader(file).pages]


def printed_letter(place, **how):
    file = BytesIO()
    how = {"by": None, "reason": "入户发放", "write": lambda paper: write_letter(paper, file)} | how
    return papers.print_letter(place.community, **how), file


def printed_sheets(survey, **how):
    file = BytesIO()
    how = {"by": None, "reason": "入户摸排", "write": lambda paper: write_sheets(paper, file)} | how
    return papers.print_sheets(survey, **how), file


def body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def button(survey, name):
    return reverse("admin:ledger_surveyround_do", args=[survey.pk, name])


def letter_page(letter):
    return reverse("admin:ledger_letter_print", args=[letter.pk])


# --- the letter
def test_the_letter_says_everything_on_one_page(here, elsewhere, letter, settings):
    settings.PUBLIC_URL = "https://station.example"
    here.station.phone, here.station.way_in = "0731-12345678", "推门就进"
    here.station.save()
    kind = AmenityKind.objects.create(code="water", name="饮水机", icon="water")
    here.station.amenities.create(kind=kind)
    make_letter(elsewhere, title="别处的信")
    printout, file = printed_letter(here)
    (text,) = pages_in(file)
    for said in (
        "组织喊你“回家啦”", "——致新业态新就业群体的一封信", "亲爱的骑手：", "渴了进来喝口热水。", "愿您平安。",
        "中共建设路社区委员会", "2026年9月27日", "建设路驿站", "建设路1号，推门就进", "电话：0731-12345678",
        "开放：周一至周五8:30–18:00", "有：饮水机", "自愿填写，不填也一样进来歇脚",
        f"流水号{printout.serial}核验：https://station.example/v/{printout.serial}/",
    ):  # fmt: skip
        assert joined(said) in text, said
    assert "河东" not in text
    page = PdfReader(file).pages[0]
    assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)


def test_the_code_on_the_letter_is_large_and_leads_to_the_communitys_form(here, letter, monkeypatch, settings):
    settings.PUBLIC_URL = "https://station.example"
    drawn = []
    monkeypatch.setattr("station.lib.paper.Sheets.qr", lambda sheets, x, y, text, size: drawn.append((text, size)))
    printed_letter(here)
    assert drawn == [("https://station.example/join/?c=jianshelu", 46)]


def test_a_long_letter_takes_two_pages_and_its_signature_never_stands_alone(here, letter):
    for paragraphs in range(8, 26):
        letter.body = "您好：\n" + "\n".join(f"第{number}段" + "暖" * 60 for number in range(paragraphs))
        letter.save()
        pages = pages_in(printed_letter(here)[1])
        assert len(pages) <= 2
        assert sum("暖中共建设路社区委员会2026年9月27日" in text for text in pages) == 1
        assert "扫一扫，认识一下" in pages[-1]
        assert sum(text.count("暖") for text in pages) == 60 * paragraphs


def test_only_stations_in_use_are_promised(here, letter):
    for number in range(2, 8):
        Station.objects.create(
            code=f"s{number}", name=f"小站{number}", community=here.community, address="某路", latitude="27.8",
            longitude="112.9",
        )  # fmt: skip
    Station.objects.filter(code="s2").update(state="suspended", state_reason="装修")
    (text,) = pages_in(printed_letter(here)[1])
    assert "小站2" not in text
    assert "小站3" in text
    assert "还有2个驿站" in text


def test_the_newest_published_letter_is_printed_or_the_one_named(here, elsewhere, letter):
    make_letter(here, title="明年的信", published_at=timezone.now() + timezone.timedelta(days=9))
    newer = make_letter(here, title="新的信", published_at=timezone.now())
    assert "新的信" in pages_in(printed_letter(here)[1])[0]
    assert "回家啦" in pages_in(printed_letter(here, letter=letter)[1])[0]
    newer.kind = Notice.Kind.NEWS
    for wrong in (newer, make_letter(elsewhere)):
        with pytest.raises(ValidationError) as refused:
            printed_letter(here, letter=wrong)
        assert refused.value.code == "foreign_letter"


def test_without_a_letter_staff_are_told_where_to_write_one(here, survey, community_admin, signed_in):
    answer = signed_in(community_admin).post(button(survey, "letter"), REASON)
    assert answer.status_code == 422
    assert "信还没写" in answer.content.decode()
    assert not Printout.objects.exists()


# --- the sheets
def test_each_grid_begins_a_sheet_with_what_is_known(here, survey, settings):
    printout, file = printed_sheets(survey)
    first, second, third = pages_in(file)
    assert printout.rows == 4
    for said in (
        "建设路社区摸排表·第1网格", "四季度摸排2026-10-01至2026-12-31", "渠道：□上门走访□微信群个别不同",
        "照着问：□还在这里跑单吗？□电话换了没有？", "一、新业态企业（已知1家）", "暖风配送", "郭振华", "139****0801",
        "上次：正常经营", "上次：未组建", "上次：46、0", "二、新就业群体（已知1名）", "李䶮", "139****0001",
        "快递员", "暖风外卖、建设路站", "□无变化□有变化□已离开", "□新发现", "摸排人：", "第1页/共3页",
    ):  # fmt: skip
        assert said in first, said
    assert "平台名单" not in first
    assert "王𫖯" not in first
    assert "第2网格" in second
    assert "（已知0家）" in second
    assert "王𫖯" in second
    assert "未定网格" in third
    assert "赵无格" in third
    for text in (first, second, third):
        assert "1390000000" not in text
        assert printout.serial in text
        assert text.count("□新发现") >= 6
        assert "日期：年月日" in text


def test_one_grid_alone_and_only_what_is_not_checked(here, survey, community_admin):
    entry = survey.entries.get(worker__name="李䶮")
    surveys.check_entry(entry, SurveyEntry.Result.CONFIRMED, by=community_admin, channel="door")
    printout, file = printed_sheets(survey, grid=here.grids[0])
    assert printout.rows == 1
    assert "李䶮" not in pages_in(file)[0]
    printout, file = printed_sheets(survey, grid=here.grids[0], checked_too=True)
    assert printout.rows == 2
    assert "李䶮" in pages_in(file)[0]


def test_a_grid_with_nothing_known_is_a_sheet_to_fill_in(here, survey):
    survey.entries.filter(grid=here.grids[1]).delete()
    printout, file = printed_sheets(survey, grid=here.grids[1])
    assert printout.rows == 0
    (text,) = pages_in(file)
    assert "第2网格" in text
    assert "（已知0名）" in text


def test_many_entries_go_on_overleaf_under_their_heads(here, survey, make_worker):
    add_entries(here, survey, 40)
    pages = pages_in(printed_sheets(survey, grid=here.grid)[1])
    assert len(pages) >= 3
    for text in pages[1:]:
        assert "第1网格（续）" in text
        assert "姓名手机号职业" in text
    assert [number for number in range(40) if f"工{number:02}" not in "".join(pages)] == []
    assert "摸排人：" in pages[-1]
    assert "摸排人：" not in "".join(pages[:-1])


@pytest.mark.parametrize("more", [1, 30])
def test_the_sheets_cost_the_same_however_many_entries(more, here, survey, make_worker, django_assert_num_queries):
    add_entries(here, survey, more)
    with django_assert_num_queries(19):
        printed_sheets(survey)


def test_what_cannot_be_printed_is_refused_and_not_recorded(here, elsewhere, survey, letter, make_worker):
    for refused, code in [
        (lambda: printed_sheets(survey, reason="  "), None),
        (lambda: printed_letter(here, reason=""), None),
        (lambda: printed_sheets(survey, grid=elsewhere.grid), "foreign_grid"),
        (lambda: printed_letter(elsewhere), "no_letter"),
    ]:
        with pytest.raises(ValidationError) as error:
            refused()
        assert getattr(error.value, "code", None) == code
    survey.entries.update(result="confirmed", channel="door", checked_at=timezone.now())
    surveys.close_round(survey, by=None)
    with pytest.raises(ValidationError) as error:
        printed_sheets(SurveyRound.objects.get())
    assert error.value.code == "round_closed"
    assert not Printout.objects.exists()


# --- who
PATHS = {
    "letter": lambda survey, letter: button(survey, "letter"),
    "sheets": lambda survey, letter: button(survey, "sheets"),
    "own page": lambda survey, letter: letter_page(letter),
}


@pytest.mark.parametrize("path", PATHS)
def test_only_the_community_admin_prints(
    path, here, survey, letter, community_admin, grid_worker, keeper, team_leader, supervisor, rider, signed_in
):
    url = PATHS[path](survey, letter)
    for user in (grid_worker, keeper, team_leader, supervisor, rider):
        answer = signed_in(user).post(url, REASON)
        assert answer.status_code in {302, 403, 404}
        assert not answer.streaming
    assert not Printout.objects.exists()
    asked = signed_in(community_admin).get(url)
    assert asked.status_code == 200
    assert not Printout.objects.exists()
    answer = signed_in(community_admin).post(url, REASON)
    assert answer.status_code == 200
    assert body(answer).startswith(b"%PDF-")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "no-store" in answer.headers["Cache-Control"]
    printout, event = Printout.objects.get(), AuditEvent.objects.latest("pk")
    assert (printout.by, printout.reason, printout.form) == (community_admin, "四季度入户摸排", "pdf")
    assert (event.action, event.reason, event.target_id) == (
        f"print {printout.roster}", "四季度入户摸排", str(printout.pk),
    )  # fmt: skip


def test_the_admin_of_another_community_finds_nothing(here, elsewhere, survey, letter, make_staff, signed_in):
    stranger = signed_in(make_staff("community_admin", community=elsewhere.community))
    for url in (button(survey, "letter"), button(survey, "sheets"), letter_page(letter)):
        assert stranger.post(url, REASON).status_code == 404
    assert stranger.get("/admin/ledger/surveyround/letter/99999999999999999999/").status_code == 404
    assert not Printout.objects.exists()


def test_the_buttons_stand_where_they_are_looked_for(here, survey, letter, community_admin, grid_worker, signed_in):
    round_page = reverse("admin:ledger_surveyround_change", args=[survey.pk])
    page = signed_in(community_admin).get(round_page).content.decode()
    assert [label for label in ("打印摸排表", "打印一封信") if label in page] == ["打印摸排表", "打印一封信"]
    assert "打印摸排表" not in signed_in(grid_worker).get(round_page).content.decode()
    news = Notice.objects.create(community=here.community, kind="news", title="姜茶", body="免费续")
    client = signed_in(community_admin)
    assert letter_page(letter) in client.get(reverse("admin:station_notice_change", args=[letter.pk])).content.decode()
    assert "打印一封信" not in client.get(reverse("admin:station_notice_change", args=[news.pk])).content.decode()
    assert client.get(reverse("admin:station_notice_add")).status_code == 200
    assert client.get(letter_page(news)).status_code == 404


def test_what_was_typed_wrong_stays_and_writes_nothing(here, elsewhere, survey, letter, community_admin, signed_in):
    client = signed_in(community_admin)
    for typed in ({"reason": ""}, REASON | {"grid": elsewhere.grid.pk}, REASON | {"grid": "x"}, {"reason": "a\0"}):
        assert client.post(button(survey, "sheets"), typed).status_code == 422
    for typed in (REASON | {"copies": 0}, REASON | {"copies": 10_000}, {"reason": "a" * 101}):
        answer = client.post(letter_page(letter), typed)
        assert answer.status_code == 422
        assert "errorlist" in answer.content.decode()
    assert not Printout.objects.exists()


def test_a_character_in_no_font_is_asked_about(here, survey, make_worker, community_admin, signed_in):
    (worker,) = add_entries(here, survey, 1, f"孙{NOWHERE}")
    client = signed_in(community_admin)
    refused = client.post(button(survey, "sheets"), REASON)
    assert refused.status_code == 422
    assert f"编号 {worker.number} 的" in refused.content.decode()
    answer = client.post(button(survey, "sheets"), REASON | {"anyway": "on"})
    assert "孙〓" in pages_in(BytesIO(body(answer)))[0]


def test_the_record_names_no_person(here, survey, letter, community_admin, signed_in):
    client = signed_in(community_admin)
    client.post(button(survey, "sheets"), REASON | {"grid": here.grid.pk})
    client.post(letter_page(letter), REASON | {"copies": 120})
    sheets, sent = AuditEvent.objects.order_by("pk")[AuditEvent.objects.count() - 2 :]
    assert sheets.data == {"rows": 2, "round": survey.pk, "grid": 1}
    assert sent.data == {"rows": 0, "copies": 120}
    page = client.get(reverse("admin:ledger_printout_changelist")).content.decode()
    assert "摸排表" in page
    assert "一封信" in page


# --- the public page
def test_the_page_knows_a_letter_and_whether_it_still_says_the_same(here, letter, client):
    printout, _file = printed_letter(here)
    page = client.get(f"/v/{printout.serial}/").content.decode()
    for said in ("这份信是真的", "信的内容没有改过", "建设路社区", printout.serial):
        assert said in page
    assert "共有" not in page
    assert "名单" not in page
    letter.body = "改了"
    letter.save()
    cache.clear()
    assert "信后来改过" in client.get(f"/v/{printout.serial}/").content.decode()
    letter.delete()
    cache.clear()
    assert "信后来改过" in client.get(f"/v/{printout.serial}/").content.decode()


def test_the_page_knows_sheets_and_whether_their_entries_moved(here, survey, make_worker, community_admin, client):
    printout, _file = printed_sheets(survey, grid=here.grids[0])
    page = client.get(f"/v/{printout.serial}/").content.decode()
    for said in ("这份摸排表是真的", "表上的条目从那以后没有变动", "2 条"):
        assert said in page
    for secret in ("李䶮", "暖风配送", "139"):
        assert secret not in page
    cache.clear()
    make_worker("新来的", "13900000010")
    assert "没有变动" in client.get(f"/v/{printout.serial}/").content.decode()
    cache.clear()
    entry = survey.entries.get(worker__name="李䶮")
    entry.worker.phone = "13900000099"
    entry.worker.save()
    assert "表上的条目后来有核查或变动" in client.get(f"/v/{printout.serial}/").content.decode()


# --- the commands
def test_the_commands_write_file_and_record(here, survey, letter, tmp_path):
    call_command("print_letter", str(tmp_path / "l.pdf"), "--reason", "存档", verbosity=0)
    call_command("print_sheets", str(tmp_path / "s.pdf"), "--grid", "2", verbosity=0)
    assert [(p.roster, p.rows, p.reason) for p in Printout.objects.order_by("pk")] == [
        ("letter", 0, "存档"),
        ("sheets", 1, "命令行打印或导出"),
    ]
    assert "回家啦" in pages_in((tmp_path / "l.pdf").open("rb"))[0]
    assert "王𫖯" in pages_in((tmp_path / "s.pdf").open("rb"))[0]
    assert (tmp_path / "s.pdf").stat().st_mode & 0o777 == 0o600


def test_the_commands_say_what_is_wrong(here, elsewhere, survey, tmp_path):
    for command, arguments, said in [
        ("print_sheets", ["--community", "jianshelu", "--grid", "9"], "has no grid 9"),
        ("print_sheets", ["--community", "hedong"], "no survey round is running"),
        ("print_letter", ["--community", "hedong"], "信还没写"),
    ]:
        with pytest.raises(CommandError, match=re.escape(said)):
            call_command(command, str(tmp_path / "out.pdf"), *arguments)
    assert list(tmp_path.iterdir()) == []
