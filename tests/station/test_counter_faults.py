"""The keeper's phone page of one fault, the admin's list, and who may see which."""

import pytest

from station.lib import notify
from station.models import Amenity, Fault, FaultPhoto, FaultVoice
from station.operations.faults import fix_fault
from tests.station.test_faults import picture


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    notify.outbox.clear()


@pytest.fixture
def locked(here):
    fault = Fault.objects.create(station=here.station, kind="locked", text="敲了没人应", voices=2)
    FaultVoice.objects.create(fault=fault, device="a", text="灯也没亮")
    return fault


@pytest.fixture
def page_of():
    return lambda fault: f"/counter/faults/{fault.key}/"


def test_the_keeper_reads_what_was_said_and_mends_it_with_a_photo(locked, page_of, keeper, signed_in, client):
    browser = signed_in(keeper)
    html = browser.get(page_of(locked)).content.decode()
    assert [said in html for said in ("敲了没人应", "灯也没亮", "门开着了", "确认有问题")] == [True] * 4
    answer = browser.post(
        page_of(locked), {"step": "fix", "fix-answer": "锁芯换了", "fix-photo": picture()}, follow=True
    )
    assert answer.redirect_chain == [(page_of(locked), 302)]
    locked.refresh_from_db()
    assert (locked.state, locked.answer, locked.ended_by) == ("fixed", "锁芯换了", keeper)
    photo = FaultPhoto.objects.get()
    assert photo.moment == "after"
    page = client.get(f"/faults/{locked.key}/").content.decode()
    assert "门开了，欢迎再来。" in page
    path = f"/faults/{locked.key}/photos/{photo.pk}/small/"
    assert path in page
    assert client.get(path)["Content-Type"] == "image/jpeg"
    assert client.get(path.replace(str(locked.key), "00000000-0000-4000-8000-000000000000")).status_code == 404


def test_confirmed_with_a_word(locked, page_of, community_admin, signed_in, client):
    signed_in(community_admin).post(page_of(locked), {"step": "confirm", "confirm-answer": "锁坏了，十点来人"})
    locked.refresh_from_db()
    assert (locked.state, locked.answer) == ("confirmed", "锁坏了，十点来人")
    assert "确认门锁着" in client.get("/stations/").content.decode()


def test_dismissing_needs_a_reason(locked, page_of, keeper, signed_in):
    browser = signed_in(keeper)
    page = browser.post(page_of(locked), {"step": "dismiss", "dismiss-answer": " "})
    assert page.status_code == 422
    assert "写一句为什么，反映的人会看到。" in page.content.decode()
    browser.post(page_of(locked), {"step": "dismiss", "dismiss-answer": "门推开就行"})
    locked.refresh_from_db()
    assert (locked.state, locked.answer) == ("dismissed", "门推开就行")


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"step": "explode"},
        {"step": "fix", "fix-answer": "好" * 101},
        {"step": "fix", "fix-answer": "\0"},
        {"step": "fix", "fix-photo": picture("GIF")},
    ],
)
def test_bad_input_changes_nothing(locked, page_of, keeper, signed_in, typed):
    assert signed_in(keeper).post(page_of(locked), typed).status_code == 422
    locked.refresh_from_db()
    assert locked.state == "reported"


def test_a_colleague_was_faster(locked, page_of, keeper, community_admin, signed_in):
    fix_fault(locked, by=community_admin, answer="开了")
    page = signed_in(keeper).post(page_of(locked), {"step": "confirm"})
    assert page.status_code == 422
    assert "别的同事刚刚办过了。" in page.content.decode()


@pytest.mark.parametrize("role", ["grid_worker", "team_leader", "supervisor", "rider"])
def test_for_all_others_the_page_does_not_exist(locked, page_of, request, signed_in, role):
    browser = signed_in(request.getfixturevalue(role))
    assert browser.get(page_of(locked)).status_code == 404
    assert browser.post(page_of(locked), {"step": "fix"}).status_code == 404
    locked.refresh_from_db()
    assert locked.state == "reported"


def test_a_fault_elsewhere_does_not_exist(elsewhere, keeper, community_admin, page_of, signed_in):
    theirs = Fault.objects.create(station=elsewhere.station, kind="locked")
    for user in (keeper, community_admin):
        assert signed_in(user).get(page_of(theirs)).status_code == 404
        assert signed_in(user).post(page_of(theirs), {"step": "fix"}).status_code == 404
        assert signed_in(user).get(f"/admin/station/fault/{theirs.pk}/change/").status_code == 404


def test_nobody_signed_in_is_sent_to_sign_in(locked, page_of, client):
    answer = client.get(page_of(locked))
    assert (answer.status_code, answer.url.partition("?")[0]) == (302, "/admin/login/")  # not the riders' phone code


# --- the admin -------------------------------------------------------------------------------------------------------
def test_the_list_is_ones_own_and_says_how_long(locked, elsewhere, keeper, signed_in):
    Fault.objects.create(station=elsewhere.station, kind="locked")
    page = signed_in(keeper).get("/admin/station/fault/", {"waiting": "yes", "kind__exact": "locked"}).content.decode()
    assert "共 1 条" in page
    assert "等了 1 分钟" in page
    assert "河东驿站" not in page


def test_buttons_of_the_admin_call_the_operations(locked, keeper, signed_in):
    browser = signed_in(keeper)
    page = browser.get(f"/admin/station/fault/{locked.pk}/change/").content.decode()
    assert "敲了没人应" in page
    assert f'href="/counter/faults/{locked.key}/"' in page
    browser.post(f"/admin/station/fault/{locked.pk}/do/confirm/", {"answer": ""})
    browser.post(f"/admin/station/fault/{locked.pk}/do/fix/", {"answer": "开了"})
    locked.refresh_from_db()
    assert (locked.state, locked.answer) == ("fixed", "开了")


def test_the_supervisor_reads_that_there_is_one_and_changes_nothing(locked, supervisor, signed_in):
    browser = signed_in(supervisor)
    page = browser.get(f"/admin/station/fault/{locked.pk}/change/").content.decode()
    assert "门锁着" in page
    assert "敲了没人应" not in page
    for step in ("confirm", "fix", "dismiss"):
        assert browser.post(f"/admin/station/fault/{locked.pk}/do/{step}/", {"answer": "x"}).status_code == 403
    locked.refresh_from_db()
    assert locked.state == "reported"


@pytest.mark.parametrize("number", [1, 30])
def test_the_list_costs_the_same(here, kinds, keeper, signed_in, django_assert_num_queries, number):
    amenity = Amenity.objects.create(station=here.station, kind=kinds["microwave"])
    for n in range(number):
        Fault.objects.create(station=here.station, kind="other", text=f"{n}")
    Fault.objects.create(station=here.station, kind="broken", amenity=amenity)
    browser = signed_in(keeper)
    with django_assert_num_queries(9):
        browser.get("/admin/station/fault/")
