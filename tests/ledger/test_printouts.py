"""Who may let a roster out of the admin, which rows leave, what is recorded, and what the public page tells."""

import re

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.urls import reverse

from ledger.models import Printout, Worker
from ledger.operations.printouts import (
    SERIAL_ALPHABET,
    make_printout,
    new_serial,
    normalize_serial,
)
from ledger.printables import numbers_in, ranges_text
from ledger.rosters import WORKERS
from station.models import AuditEvent
from station.operations.audit import first_broken_link
from station.roles import Role
from tests.ledger.roster_rows import add_enterprise, add_member, add_worker

FORMS = ["html", "pdf", "xlsx", "csv"]
REASON = {"reason": "报送街道办"}


@pytest.fixture(autouse=True)
def nothing_remembered():
    cache.clear()


def way_out(form, model="worker", query=""):
    return reverse(f"admin:ledger_{model}_{form}") + query


def body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def printed(place):
    """One copy of the workers' roster, as a command makes it."""
    values = {"community": place.community, "write": lambda copy: list(copy.lines()), "by": None, "reason": "存档"}
    return make_printout(WORKERS, "csv", **values)


# --- who
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("model", ["enterprise", "worker", "partymember"])
def test_only_the_community_admin_lets_a_roster_out(
    form, model, here, community_admin, grid_worker, keeper, team_leader, supervisor, rider, signed_in
):
    add_member(add_worker(here, "JSL-R0001", employer=add_enterprise(here)))
    for user in (grid_worker, keeper, team_leader, supervisor, rider):
        response = signed_in(user).post(way_out(form, model), REASON)
        assert response.status_code in {302, 403}
        assert "text/html" in response.headers["Content-Type"]
        assert "刘洋" not in response.content.decode()
    assert not Printout.objects.exists()
    assert signed_in(community_admin).post(way_out(form, model), REASON).status_code == 200
    assert Printout.objects.get().form == form


def test_the_list_offers_what_the_user_may_do(here, community_admin, grid_worker, signed_in):
    url = reverse("admin:ledger_worker_changelist")
    page = signed_in(community_admin).get(url + "?occupation__exact=courier&p=1&o=2").content.decode()
    for form in FORMS:
        assert f'href="{way_out(form)}?occupation__exact=courier"' in page
    page = signed_in(grid_worker).get(url).content.decode()
    assert [form for form in FORMS if way_out(form) in page] == []


def test_asking_writes_nothing_and_a_reason_is_required(here, community_admin, signed_in):
    client = signed_in(community_admin)
    assert client.get(way_out("pdf")).status_code == 200
    for reason in ("", "   ", "a" * 101, "a\0b"):
        response = client.post(way_out("pdf"), {"reason": reason})
        assert response.status_code == 422
        assert "errorlist" in response.content.decode()
    assert not Printout.objects.exists()


# --- which rows
def searched(client, words):
    """The query string to which the search box of the list leads."""
    return "?" + client.post(reverse("admin:ledger_worker_changelist"), {"q": words}).url.partition("?")[2]


def csv_of(client, query=""):
    text = body(client.post(way_out("csv", query=query), REASON)).decode("utf-8-sig")
    return re.findall(r'"(JSL-R\d+|HD-R\d+)"', text)


def test_the_file_holds_what_the_list_shows(here, elsewhere, community_admin, signed_in):
    add_worker(here, "JSL-R0001", "李䶮", occupation="courier")
    add_worker(here, "JSL-R0002", "王㛃")
    add_worker(here, "JSL-R0003", "李四", state="left", left_on="2026-09-01", left_reason="搬走", occupation="courier")
    add_worker(elsewhere, "HD-R0001", "李五", occupation="courier")
    client = signed_in(community_admin)
    assert csv_of(client) == ["JSL-R0001", "JSL-R0002"]
    assert csv_of(client, "?occupation__exact=courier") == ["JSL-R0001"]
    assert csv_of(client, "?state__exact=left") == ["JSL-R0003"]
    assert csv_of(client, searched(client, "李")) == ["JSL-R0001"]
    assert csv_of(client, searched(client, "13800000002")) == ["JSL-R0002"]
    assert [printout.filters for printout in Printout.objects.order_by("pk")] == [
        {},
        {"shown": ["职业：快递员"], "rows": f"{Worker.objects.get(number='JSL-R0001').pk}"},
        {"shown": ["状态：已离开"], "rows": f"{Worker.objects.get(number='JSL-R0003').pk}"},
        {"shown": ["按关键词查找"], "rows": f"{Worker.objects.get(number='JSL-R0001').pk}"},
        {"shown": ["按关键词查找"], "rows": f"{Worker.objects.get(number='JSL-R0002').pk}"},
    ]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?nonsense=1", 302),
        ("?employer__name=x", 400),
        ("?q=李", 302),
        ("?q=%00", 302),
        ("?q=a%00b", 302),
        ("?occupation__exact=%00", 302),
    ],
)
def test_a_malformed_filter_never_prints_more(query, status, here, community_admin, signed_in):
    add_worker(here, "JSL-R0001")
    assert signed_in(community_admin).post(way_out("csv", query=query), REASON).status_code == status
    assert not Printout.objects.exists()


