"""A survey round from its opening to a moved dashboard: the administrator at a desk, the grid worker on a phone."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import expect

from ledger.models import Printout, SurveyEntry, SurveyRound, Worker
from tests.browser.conftest import DESKTOP, PHONE, sign_in_staff

ROUNDS = "/admin/ledger/surveyround/"
Result = SurveyEntry.Result


@pytest.fixture
def staff(open_page):
    """``staff("wangge1", "/grid/", **context options)``: a window in which this member of staff has signed in."""

    def come_in(login, path, **options):
        page = open_page("/admin/", **options)
        sign_in_staff(page, login)
        page.goto(path)
        return page

    return come_in


def open_new_round(page):
    """Close what runs, with a word, and open the next one. Returns it."""
    running = SurveyRound.objects.running().get()
    page.goto(f"{ROUNDS}{running.pk}/do/close/")
    page.locator("[name=reason]").fill("下一轮接着查")
    page.locator(".submit-row [type=submit]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    page.goto(f"{ROUNDS}add/")
    page.locator("#id_title").fill("入冬摸排")
    page.locator("#id_ends_on").fill((timezone.localdate() + timedelta(days=14)).isoformat())
    page.locator("#id_checklist").fill("还在跑单吗？\n冬衣够不够？")
    page.locator("input[name=channels][value=platform]").uncheck()
    page.locator("[name=_save]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    return SurveyRound.objects.running().get()


def numbers_on(page):
    """The figures of a page of two words and a slash: "3 / 11"."""
    return re.findall(r"\d+ / \d+", page.locator("main, #content").first.inner_text())


def test_from_an_opened_round_to_a_moved_dashboard(staff, new_phone):
    desk = staff("shequ", ROUNDS, viewport=DESKTOP)
    survey = open_new_round(desk)
    mine = survey.entries.filter(grid__number=1)
    total, whole = mine.count(), survey.entries.count()
    assert (survey.channels, mine.to_check().count()) == (["door", "wechat", "self"], total)

    phone = staff("wangge1", "/admin/", viewport=PHONE)
    phone.get_by_role("link", name="手机走访：该查谁，点一下就记").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("走访")
    expect(phone.get_by_role("main")).to_contain_text(f"查过 0 / {total}，还有 14 天")
    rows = phone.locator(".walk-row")
    first, second = (int(rows.nth(n).get_attribute("id").removeprefix("worker-")) for n in (0, 1))

    # One tap: no change. The strip stands where the row was, and the next row is at hand.
    rows.first.get_by_role("button", name="无变化").click()
    expect(phone.locator("#done")).to_contain_text("无变化，记下了。")
    expect(phone.locator("#done")).to_be_in_viewport()
    expect(rows.first).to_have_id(f"worker-{second}")
    assert SurveyEntry.objects.get(round=survey, worker=first).result == Result.CONFIRMED

    # The next has changed: through the chat group, as is said once for the whole visit.
    phone.locator(".walk-how > summary").click()
    expect(phone.get_by_text("冬衣够不够？")).to_be_visible()
    phone.get_by_role("button", name="微信群").click()
    rows.first.get_by_role("link", name="有变化").click()
    expect(phone.get_by_label("手机号")).to_have_value(re.compile(r"^1\d\d\*{4}\d{4}$"))
    phone.get_by_label("站点").fill("芙蓉路站")
    phone.get_by_role("button", name="保存变化").click()
    expect(phone.locator("#done")).to_contain_text("有变化，改好了。")
    entry = SurveyEntry.objects.get(round=survey, worker=second)
    assert (entry.result, entry.channel, entry.changed_fields) == (Result.CHANGED, "wechat", ["site"])

    # Somebody new, in four fields; known phones are refused.
    phone.get_by_role("link", name="登记", exact=True).click()
    phone.get_by_label("姓名").fill("钟离雪")
    phone.get_by_label("手机号").fill(new_phone)
    phone.get_by_text("快递员", exact=True).click()
    phone.get_by_text("已当面说明，本人同意登记").click()
    phone.get_by_role("button", name="登记", exact=True).click()
    expect(phone.locator("#done")).to_contain_text("登记好了")
    found = Worker.objects.with_phone(new_phone).get()
    assert SurveyEntry.objects.get(round=survey, worker=found).result == Result.NEW
    expect(phone.get_by_role("main")).to_contain_text(f"查过 3 / {total + 1}")

    # The round's page and the dashboard have moved.
    desk.goto(f"{ROUNDS}{survey.pk}/change/")
    assert numbers_on(desk)[:2] == [f"3 / {whole + 1}", f"3 / {total + 1}"]
    for text in (found.number, "改了：站点", "走访时当面核对"):
        expect(desk.locator(".round-report")).to_contain_text(text)
    desk.goto("/admin/")
    expect(desk.locator("section[aria-labelledby=rounds-title]")).to_contain_text(f"3 / {whole + 1}")
    desk.get_by_role("link", name="和上一轮比").click()
    expect(desk.get_by_role("main")).to_contain_text("到“入冬摸排”")
    expect(desk.locator("section[aria-labelledby=names-title]")).to_contain_text(found.number)

    # On paper, and what the code on the paper says: genuine, how many rows, and whether the ledger has changed since.
    desk.goto("/admin/ledger/worker/")
    desk.get_by_role("link", name=re.compile("^打印$")).click()
    desk.get_by_label("用途").fill("报送街道办")
    desk.locator(".submit-row [type=submit]").click()
    expect(desk.locator("table.sheet")).to_contain_text("钟离雪")
    printout = Printout.objects.latest("pk")
    cache.clear()  # an answer lasts a minute
    phone.goto(f"/v/{printout.serial}/")
    expect(phone.get_by_role("heading", level=1)).to_have_text("这份花名册是真的")
    expect(phone.get_by_role("main")).to_contain_text(f"{printout.rows} 名")
    expect(phone.get_by_role("main")).to_contain_text("这份仍然有效")
    expect(phone.get_by_role("main")).not_to_contain_text("钟离雪")


def test_a_wrong_tap_is_taken_back_without_a_script(staff):
    page = staff("wangge2", "/grid/?show=check", viewport=PHONE, java_script_enabled=False)
    row = page.locator(".walk-row").first
    worker = int(row.get_attribute("id").removeprefix("worker-"))
    entry = SurveyEntry.objects.running().get(worker=worker)
    row.get_by_role("button", name="无变化").click()
    page.get_by_role("button", name="点错了，撤回").click()
    expect(page.locator("#done")).to_contain_text("撤回了，还算没查。")
    expect(page.locator(f"#worker-{worker}")).to_be_visible()
    entry.refresh_from_db()
    assert entry.is_open


def test_the_phone_is_dialled_only_for_a_reason(staff):
    page = staff("wangge1", "/grid/?show=all", viewport=PHONE)
    assert page.locator("a[href^='tel:']").count() == 0
    page.locator(".walk-row .walk-name").first.click()
    page.get_by_role("link", name="看号码，打电话").click()
    page.get_by_text("约上门时间").click()
    page.get_by_role("button", name="显示号码").click()
    expect(page.get_by_role("link", name="打电话")).to_have_attribute("href", re.compile(r"^tel:1\d{10}$"))
