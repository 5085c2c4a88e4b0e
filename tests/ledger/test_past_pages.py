"""The registers as of a past day on the screen, on paper and as files; who may look, and what a wrong date gets."""

import csv
import re
from datetime import date, timedelta
from io import BytesIO, StringIO

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from ledger.models import Printout, Worker
from ledger.operations import workers
from ledger.operations.printouts import Selection, make_printout
from ledger.rosters import WORKERS
from station.models import AuditEvent
from station.roles import Role
from tests.ledger.past_rows import happened
from tests.ledger.roster_rows import add_enterprise, add_member, add_worker

REASON = {"reason": "报送街道办"}
DAY = "2026-02-01"


@pytest.fixture(autouse=True)
def nothing_remembered():
    cache.clear()


@pytest.fixture
def ledger(here, elsewhere, make_worker, community_admin):
    """Registered in January, one corrected and one gone in March, one more in April; somebody elsewhere."""
    changed, gone = make_worker("李䶮", "13912340001", site="一站"), make_worker("王𫖯", "13900000002")
    how = {"by": community_admin}
    workers.change_worker(changed, {"site": "二站", "phone": "13956780001"}, reason="换站点", **how)
    workers.leave_worker(gone, reason="回老家", on=date(2026, 3, 1), **how)
    happened(changed, "2026-01-10 09:00", "2026-03-01 10:00")
    happened(gone, "2026-01-11 09:00", "2026-03-01 11:00")
    happened(make_worker("陈𬱟", "13900000003", grid=here.grids[1]), "2026-04-01 10:00")
    happened(add_worker(elsewhere, "HD-R0001", "别处的"), "2026-01-01 10:00")
    return changed


def past(model="worker", **query):
    return reverse(f"admin:ledger_{model}_past") + "?" + "&".join(f"{name}={value}" for name, value in query.items())


def way_out(form, model="worker", **query):
    return past(model, **query).replace(
        reverse(f"admin:ledger_{model}_past"), reverse(f"admin:ledger_{model}_past_{form}")
    )


def body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def sheets(file):
    """The text of each sheet; the NULs between the characters are pypdf's own."""
    return [page.extract_text().replace("\0", "") for page in PdfReader(file).pages]


def lines(response):
    return [[text for text, _whole in texts] for _row, texts in response.context["lines"]]


def words(response):
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(text.split())


# --- the screen ------------------------------------------------------------------------------------------------------
def test_the_page_of_a_past_day(ledger, community_admin, signed_in):
    response = signed_in(community_admin).get(past(on=DAY))
    today = timezone.localdate().isoformat()
    assert lines(response) == [
        ["JSL-R0001", "李䶮", "", "快递员", "", "一站", "", "第1网格", "139****0001", today, "有效", "在册"],
        ["JSL-R0002", "王𫖯", "", "快递员", "", "", "", "第1网格", "139****0002", today, "有效", "在册"],
    ]
    shown = words(response)
    assert "建设路社区新就业群体花名册（截至 2026-02-01）" in shown
    assert "共 2 名 第1网格 2" in shown
    assert "和今天比：新增 1，离开 1，变化 1" in shown
    for secret in ("13912340001", "13956780001", "别处的", "HD-R"):
        assert secret not in response.content.decode()
    assert "no-store" in response.headers["Cache-Control"]


def test_the_page_of_what_changed_since(ledger, community_admin, signed_in):
    shown = words(signed_in(community_admin).get(past(on=DAY, changes=1)))
    assert "JSL-R0003 陈𬱟 新增" in shown
    assert "JSL-R0002 王𫖯 离开 已离开 2026-03-01 回老家" in shown
    assert "JSL-R0001 李䶮 站点：一站 → 二站 手机号：139****0001 → 139****0001（打码后看着一样，其实换了）" in shown


def test_the_list_has_a_box_for_the_date(ledger, grid_worker, signed_in):
    page = signed_in(grid_worker).get(reverse("admin:ledger_worker_changelist")).content.decode()
    assert f'action="{reverse("admin:ledger_worker_past")}"' in page
    assert f'max="{timezone.localdate().isoformat()}"' in page