def test_of_several_communities_one_is_chosen(here, elsewhere, community_admin, signed_in):
    add_worker(here, "JSL-R0001")
    add_worker(elsewhere, "HD-R0001")
    community_admin.duties.create(role=Role.COMMUNITY_ADMIN, community=elsewhere.community)
    client = signed_in(community_admin)
    assert client.post(way_out("csv"), REASON).status_code == 422
    response = client.post(way_out("csv"), REASON | {"community": elsewhere.community.pk})
    assert "HD-R0001" in (text := body(response).decode())
    assert "JSL-R0001" not in text
    assert Printout.objects.get().community == elsewhere.community


def test_a_community_out_of_reach_is_refused(here, elsewhere, community_admin, signed_in):
    add_worker(elsewhere, "HD-R0001")
    response = signed_in(community_admin).post(way_out("csv"), REASON | {"community": elsewhere.community.pk})
    assert "HD-R0001" not in body(response).decode()


# --- what comes back
def test_the_page_for_the_browsers_print(here, community_admin, signed_in):
    add_worker(here, "JSL-R0001", "陈𬱟")
    response = signed_in(community_admin).post(way_out("html"), REASON)
    page, printout = response.content.decode(), Printout.objects.get()
    assert "<td>陈𬱟</td>" in page
    assert "138****0001" in page
    assert "13800000001" not in page
    head = '<th scope="col">姓名</th>'
    for said in (printout.serial, "周敏", "用途：报送街道办", "合计 1 名", "data:image/png;base64,", head):
        assert said in page
    assert "style=" not in page
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize(("form", "starts"), [("pdf", b"%PDF-"), ("xlsx", b"PK"), ("csv", b"\xef\xbb\xbf")])
def test_the_file(form, starts, here, community_admin, signed_in):
    add_worker(here, "JSL-R0001")
    response = signed_in(community_admin).post(way_out(form), REASON)
    printout = Printout.objects.get()
    assert body(response).startswith(starts)
    assert "attachment" in response.headers["Content-Disposition"]
    assert f"{printout.serial}.{form}" in response.headers["Content-Disposition"]
    assert "no-store" in response.headers["Cache-Control"]


def test_a_character_in_no_font_is_asked_about_before_printing(here, community_admin, signed_in):
    add_worker(here, "JSL-R0001", "孙\U000323a0")
    client = signed_in(community_admin)
    response = client.post(way_out("pdf"), REASON)
    assert response.status_code == 422
    assert "U+323A0" in response.content.decode()
    assert 'type="checkbox" name="anyway"' in response.content.decode()
    assert not Printout.objects.exists()
    response = client.post(way_out("pdf"), REASON | {"anyway": "on"})
    assert body(response).startswith(b"%PDF-")
    assert Printout.objects.count() == 1


# --- the record
def test_every_copy_is_recorded_without_personal_data(here, community_admin, signed_in):
    add_worker(here, "JSL-R0001")
    signed_in(community_admin).post(way_out("xlsx"), REASON)
    printout, event = Printout.objects.get(), AuditEvent.objects.get()
    assert (printout.roster, printout.rows, printout.by) == ("workers", 1, community_admin)
    assert (event.action, event.actor, event.reason) == ("export roster", community_admin, "报送街道办")
    assert event.data == {"roster": "workers", "form": "xlsx", "rows": 1, "filtered": False}
    assert first_broken_link() is None


def test_what_fails_is_not_recorded(here):
    def fail(copy):
        next(copy.lines(), None)
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011 - whatever the writer raised
        make_printout(WORKERS, "csv", community=here.community, write=fail, by=None, reason="存档")
    with pytest.raises(ValidationError):
        make_printout(WORKERS, "csv", community=here.community, write=list, by=None, reason=" ")
    assert not Printout.objects.exists()
    assert not AuditEvent.objects.exists()


