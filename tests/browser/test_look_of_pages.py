"""Every page on a phone and on a desk, by day and by night, for those who cannot see it and those without a script."""

import re
from datetime import timedelta
from pathlib import Path

import axe_core_python
import pytest
from django.urls import reverse
from playwright.sync_api import expect

from ledger.models import Enterprise, PartyMember, SurveyRound, Worker
from services.bookings.models import Session
from services.hazards.models import Report
from services.volunteering.models import Shift
from station.demo import RIDER_PHONE
from station.models import Notice, User
from tests.browser.conftest import DESKTOP, PHONE, sign_in_by_phone, sign_in_staff

AXE = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text()
NARROW = {"width": 360, "height": 740}
# axe reads structure, names and contrast. Where only the colours differ, only the contrast is asked again.
LOOKS = [
    (PHONE, "light", None),
    (PHONE, "dark", ["color-contrast"]),
    (DESKTOP, "dark", None),
    (DESKTOP, "light", ["color-contrast"]),
]
# Latin words that a Chinese page may say: the way to the other language, and what people here write in Latin letters.
LATIN = {"English", "Ctrl", "Excel", "WiFi", "Cookie"}
# Four letters or more, not all capitals: those are numbers and codes.
WORD = re.compile(r"(?<![A-Za-z0-9@./_-])(?![A-Z]+\b)[A-Za-z]{4,}(?![A-Za-z0-9@/_-])")


def complaints_about(page, path):
    """What is wrong with the look of the page at `path`, as lines."""
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme="light", reduced_motion="reduce")  # colours change at once, not by and by
    answer = page.goto(path)
    found = [f"{path}: answered {answer.status}"] if answer.status >= 500 else []
    page.evaluate(AXE)
    for size, scheme, rules in LOOKS:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        if path.startswith("/admin/"):  # Django's admin lets colours fade, whatever the reader prefers
            page.reload()
            page.evaluate(AXE)
        options = {"resultTypes": ["violations"]} | ({"runOnly": {"type": "rule", "values": rules}} if rules else {})
        for violation in page.evaluate("(options) => axe.run(document, options)", options)["violations"]:
            where = violation["nodes"][0]
            found.append(f"{path} {size['width']} {scheme}: {violation['id']} {where['target']} {where['html'][:120]}")
    words = set(WORD.findall(page.locator("body").inner_text())) - LATIN
    found += [f"{path}: not Chinese: {word}" for word in sorted(words)]
    page.set_viewport_size(NARROW)
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*found, *([f"{path}: {overflow} px too wide at {NARROW['width']} px"] if overflow > 0 else [])]


def look_at(page, paths):
    """Fails with everything that is wrong on any of the pages."""
    found = [line for path in paths for line in complaints_about(page, path)]
    assert not found, "\n".join(found)


def test_pages_for_everybody(open_page):
    page = open_page("/")
    session, shift = Session.objects.bookable().first(), Shift.objects.upcoming().first()
    paths = [
        "/", "/stations/", "/stations/?q=nowhere&amenity=water", "/stations/lanyuan/", "/stations/unknown/",
        "/s/lanyuan/", "/s/lanyuan/thanks/", "/s/unknown/", "/letter/", "/notices/",
        Notice.objects.news().first().get_absolute_url(), "/privacy/", "/sign-in/", "/services/",
        session.service.get_absolute_url(), "/services/water/", session.get_absolute_url(), "/volunteer/",
        shift.get_absolute_url(), "/report/", "/join/", "/join/thanks/", "/v/00000-00000/", "/board/jianshelu/",
        "/no-such-page/",
    ]  # fmt: skip
    look_at(page, paths)


def test_pages_of_a_rider(open_page):
    page = open_page("/sign-in/")
    sign_in_by_phone(page, RIDER_PHONE)
    rider = User.objects.with_phone(RIDER_PHONE).get()
    session = Session.objects.bookable().exclude(bookings__user=rider).first()
    shift = Shift.objects.upcoming().exclude(sign_ups__user=rider).first()
    reports = {report.state: report for report in Report.objects.filter(reporter=rider)}
    paths = [
        "/me/", "/bookings/", session.get_absolute_url(), "/volunteer/mine/", shift.get_absolute_url(), "/report/",
        "/join/", *(report.get_absolute_url() for report in reports.values()),
    ]  # fmt: skip
    look_at(page, paths)


def test_the_dashboard_and_its_door(open_page):
    page = open_page("/admin/", viewport=DESKTOP)
    look_at(page, ["/admin/login/"])
    sign_in_staff(page, "shequ")
    member = PartyMember.objects.due().first()
    contact = reverse("admin:ledger_partymember_do", args=[member.pk, "contact"])
    to_contact = reverse("admin:ledger_partymember_to_contact")
    look_at(
        page,
        [
            "/admin/",
            "/admin/visits/?period=days",
            "/admin/visits/?since=x",
            "/admin/figures/",
            "/admin/figures/print/",
            to_contact,
            contact,
        ],
    )


def test_pages_of_a_grid_worker(open_page):
    page = open_page("/admin/")
    sign_in_staff(page, "wangge1")
    worker = Worker.objects.active().filter(grid__number=1, survey_entries__result="to_check").first()
    waiting, site = Worker.objects.to_confirm().filter(grid__number=1).first(), Enterprise.objects.first()
    row = f"/grid/worker/{worker.pk}/"
    paths = [
        "/grid/", "/grid/?show=all", "/grid/?kind=enterprise&show=all", "/grid/?show=waiting", row, f"{row}changed/",
        f"{row}left/", f"{row}missed/", f"{row}phone/", f"/grid/worker/{waiting.pk}/",
        f"/grid/worker/{waiting.pk}/refuse/", f"/grid/enterprise/{site.pk}/changed/",
        "/grid/new/", "/grid/new/enterprise/", "/grid/letters/",
    ]  # fmt: skip
    look_at(page, paths)


def test_pages_of_a_survey_round(open_page):
    page = open_page("/admin/", viewport=DESKTOP)
    sign_in_staff(page, "shequ")
    survey = SurveyRound.objects.get()
    today = survey.starts_on - timedelta(days=90)
    older = SurveyRound.objects.create(
        community=survey.community, title="上一轮", starts_on=today, ends_on=today, state=SurveyRound.State.CLOSED
    )
    base = "/admin/ledger/surveyround"
    paths = ["/grid/", f"{base}/{survey.pk}/change/", f"{base}/{older.pk}/change/", f"{base}/{survey.pk}/compare/"]
    look_at(page, [*paths, f"{base}/{survey.pk}/compare/worker/"])


@pytest.fixture
def plain_page(open_page):
    """A window whose browser runs no script."""
    return open_page("/", java_script_enabled=False)


def test_without_a_script_one_signs_in_and_books(plain_page, new_phone):
    page = plain_page
    session = Session.objects.bookable().with_places().last()
    taken = session.taken
    page.goto(session.get_absolute_url())
    page.get_by_role("link", name="登录后预约").click()
    sign_in_by_phone(page, new_phone)
    page.get_by_role("button", name="约这一场").click()
    expect(page.locator(".code")).to_have_count(1)
    session.refresh_from_db()
    assert session.taken == taken + 1


def test_without_a_script_no_button_is_dead(plain_page):
    """What needs a script is hidden; what is shown is a link or sends a form."""
    page = plain_page
    for path in ("/", "/stations/", "/stations/lanyuan/", "/s/lanyuan/", "/report/", "/join/", "/services/"):
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert page.locator("button[type=button]:visible").count() == 0, path
