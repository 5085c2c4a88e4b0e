"""What staff do at their desk: register, confirm, print, and what a paper says about itself afterwards."""

import re
from io import BytesIO

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import expect
from pypdf import PdfReader

from ledger.models import Printout, Worker
from ledger.operations.joins import join_ledger
from ledger.operations.workers import register_worker
from station.models import Community, Consent, Grid, User
from tests.browser.conftest import DESKTOP, sign_in_staff

WORKERS = "/admin/ledger/worker/"


@pytest.fixture
def desk(open_page):
    """``desk("shequ", "/admin/…")``: a wide window in which this member of staff has signed in."""

    def sit_down(login, path="/admin/"):
        page = open_page("/admin/", viewport=DESKTOP)
        sign_in_staff(page, login)
        page.goto(path)
        return page

    return sit_down


def search(page, words):
    page.goto(WORKERS)
    page.locator("#searchbar").fill(words)
    page.locator("#changelist-search [type=submit]").click()
    page.wait_for_url(re.compile("q="))
    return page.locator("#result_list tbody tr")


def ask_for_copy(page, button, reason):
    """From the list of workers to the filled-in question for what."""
    page.goto(WORKERS)
    page.get_by_role("link", name=button).click()
    page.get_by_label("用途").fill(reason)
    return page.locator(".submit-row [type=submit]")


def test_staff_register_confirm_print_and_check(desk, new_phone):
    page = desk("shequ", f"{WORKERS}add/")
    page.get_by_label("姓名").fill("申屠雪")
    page.get_by_label("手机号").fill(new_phone)
    page.get_by_label("社区", exact=False).first.select_option(label="建设路社区")
    page.locator("#id_grid").select_option(index=1)
    page.locator("#id_occupation").select_option(label="快递员")
    page.locator("input[name=consents][value=register]").check()
    page.locator("[name=_save]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    worker = Worker.objects.with_phone(new_phone).get()
    assert (worker.name, worker.occupation, worker.state) == ("申屠雪", "courier", Worker.State.ACTIVE)

    masked = f"{new_phone[:3]}****{new_phone[-4:]}"
    found = search(page, "申屠雪")
    expect(found).to_have_count(1)
    expect(found).to_contain_text(masked)
    expect(found).to_contain_text(worker.number)
    assert new_phone not in page.content()

    # Long ago confirmed, now confirmed again: fresh as of today.
    Worker.objects.filter(pk=worker.pk).update(last_confirmed_on="2025-01-01")
    found.get_by_role("link", name=worker.number).click()
    page.locator(".object-tools").get_by_text("核实无误").click()
    page.locator(".submit-row [type=submit]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    worker.refresh_from_db()
    assert worker.last_confirmed_on == timezone.localdate()

    # On paper, through the browser's own print.
    ask_for_copy(page, re.compile("^打印$"), "报送街道办").click()
    printout = Printout.objects.latest("pk")
    sheet = page.locator("table.sheet")
    expect(sheet).to_contain_text(printout.serial)
    row = sheet.locator("tr", has_text="申屠雪")
    expect(row).to_contain_text(masked)
    assert new_phone not in page.content()

    # Whoever holds the paper asks whether it is genuine; once the ledger has changed, the page says that too.
    cache.clear()  # an answer lasts a minute
    page.goto(f"/v/{printout.serial}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("这份花名册是真的")
    expect(page.get_by_role("main")).to_contain_text("这份仍然有效")
    page.goto(f"{WORKERS}{worker.pk}/change/")
    page.locator("#id_platform").fill("晓塘快递")
    page.locator("[name=change_reason]").fill("换了平台")
    page.locator("[name=_save]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    cache.clear()
    page.goto(f"/v/{printout.serial}/")
    expect(page.get_by_role("main")).to_contain_text("台账后来有变动")


def test_the_pdf_holds_every_name(desk):
    page = desk("shequ")
    button = ask_for_copy(page, "下载 PDF", "存档")
    with page.expect_download() as waiting:
        button.click()
    file = BytesIO(waiting.value.path().read_bytes())
    printout = Printout.objects.latest("pk")
    assert waiting.value.suggested_filename.endswith(f"-{printout.serial}.pdf")
    # pypdf reads the two bytes of each character's code one by one; the NULs between are its own.
    text = "".join(sheet.extract_text().replace("\0", "") for sheet in PdfReader(file).pages)
    names = list(Worker.objects.active().values_list("name", flat=True))
    assert len(names) > 30
    assert [name for name in names if name not in text] == []
    assert printout.serial in text


def test_a_grid_worker_does_not_find_the_neighbours(desk, new_phone):
    community = Community.objects.get(name="建设路社区")
    mine, other = Grid.objects.filter(community=community).order_by("number")[:2]
    worker = Worker(community=community, grid=other, name="端木青", phone=new_phone, occupation="courier")
    register_worker(worker, by=User.objects.get(username="shequ"), consents=[Consent.Purpose.REGISTER])
    for login, seen, status in (("wangge1", 0, 404), ("wangge2", 1, 200)):
        page = desk(login)
        for words in ("端木青", new_phone, worker.number):
            expect(search(page, words)).to_have_count(seen)
        answer = page.goto(f"{WORKERS}{worker.pk}/change/")
        assert ("端木青" in page.content(), answer.status) == (bool(seen), status)
        page.goto("/admin/ledger/worker/print/")
        assert "端木青" not in page.content()
    assert mine != other


def test_staff_confirm_who_registered_himself(desk, new_phone):
    community = Community.objects.get(name="建设路社区")
    worker = Worker(community=community, name="司马小川", phone=new_phone, occupation="food_rider")
    join_ledger(worker, address="192.0.2.200")
    worker = Worker.objects.with_phone(new_phone).get()
    assert worker.state == Worker.State.PENDING
    page = desk("shequ", f"{WORKERS}{worker.pk}/change/")
    page.locator(".object-tools").get_by_text("核实通过").click()
    page.locator(".submit-row [type=submit]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    worker.refresh_from_db()
    assert (worker.state, worker.last_confirmed_on) == (Worker.State.ACTIVE, timezone.localdate())