def test_the_records_can_only_be_read(here, elsewhere, community_admin, grid_worker, signed_in):
    mine, other = printed(here), printed(elsewhere)
    client = signed_in(community_admin)
    page = client.get(reverse("admin:ledger_printout_changelist")).content.decode()
    assert mine.serial in page
    assert other.serial not in page
    change = reverse("admin:ledger_printout_change", args=[mine.pk])
    assert client.get(change).status_code == 200
    assert client.post(change, {"reason": "改"}).status_code == 403
    assert client.get(reverse("admin:ledger_printout_add")).status_code == 403
    assert signed_in(grid_worker).get(reverse("admin:ledger_printout_changelist")).status_code == 403


def test_serials_are_not_guessable_and_forgive_misreading():
    serials = {new_serial() for _number in range(200)}
    assert len(serials) == 200
    assert all(re.fullmatch(f"[{SERIAL_ALPHABET}]{{5}}-[{SERIAL_ALPHABET}]{{5}}", serial) for serial in serials)
    assert normalize_serial("7k3mq9xd2a") == normalize_serial("7K3MQ-9XD2A") == "7K3MQ-9XD2A"
    assert normalize_serial("OIL11-00000") == "01111-00000"
    for wrong in ("", "7K3MQ", "7K3MQ-9XD2U", "7K3MQ-9XD2A1", "\0" * 10, "７K3MQ-9XD2A"):
        assert normalize_serial(wrong) is None


def test_numbers_in_short():
    assert ranges_text([1, 2, 3, 7, 9, 10]) == "1-3,7,9-10"
    assert numbers_in("1-3,7,9-10") == [1, 2, 3, 7, 9, 10]
    assert (ranges_text([]), numbers_in("")) == ("", [])


# --- the public page
UNKNOWN = ["AAAAA-AAAAA", "JSL-20261123-0007", "%01", "9" * 500, "名册", "%F0%9F%98%80"]
CURRENT, CHANGED = "这份仍然有效", "台账后来有变动"


def test_the_public_page_tells_genuine_from_outdated_and_nothing_more(here, client):
    worker = add_worker(here, "JSL-R0001", "陈𬱟")
    printout = printed(here)
    page = client.get(f"/v/{printout.serial}/").content.decode()
    assert CURRENT in page
    for said in ("这份花名册是真的", "新就业群体花名册", "建设路社区", "1 名", printout.serial):
        assert said in page
    for secret in ("陈𬱟", "JSL-R0001", "138", "存档", "系统命令", printout.sha256):
        assert secret not in page
    worker.phone = "13800009999"
    worker.save()
    assert CURRENT in client.get(f"/v/{printout.serial}/").content.decode()  # answered from memory for a minute
    cache.clear()
    assert CHANGED in client.get(f"/v/{printout.serial}/").content.decode()


def test_one_more_worker_outdates_the_whole_roster_but_not_a_selection(here, community_admin, signed_in, client):
    add_worker(here, "JSL-R0001", occupation="courier")
    staff = signed_in(community_admin)
    for query in ("", "?occupation__exact=courier"):
        staff.post(way_out("html", query=query), REASON)
    whole, part = Printout.objects.order_by("pk")
    assert CURRENT in client.get(f"/v/{whole.serial}/").content.decode()
    assert "（筛选出的一部分）" in client.get(f"/v/{part.serial}/").content.decode()
    cache.clear()
    second = add_worker(here, "JSL-R0002")
    assert CHANGED in client.get(f"/v/{whole.serial}/").content.decode()
    assert CURRENT in client.get(f"/v/{part.serial}/").content.decode()
    cache.clear()
    second.delete()
    Worker.objects.update(state="left", left_on="2026-09-01", left_reason="搬走")
    for printout in (whole, part):
        assert CHANGED in client.get(f"/v/{printout.serial}/").content.decode()


@pytest.mark.parametrize("rows", [1, 30])
def test_the_public_page_costs_two_queries_and_no_session(rows, here, client, django_assert_num_queries):
    for number in range(1, rows + 1):
        add_worker(here, f"JSL-R{number:04}")
    printout = printed(here)
    with django_assert_num_queries(2):
        response = client.get(f"/v/{printout.serial}/")
    assert "sessionid" not in response.cookies


@pytest.mark.parametrize("serial", UNKNOWN)
def test_an_unknown_serial_gets_a_page_that_helps(serial, db, client):
    response = client.get(f"/v/{serial}/")
    assert response.status_code == 404
    assert "没查到这份打印件" in response.content.decode()
    assert "请拿着它问一问社区" in response.content.decode()
