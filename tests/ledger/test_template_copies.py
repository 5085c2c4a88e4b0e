"""What form templates make of a roster: in Excel and CSV, on record, by command."""

import csv
import re
from datetime import date
from io import BytesIO, StringIO

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import translation
from python_calamine import load_workbook

from ledger.exports import write_csv, write_xlsx
from ledger.layouts import BUILT_IN, layout_from, layout_of, layouts_for
from ledger.models import Printout
from ledger.previews import preview_of
from ledger.rosters import ENTERPRISES, MEMBERS, ROSTERS, WORKERS, Layout, text_of
from station.models import AuditEvent
from tests.ledger.roster_rows import add_enterprise, add_member, add_worker, copy_of

REASON = {"reason": "报送街道办"}


@pytest.fixture(autouse=True)
def nothing_remembered():
    cache.clear()


def texts(copy):
    return [[text_of(value) for value in line] for line in copy.lines()]


def sheet(layout, community, kind="workers", **values):
    file = BytesIO()
    write_xlsx(copy_of(kind, community, layout=layout, **values), file)
    file.seek(0)
    return load_workbook(file).get_sheet_by_index(0).to_python()


def test_columns_titles_order_and_groups_in_excel(here, elsewhere, make_template):
    firm = add_enterprise(here, name="=暖风")
    add_worker(here, "JSL-R0001", "丙", employer=firm)
    add_worker(here, "JSL-R0002", "甲")
    add_worker(here, "JSL-R0003", "乙", employer=firm)
    add_worker(elsewhere, "HD-R0001", "别处的")
    layout = layout_from(
        make_template(
            columns=["name", ("phone", "电话", None), "sign"],
            title="骑手情况",
            group_by="employer",
            order="number",
            signatures="填表人，站长",
        )
    )
    rows = sheet(layout, here.community)
    assert rows[0][0] == "骑手情况"
    assert rows[4:] == [
        ["序号", "姓名", "电话", "签字"],
        [1, "丙", "138****0001", ""],
        [2, "乙", "138****0003", ""],
        [3, "甲", "138****0002", ""],
        ["", "", "", ""],
        ["=暖风：2 名", "", "", ""],
        ["没有所属企业：1 名", "", "", ""],
        ["合计：3 名", "", "", ""],
        ["填表人：　　　　　　　　站长：", "", "", ""],
    ]


def test_a_csv_has_the_same_columns_and_nothing_below_the_rows(here, make_template):
    add_worker(here, "JSL-R0001", "丙")
    layout = layout_from(make_template(columns=[("name", "名字", None), "grid"], group_by="grid", blank_rows=3))
    file = BytesIO()
    write_csv(copy_of("workers", here.community, layout=layout), file)
    assert list(csv.reader(StringIO(file.getvalue().decode("utf-8-sig"))))[4:] == [
        ["序号", "名字", "网格"],
        ["1", "丙", "第1网格"],
    ]


def test_the_templates_rows_are_recorded_and_checked(here, make_template, community_admin, signed_in, client):
    worker = add_worker(here, "JSL-R0001", occupation="courier")
    add_worker(here, "JSL-R0002", occupation="courier", grid=here.grids[1])
    add_worker(here, "JSL-R0003")
    add_worker(here, "JSL-R0004", occupation="courier", state="left", left_on="2026-09-01", left_reason="搬走")
    template = make_template(columns=["number"], filters={"occupation": ["courier"], "grid": ["1"]})
    staff = signed_in(community_admin)
    url = reverse("admin:ledger_worker_csv")
    chosen = REASON | {"template": f"own-{template.pk}"}
    body = b"".join(staff.post(url, chosen).streaming_content).decode("utf-8-sig")
    assert re.findall(r'"(JSL-R\d+)"', body) == ["JSL-R0001"]
    assert "筛选：网格：第1网格；职业：快递员" in body
    printout = Printout.objects.get()
    assert printout.filters == {"shown": ["网格：第1网格", "职业：快递员"], "rows": str(worker.pk)}
    assert (printout.template, printout.columns, printout.full, printout.as_of) == ("季报", ["number"], False, None)
    event = AuditEvent.objects.order_by("-number").first()
    assert event.data == {"roster": "workers", "form": "csv", "rows": 1, "filtered": True, "template": "季报"}
    page = client.get(f"/v/{printout.serial}/").content.decode()
    for said in ("这份仍然有效", "（筛选出的一部分）", "<dt>表样</dt><dd>季报</dd>"):
        assert said in page
    cache.clear()
    worker.name = "改了名"
    worker.save()
    assert "台账后来有变动" in client.get(f"/v/{printout.serial}/").content.decode()


def test_the_lists_filters_and_the_templates_both_count(here, make_template, community_admin, signed_in):
    left = {"state": "left", "left_on": "2026-09-01", "left_reason": "搬走"}
    add_worker(here, "JSL-R0001", platform="甲", occupation="courier")
    add_worker(here, "JSL-R0002", platform="甲")
    add_worker(here, "JSL-R0003", occupation="courier", **left)
    add_worker(here, "JSL-R0004", **left)
    couriers = make_template("快递", ["number"], filters={"occupation": ["courier"]})
    gone = make_template("走了的", ["number"], filters={"state": ["left"]})
    client = signed_in(community_admin)

    def numbers(template, query=""):
        url = reverse("admin:ledger_worker_csv") + query
        answer = client.post(url, REASON | {"template": f"own-{template.pk}"})
        return re.findall(r'"(JSL-R\d+)"', b"".join(answer.streaming_content).decode())

    assert numbers(couriers) == ["JSL-R0001"]
    assert numbers(couriers, "?occupation__exact=food_rider") == []
    assert numbers(couriers, "?state__exact=left") == ["JSL-R0003"]
    assert numbers(gone) == ["JSL-R0003", "JSL-R0004"]
    assert numbers(gone, "?occupation__exact=courier") == ["JSL-R0003"]
    assert numbers(gone, "?state__exact=active") == []