def test_without_a_date_it_asks_for_one(ledger, community_admin, signed_in):
    response = signed_in(community_admin).get(reverse("admin:ledger_worker_past"))
    assert response.status_code == 200
    assert "选一个日期" in words(response)


@pytest.mark.parametrize(
    ("on", "message"),
    [
        ("", "请选一个日期。"),
        ("2026-02-30", "没看懂这个日期，请写成 2026-09-30 这样。"),
        ("0000-01-01", "没看懂这个日期"),
        ("0000", "没看懂这个日期"),
        ("9999999", "没看懂这个日期"),
        ("%00", "没看懂这个日期"),
        ("2026-02-01%00", "没看懂这个日期"),
        ("昨天", "没看懂这个日期"),
        ("9" * 500, "没看懂这个日期"),
        ("9999-12-31", "台账日期不能晚于今天。"),
        ("2026-01-09", "台账从 2026-01-10 起才有记录"),
        ("0001-01-01", "台账从 2026-01-10 起才有记录"),
    ],
)
def test_a_wrong_date_is_refused_and_stays_in_the_box(on, message, ledger, community_admin, signed_in):
    client = signed_in(community_admin)
    response = client.get(past(on=on, changes=1))
    assert response.status_code == 422
    assert message in words(response)
    assert response.context["form"]["on"].value() == on.replace("%00", "\0")
    assert client.post(way_out("csv", on=on), REASON).status_code == 302
    assert not Printout.objects.exists()


def test_tomorrow_is_refused_today_and_other_spellings_are_not(ledger, community_admin, signed_in):
    client = signed_in(community_admin)
    today = timezone.localdate()
    assert client.get(past(on=today + timedelta(days=1))).status_code == 422
    assert "和今天比：没有变化" in words(client.get(past(on=today)))
    for spelling in ("2026/2/1", "2026.02.01", "2026年2月1日"):
        assert len(lines(client.get(past(on=spelling)))) == 2


def test_an_empty_roster_says_so(here, community_admin, signed_in):
    response = signed_in(community_admin).get(past("enterprise", on=timezone.localdate()))
    assert response.status_code == 422
    assert "台账还没有记录。" in words(response)


# --- who
def test_a_grid_worker_sees_his_grid_of_that_day_and_no_way_out(ledger, here, grid_worker, signed_in, community_admin):
    workers.change_worker(ledger, {"grid": here.grids[1]}, by=community_admin, reason="搬")
    happened(ledger, "2026-01-10 09:00", "2026-03-01 10:00", "2026-05-01 10:00")
    client = signed_in(grid_worker)
    response = client.get(past(on=DAY))
    assert [line[0] for line in lines(response)] == ["JSL-R0001", "JSL-R0002"]
    assert response.context["ways_out"] == []
    assert response.context["linked"] == {Worker.objects.get(number="JSL-R0002").pk}  # the other's page is 404 today
    assert lines(client.get(past(on="2026-05-02"))) == []
    shown = words(client.get(past(on=DAY, changes=1)))
    assert "JSL-R0001 李䶮 离开 今天不在您看到的花名册里" in shown
    assert "二站" not in shown
    assert client.get(past("partymember", on=DAY)).status_code == 403
    for form in ("html", "pdf", "xlsx", "csv"):
        assert client.post(way_out(form, on=DAY), REASON).status_code == 403
    assert not Printout.objects.exists()


@pytest.mark.parametrize("role", ["keeper", "team_leader", "supervisor", "rider"])
def test_nobody_else_gets_in(request, ledger, signed_in, role):
    client = signed_in(request.getfixturevalue(role))
    for url in (past(on=DAY), past("partymember", on=DAY), way_out("csv", on=DAY)):
        response = client.get(url)
        assert response.status_code in (302, 403)
        assert "李䶮" not in response.content.decode()


