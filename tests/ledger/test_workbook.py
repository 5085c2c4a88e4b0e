"""The whole ledger in one workbook: figures first, then the three rosters, under one serial and one record."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from python_calamine import load_workbook

from ledger.models import FormColumn, FormTemplate, Printout
from ledger.operations.templates import save_template
from ledger.operations.workbooks import make_workbook
from station.models import AuditEvent
from station.roles import PERMISSIONS, Role
from tests.ledger.roster_rows import add_enterprise, add_member, add_worker, today_and_long_ago

URL = "/admin/ledger/printout/workbook/"
REASON = {"reason": "报送街道办"}
BUTTON = f'href="{URL}"'
CURRENT, CHANGED = "这份仍然有效", "台账后来有变动"


@pytest.fixture(autouse=True)
def nothing_remembered():
    cache.clear()


@pytest.fixture
def ledger(here, elsewhere):
    """Two enterprises, three workers (one has left), one member; and others elsewhere."""
    fresh, stale = today_and_long_ago()
    firm = add_enterprise(here, last_confirmed_on=fresh)
    add_enterprise(
        here, "JSL-Q0002", name="霞光出行", kind="ride_hailing", condition="hard", party_organisation="instructor",
        no_party_reason="", instructor="李指导", last_confirmed_on=stale, grid=here.grids[1],
    )  # fmt: skip
    member = add_worker(here, "JSL-R0001", "赵𫖯", employer=firm, last_confirmed_on=fresh)
    add_worker(here, "JSL-R0002", "李䶮", occupation="courier", grid=None, last_confirmed_on=fresh - timedelta(days=40))
    add_worker(here, "JSL-R0003", "走了的", state="left", left_on=fresh, left_reason="搬走")
    add_member(member)
    add_member(add_worker(elsewhere, "HD-R0001", "别处的", employer=add_enterprise(elsewhere, "HD-Q0001")), "HD-D0001")
    return here


def body(response):
    return b"".join(response.streaming_content)


def sheets(content):
    workbook = load_workbook(BytesIO(content))
    return {name: workbook.get_sheet_by_name(name).to_python() for name in workbook.sheet_names}


def test_the_sheets_to_the_letter(ledger, community_admin, signed_in):
    response = signed_in(community_admin).post(URL, REASON)
    printout = Printout.objects.get()
    assert f"{printout.serial}.xlsx" in response.headers["Content-Disposition"]
    assert "no-store" in response.headers["Cache-Control"]
    found = sheets(body(response))
    assert list(found) == ["汇总", "新业态企业花名册", "新就业群体花名册", "流动党员花名册"]
    made = f"{timezone.localtime(printout.at):%Y-%m-%d %H:%M}　周敏 导出　用途：报送街道办"
    checked = f"流水号 {printout.serial}　核验：http://testserver/v/{printout.serial}/"
    for name, title in [
        ("汇总", "建设路社区台账汇总"),
        ("新业态企业花名册", "建设路社区新业态企业花名册"),
        ("新就业群体花名册", "建设路社区新就业群体花名册"),
        ("流动党员花名册", "建设路社区流动党员花名册"),
    ]:
        assert [row[0] for row in found[name][:3]] == [title, made, checked]
    assert found["汇总"][3][0] == "只数在册的，没有姓名和号码；后面三张表各按所选的表样。"
    assert found["汇总"][4:] == [
        ["统计项", "分类", "数量", "占比"],
        ["合计", "新业态企业", 2, ""],
        ["合计", "新就业群体", 2, ""],
        ["合计", "流动党员", 1, ""],
        ["企业 按网格", "第1网格", 1, "50%"],
        ["企业 按网格", "第2网格", 1, "50%"],
        ["企业 按业态", "外卖配送", 1, "50%"],
        ["企业 按业态", "网约出行", 1, "50%"],
        ["企业 按经营状况", "正常经营", 1, "50%"],
        ["企业 按经营状况", "经营困难", 1, "50%"],
        ["企业 按党组织", "选派指导员", 1, "50%"],
        ["企业 按党组织", "未组建", 1, "50%"],
        ["企业 党组织覆盖", "组织覆盖", 0, "0%"],
        ["企业 党组织覆盖", "工作覆盖", 1, "50%"],
        ["人员 按网格", "第1网格", 1, "50%"],
        ["人员 按网格", "未分网格", 1, "50%"],
        ["人员 按职业", "外卖骑手", 1, "50%"],
        ["人员 按职业", "快递员", 1, "50%"],
        ["流动党员 按网格", "第1网格", 1, "100%"],
        ["流动党员 按状态", "在流动中", 1, "100%"],
        ["企业 核实情况", "近 30 天核实过", 1, "50%"],
        ["企业 核实情况", "30 到 90 天前", 0, "0%"],
        ["企业 核实情况", "90 天没核实", 1, "50%"],
        ["人员 核实情况", "近 30 天核实过", 1, "50%"],
        ["人员 核实情况", "30 到 90 天前", 1, "50%"],
        ["人员 核实情况", "90 天没核实", 0, "0%"],
    ]
    assert [row[1] for row in found["新业态企业花名册"][5:]] == ["JSL-Q0001", "JSL-Q0002"]
    assert [(row[1], row[2], row[9]) for row in found["新就业群体花名册"][5:]] == [
        ("JSL-R0001", "赵𫖯", "138****0001"),
        ("JSL-R0002", "李䶮", "138****0002"),
    ]
    assert [row[1] for row in found["流动党员花名册"][5:]] == ["JSL-D0001"]


def test_the_record(ledger, community_admin, signed_in):
    body(signed_in(community_admin).post(URL, REASON))
    printout, event = Printout.objects.get(), AuditEvent.objects.get()
    assert (printout.roster, printout.form, printout.rows, printout.filters) == ("ledger", "xlsx", 5, {})
    assert (printout.by, printout.reason, printout.template, printout.full) == (
        community_admin,
        "报送街道办",
        "",
        False,
    )
    assert printout.columns[:2] == ["enterprises.number", "enterprises.name"]
    assert (event.action, event.reason, event.community) == ("export ledger", "报送街道办", ledger.community)
    assert event.data == {
        "form": "xlsx", "rows": 5, "filtered": False, "enterprises": 2, "workers": 2, "members": 1,
    }  # fmt: skip
    client = signed_in(community_admin)
    assert "整本台账" in client.get(reverse("admin:ledger_printout_changelist") + "?roster=ledger").content.decode()
    page = client.get(reverse("admin:ledger_printout_change", args=[printout.pk])).content.decode()
    assert "编号、企业名称、业态" in page
    page = client.get(reverse("admin:station_auditevent_change", args=[event.pk])).content.decode()
    # PostgreSQL keeps the details in an order of its own.
    for said in ("导出整本台账", "形式：Excel", "行数：5", "经过筛选：否", "企业：2", "人员：2", "流动党员：1"):
        assert said in page


def test_templates_and_full_numbers(ledger, community_admin, signed_in):
    couriers = FormTemplate(
        community=ledger.community, kind="workers", name="快递员", filters={"occupation": ["courier"]}
    )
    save_template(couriers, [FormColumn(key="phone", title="电话", position=0)], by=community_admin)
    asked = REASON | {
        "enterprises": "organisation", "workers": f"own-{couriers.pk}", "members": "", "full": "on",
        "full_reason": "办理意外伤害险",
    }  # fmt: skip
    found = sheets(body(signed_in(community_admin).post(URL, asked)))
    assert found["新业态企业花名册"][0][0] == "建设路社区新业态企业组织建设情况表"  # nothing masked on it
    assert found["新业态企业花名册"][4][7:9] == ["党组织", "党建指导员"]
    assert found["新就业群体花名册"][0][0] == "建设路社区新就业群体花名册（含完整个人信息）"
    assert found["新就业群体花名册"][1][0] == "筛选：职业：快递员"
    assert found["新就业群体花名册"][5:] == [["序号", "电话"], [1, "13800000002"]]
    printout, event = Printout.objects.get(), AuditEvent.objects.order_by("-number").first()
    assert (printout.full, printout.template, printout.rows) == (True, "组织建设情况表、快递员", 4)
    assert list(printout.filters) == ["sheets"]
    assert list(printout.filters["sheets"]) == ["workers"]
    assert event.data == {
        "form": "xlsx", "rows": 4, "filtered": True, "enterprises": 2, "workers": 1, "members": 1,
        "template": "组织建设情况表、快递员", "full": True,
    }  # fmt: skip


@pytest.mark.parametrize("filtered", [False, True])
def test_the_public_page_answers_for_it(filtered, ledger, community_admin, signed_in, client):
    asked = dict(REASON)
    if filtered:
        template = FormTemplate(
            community=ledger.community, kind="workers", name="快递员", filters={"occupation": ["courier"]}
        )
        save_template(template, [FormColumn(key="name", position=0)], by=community_admin)
        asked["workers"] = f"own-{template.pk}"
    body(signed_in(community_admin).post(URL, asked))
    printout = Printout.objects.get()
    page = client.get(f"/v/{printout.serial}/").content.decode()
    for said in ("这份台账是真的", "整本台账", "建设路社区", "4 条" if filtered else "5 条", CURRENT):
        assert said in page
    assert ("（有的表只含筛选出的一部分）" in page) is filtered
    for secret in ("赵𫖯", "JSL-R0001", "报送街道办", printout.sha256):
        assert secret not in page
    cache.clear()
    add_worker(ledger, "JSL-R0009")  # not among those the filtered sheet chose
    assert (CURRENT if filtered else CHANGED) in client.get(f"/v/{printout.serial}/").content.decode()
    cache.clear()
    add_enterprise(ledger, "JSL-Q0003", name="第三家")
    assert CHANGED in client.get(f"/v/{printout.serial}/").content.decode()


def test_only_who_may_export_all_three(
    ledger, community_admin, grid_worker, keeper, team_leader, supervisor, rider, signed_in, monkeypatch
):
    for user in (grid_worker, keeper, team_leader, supervisor, rider):
        client = signed_in(user)
        assert client.get(URL).status_code in {302, 403}
        assert client.post(URL, REASON).status_code in {302, 403}
        assert BUTTON not in client.get("/admin/", follow=True).content.decode()
    client = signed_in(community_admin)
    assert BUTTON in client.get("/admin/").content.decode()
    for model in ("enterprise", "worker", "partymember"):
        assert BUTTON in client.get(reverse(f"admin:ledger_{model}_changelist")).content.decode()
    kept = PERMISSIONS[Role.COMMUNITY_ADMIN] - {"ledger.export_partymember"}
    monkeypatch.setitem(PERMISSIONS, Role.COMMUNITY_ADMIN, kept)
    assert client.post(URL, REASON).status_code == 403
    assert BUTTON not in client.get("/admin/").content.decode()
    assert not Printout.objects.exists()


def test_full_numbers_need_the_right_to_all_three(ledger, community_admin, signed_in, monkeypatch):
    kept = PERMISSIONS[Role.COMMUNITY_ADMIN] - {"ledger.reveal_partymember"}
    monkeypatch.setitem(PERMISSIONS, Role.COMMUNITY_ADMIN, kept)
    client = signed_in(community_admin)
    assert 'name="full"' not in client.get(URL).content.decode()
    with pytest.raises(ValidationError) as refused:
        make_workbook(
            community=ledger.community, layouts={}, write=len, by=community_admin, reason="存档", full=True,
            full_reason="办理意外险",
        )  # fmt: skip
    assert refused.value.messages == ["您没有查看完整信息的权限，只能导出打码的。"]
    assert not Printout.objects.exists()


def test_a_reason_is_required_and_a_foreign_template_refused(ledger, elsewhere, community_admin, signed_in):
    other = FormTemplate(community=elsewhere.community, kind="workers", name="别处的")
    save_template(other, [FormColumn(key="name", position=0)], by=None)
    client = signed_in(community_admin)
    assert client.get(URL).status_code == 200
    for asked in ({"reason": " "}, REASON | {"workers": f"own-{other.pk}"}, REASON | {"members": "needs"}):
        response = client.post(URL, asked)
        assert response.status_code == 422
        assert "errorlist" in response.content.decode()
    assert not Printout.objects.exists()


@pytest.mark.parametrize("rows", [1, 30])
def test_the_number_of_queries_does_not_grow(rows, here, community_admin, signed_in, client, django_assert_num_queries):
    for number in range(1, rows + 1):
        add_member(
            add_worker(
                here, f"JSL-R{number:04}", employer=add_enterprise(here, f"JSL-Q{number:04}", name=f"企业{number}")
            ),
            f"JSL-D{number:04}",
        )
    staff = signed_in(community_admin)
    with django_assert_num_queries(46):
        body(staff.post(URL, REASON))
    printout = Printout.objects.get()
    with django_assert_num_queries(4):
        client.get(f"/v/{printout.serial}/")


def test_the_command(ledger, tmp_path):
    file = tmp_path / "out.xlsx"
    arguments = ["--community", "jianshelu", "--template", "签到表, 组织建设情况表"]
    call_command("export_roster", "ledger", str(file), *arguments, verbosity=0)
    found = sheets(file.read_bytes())
    assert found["新就业群体花名册"][4] == ["序号", "编号", "姓名", "职业", "网格", "手机号", "签字"]
    assert found["流动党员花名册"][0][0] == "建设路社区流动党员报到签到表"
    assert found["新业态企业花名册"][0][0] == "建设路社区新业态企业组织建设情况表"
    assert Printout.objects.get().template == "组织建设情况表、签到表、签到表"
    with pytest.raises(CommandError, match="没有这张表样"):
        call_command(
            "export_roster", "ledger", str(file), "--community", "jianshelu", "--template", "没有", verbosity=0
        )
    with pytest.raises(CommandError, match=r"must end in"):
        call_command("export_roster", "ledger", str(tmp_path / "out.csv"), "--community", "jianshelu", verbosity=0)
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("print_roster", "ledger", str(tmp_path / "out.pdf"))