def test_a_filter_that_is_gone_keeps_nobody(here):
    add_worker(here, "JSL-R0001", occupation="courier")
    add_worker(here, "JSL-R0002", occupation="courier", grid=None)
    add_worker(here, "JSL-R0003", grid=None)
    add_worker(here, "JSL-R0004", occupation="courier", grid=here.grids[1])
    filters = {"occupation": ["courier"], "grid": ["0", "2"]}
    rows = WORKERS.filtered(WORKERS.every_row(here.community), filters).order_by("number")
    assert [row.number for row in rows] == ["JSL-R0002", "JSL-R0004"]
    assert not WORKERS.filtered(WORKERS.every_row(here.community), {"gone": ["1"]}).exists()


def test_who_may_not_reveal_gets_no_sealed_column(here, make_template, grid_worker):
    add_worker(here, "JSL-R0001", id_number="34052419800101001X", id_purpose="保险", affiliation="member")
    layout = layout_from(make_template(columns=["name", "affiliation", "id_number"]))
    assert texts(copy_of("workers", here.community, layout=layout, by=grid_worker)) == [["1", "刘洋"]]
    assert texts(copy_of("workers", here.community, layout=layout)) == [["1", "刘洋", "中共党员", "3405**********001X"]]


@pytest.mark.parametrize(("kind", "key"), [(kind, usual.key) for kind in ROSTERS for usual in BUILT_IN[kind]])
def test_every_built_in_form_prints(kind, key, here, django_assert_num_queries):
    add_member(
        add_worker(here, "JSL-R0001", employer=add_enterprise(here)), home_contact="王书记", home_phone="13900000009"
    )
    layout = layout_of(ROSTERS[kind], here.community, None, key)
    with django_assert_num_queries(1):
        rows = texts(copy_of(kind, here.community, layout=layout))
    assert len(rows) == 1
    assert not preview_of(layout, ROSTERS[kind]).narrow or not layout.columns


def test_the_built_in_forms_by_their_columns(here):
    def titles(roster, key):
        return [str(column.title) for column in layout_of(roster, here.community, None, key).columns]

    assert titles(ENTERPRISES, "organisation") == [
        "编号", "企业名称", "业态", "网格", "从业人数", "党员人数", "党组织", "党建指导员", "工会", "分类", "最近核实",
    ]  # fmt: skip
    assert titles(WORKERS, "sign-in") == ["编号", "姓名", "职业", "网格", "手机号", "签字"]
    assert titles(MEMBERS, "branch") == [
        "编号", "姓名", "手机号", "流向", "组织关系所在支部", "支部联系人", "支部联系电话", "接收支部", "报到日期",
        "下次联系",
    ]  # fmt: skip


def test_a_template_is_found_by_key_or_by_name_in_any_language(here, make_template):
    template = make_template()
    with translation.override("en"):
        for name in ("sign-in", "签到表", "Sign-in sheet"):
            assert layout_of(WORKERS, here.community, None, name).name == "签到表"
    assert layout_of(WORKERS, here.community, None, "季报") == layout_from(template)
    assert layout_of(WORKERS, here.community, None, "标准花名册") == Layout()
    with pytest.raises(ValidationError) as refused:
        layout_of(WORKERS, here.community, None, "月报")
    assert refused.value.messages == [
        "没有这张表样。可以选：标准花名册、按网格分组、按网格分组，每格另起一页、按所属企业分组、签到表、需求登记表、季报。"
    ]


@pytest.mark.parametrize("command", ["export_roster", "print_roster"])
def test_the_commands_know_the_templates(command, here, elsewhere, make_template, tmp_path):
    add_worker(here, "JSL-R0001", last_confirmed_on=date(2026, 9, 1))
    make_template()
    file = tmp_path / ("out.xlsx" if command == "export_roster" else "out.pdf")
    call_command(command, "workers", str(file), "--community", "jianshelu", "--template", "季报", verbosity=0)
    assert Printout.objects.get().template == "季报"
    assert Printout.objects.get().columns == ["number", "name", "phone"]
    if command == "export_roster":
        rows = load_workbook(file).get_sheet_by_index(0).to_python()
        assert rows[4:] == [["序号", "编号", "姓名", "联系电话"], [1, "JSL-R0001", "刘洋", "138****0001"]]
    with pytest.raises(CommandError, match="没有这张表样"):
        call_command(command, "workers", str(file), "--community", "hedong", "--template", "季报", verbosity=0)


@pytest.mark.parametrize("columns", [1, 20])
def test_choosing_a_template_costs_two_queries(
    columns, here, make_template, community_admin, django_assert_num_queries
):
    keys = list(WORKERS.catalogue)[:columns]
    for number in range(columns):
        make_template(f"季报{number}", keys)
    community_admin.has_perm("ledger.view_formtemplate")  # his duties are read once
    with django_assert_num_queries(2):
        assert len(layouts_for(WORKERS, here.community, community_admin)) == 6 + columns


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_of_templates_costs_the_same_for_many(
    rows, make_template, community_admin, signed_in, django_assert_num_queries
):
    for number in range(rows):
        make_template(f"季报{number}")
    client = signed_in(community_admin)
    with django_assert_num_queries(8):
        assert client.get(reverse("admin:ledger_formtemplate_changelist")).status_code == 200