def test_of_several_communities_one_is_chosen(ledger, elsewhere, community_admin, signed_in):
    community_admin.duties.create(role=Role.COMMUNITY_ADMIN, community=elsewhere.community)
    client = signed_in(community_admin)
    assert client.get(past(on=DAY)).status_code == 422
    assert client.get(past(on=DAY, community="x")).status_code == 422
    response = client.get(past(on=DAY, community=elsewhere.community.pk))
    assert [line[0] for line in lines(response)] == ["HD-R0001"]
    assert f"community={elsewhere.community.pk}" in response.context["ways_out"][0]["url"]


def test_long_rosters_have_pages(here, community_admin, signed_in):
    for number in range(1, 62):
        happened(add_worker(here, f"JSL-R{number:04}"), "2026-01-10 09:00")
    client = signed_in(community_admin)
    first, second = client.get(past(on=DAY)), client.get(past(on=DAY, p=2))
    assert (len(lines(first)), len(lines(second))) == (50, 11)
    assert "共 61 名" in words(second)
    assert ("和今天比" in words(first), "和今天比" in words(second)) == (True, False)
    assert 'href="?on=2026-02-01&amp;p=2"' in first.content.decode()
    for odd in ("x", "0", "9" * 40, "%00"):
        assert client.get(past(on=DAY, p=odd)).status_code == 200


@pytest.mark.parametrize(("model", "queries"), [("enterprise", 15), ("worker", 19), ("partymember", 17)])
def test_the_page_costs_the_same_for_one_row_and_thirty(
    model, queries, here, community_admin, signed_in, django_assert_num_queries
):
    def add(number):
        enterprise = add_enterprise(here, f"JSL-Q{number:04}")
        worker = add_worker(here, f"JSL-R{number:04}", employer=enterprise)
        for row in (enterprise, worker, add_member(worker, f"JSL-D{number:04}")):
            happened(row, "2026-01-10 09:00")

    client = signed_in(community_admin)
    add(1)
    client.get(past(model, on=DAY))
    with django_assert_num_queries(queries):
        client.get(past(model, on=DAY))
    for number in range(2, 31):
        add(number)
    with django_assert_num_queries(queries):
        assert len(lines(client.get(past(model, on=DAY)))) == 30


# --- out of the system -----------------------------------------------------------------------------------------------
def test_asking_first(ledger, community_admin, signed_in):
    client = signed_in(community_admin)
    page = client.get(way_out("pdf", on=DAY))
    assert "花名册在 2026-02-01 那天的样子，表样有筛选的只含筛出的" in words(page)
    refused = client.post(way_out("pdf", on=DAY), {"reason": " "})
    assert refused.status_code == 422
    assert not Printout.objects.exists()


def test_the_file_of_a_past_day(ledger, community_admin, signed_in):
    response = signed_in(community_admin).post(way_out("csv", on=DAY), REASON)
    rows = list(csv.reader(StringIO(body(response).decode("utf-8-sig"))))
    assert rows[0] == ["建设路社区新就业群体花名册（截至 2026-02-01）"]
    today = timezone.localdate().isoformat()
    assert rows[5:] == [
        ["1", "JSL-R0001", "李䶮", "", "快递员", "", "一站", "", "第1网格", "139****0001", today, "有效", "在册"],
        ["2", "JSL-R0002", "王𫖯", "", "快递员", "", "", "", "第1网格", "139****0002", today, "有效", "在册"],
    ]
    printout = Printout.objects.get()
    assert (printout.as_of, printout.rows, printout.filters) == (date(2026, 2, 1), 2, {})
    assert f"-2026-02-01-{printout.serial}.csv" in response.headers["Content-Disposition"]
    event = AuditEvent.objects.get(action="export roster")
    assert (event.data["as_of"], event.data["rows"], event.reason) == ("2026-02-01", 2, "报送街道办")


def test_every_sheet_says_which_day(here, community_admin, signed_in):
    for number in range(1, 62):
        happened(add_worker(here, f"JSL-R{number:04}"), "2026-01-10 09:00")
    client = signed_in(community_admin)
    printed = sheets(BytesIO(body(client.post(way_out("pdf", on=DAY), REASON))))
    assert len(printed) > 1
    assert all("截至 2026-02-01" in sheet for sheet in printed)
    page = client.post(way_out("html", on=DAY), REASON).content.decode()
    assert '<h1 id="sheet-title">建设路社区新就业群体花名册（截至 2026-02-01）</h1>' in page
    assert body(client.post(way_out("xlsx", on=DAY), REASON)).startswith(b"PK")


def test_a_past_day_is_let_out_whole(here):
    with pytest.raises(TypeError):
        make_printout(
            WORKERS, "csv", community=here.community, write=list, by=None, reason="存档",
            selection=Selection(Worker.objects.all()), as_of=date(2026, 2, 1),
        )  # fmt: skip


def test_by_command(ledger, tmp_path, here):
    file = tmp_path / "out.csv"
    call_command("export_roster", "workers", str(file), "--community", "jianshelu", "--as-of", DAY, verbosity=0)
    assert "（截至 2026-02-01）" in file.read_text("utf-8-sig")
    assert re.findall(r'"(JSL-R\d+)"', file.read_text("utf-8-sig")) == ["JSL-R0001", "JSL-R0002"]
    paper = tmp_path / "out.pdf"
    call_command("print_roster", "workers", str(paper), "--community", "jianshelu", "--as-of", DAY, verbosity=0)
    assert "截至 2026-02-01" in sheets(paper)[0]
    assert list(Printout.objects.values_list("as_of", "rows")) == [(date(2026, 2, 1), 2)] * 2
    for day, message in (
        ("2026-02-30", "not a date like 2026-09-30"),
        ("0000", "not a date"),
        ("9999-12-31", "台账日期不能晚于今天"),
        ("0001-01-01", "从 2026-01-10 起才有记录"),
    ):
        with pytest.raises(CommandError, match=message):
            call_command(
                "export_roster", "workers", str(tmp_path / "no.csv"), "--community", "jianshelu", "--as-of", day
            )
    assert not (tmp_path / "no.csv").exists()


# --- /v/ -------------------------------------------------------------------------------------------------------------
SAME, OTHERWISE = "那天的历史记录没有改动", "那天的历史记录后来有改动"


def checked(client, printout):
    cache.clear()
    return words(client.get(f"/v/{printout.serial}/"))


def test_the_public_page_compares_a_past_day_with_the_same_past(ledger, here, community_admin, signed_in, client):
    signed_in(community_admin).post(way_out("html", on=DAY), REASON)
    printout = Printout.objects.get()
    page = checked(client, printout)
    assert "这份花名册是真的" in page
    assert SAME in page
    assert "台账日期 2026-02-01" in page
    assert "李䶮" not in page
    workers.change_worker(ledger, {"name": "李龑"}, by=community_admin, reason="今天改的")
    assert SAME in checked(client, printout)
    Worker.history.filter(id=ledger.pk).earliest().delete()
    assert OTHERWISE in checked(client, printout)


def test_a_copy_of_today_stays_true_to_the_moment_it_was_made(ledger, here, community_admin, signed_in, client):
    signed_in(community_admin).post(way_out("html", on=timezone.localdate()), REASON)
    workers.change_worker(ledger, {"name": "李龑"}, by=community_admin, reason="当天又改")
    assert SAME in checked(client, Printout.objects.get())


@pytest.mark.parametrize("rows", [1, 30])
def test_the_public_page_of_a_past_day_costs_five_queries(rows, here, client, django_assert_num_queries):
    for number in range(1, rows + 1):
        happened(add_worker(here, f"JSL-R{number:04}"), "2026-01-10 09:00")
    values = {"community": here.community, "write": lambda copy: list(copy.lines()), "by": None, "reason": "存档"}
    printout = make_printout(WORKERS, "csv", as_of=date(2026, 2, 1), **values)
    with django_assert_num_queries(5):
        client.get(f"/v/{printout.serial}/")
