"""Form templates: made in the admin by ticking columns, and every way out of a roster follows them to the letter."""

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
from ledger.models import FormColumn, FormTemplate, Printout
from ledger.operations.templates import save_template
from ledger.previews import preview_of
from ledger.rosters import ENTERPRISES, MEMBERS, ROSTERS, WORKERS, Layout, text_of
from station.models import AuditEvent
from tests.ledger.roster_rows import add_enterprise, add_member, add_worker, copy_of

ADD = "/admin/ledger/formtemplate/add/"
REASON = {"reason": "报送街道办"}


@pytest.fixture(autouse=True)
def nothing_remembered():
    cache.clear()


@pytest.fixture
def make_template(here, community_admin):
    """``make_template("季报", ["name", ("phone", "电话", 30)], …)``: a template of the workers' roster."""

    def make(
        name="季报", columns=("number", "name", ("phone", "联系电话", 30)), *, kind="workers", place=here, **values
    ):
        parts = [(one, "", None) if isinstance(one, str) else one for one in columns]
        rows = [FormColumn(key=key, title=title, width_mm=width, position=0) for key, title, width in parts]
        template = FormTemplate(community=place.community, kind=kind, name=name, **values)
        return save_template(template, rows, by=community_admin)

    return make


def typed(*columns, **values):
    """What a browser sends from the form: `columns` are keys, or (key, place, title, width)."""
    fields = {"name": "街道季报", "blank_rows": "0", "title": "", "signatures": "", "group_by": "", "order": ""}
    for place, column in enumerate(columns, start=1):
        key, place, title, width = (column, place, "", "") if isinstance(column, str) else column
        fields |= {f"use_{key}": "on", f"place_{key}": place, f"title_{key}": title, f"width_{key}": width}
    return fields | values


def change_url(template):
    return reverse("admin:ledger_formtemplate_change", args=[template.pk])


def keys_of(template):
    return list(template.columns.values_list("key", flat=True))


def texts(copy):
    return [[text_of(value) for value in line] for line in copy.lines()]


def sheet(layout, community, kind="workers", **values):
    file = BytesIO()
    write_xlsx(copy_of(kind, community, layout=layout, **values), file)
    file.seek(0)
    return load_workbook(file).get_sheet_by_index(0).to_python()


# --- making one
def test_choose_where_to_begin_tick_the_columns_and_save(here, community_admin, signed_in):
    client = signed_in(community_admin)
    page = client.get(ADD).content.decode()
    for said in ("从哪一张开始？", "?start=workers.sign-in", "?start=enterprises.organisation", "?start=members."):
        assert said in page
    page = client.get(f"{ADD}?start=workers.sign-in").content.decode()
    assert "新做一张表样：新就业群体花名册" in page
    assert 'value="建设路社区新就业群体签到表"' in page
    assert re.findall(r'name="use_(\w+)"[^>]*checked', page) == [
        "number", "name", "occupation", "grid", "phone", "sign",
    ]  # fmt: skip
    assert "style=" not in page
    fields = typed(
        "name", ("phone", 2, "联系电话", 30), "employer", community=here.community.pk, title="骑手情况表",
        portrait="on", group_by="employer", order="name", blank_rows="5", signatures="填表人、站长",
        only_occupation=["food_rider"], only_grid=["1", "0"],
    )  # fmt: skip
    assert client.post(f"{ADD}?start=workers.sign-in", fields).status_code == 302
    template = FormTemplate.objects.get()
    assert (template.kind, template.name, template.community) == ("workers", "街道季报", here.community)
    assert template.filters == {"occupation": ["food_rider"], "grid": ["1", "0"]}
    layout = layout_from(template)
    assert [(column.key, str(column.title), column.width_mm) for column in layout.columns] == [
        ("name", "姓名", 25), ("phone", "联系电话", 30), ("employer", "所属企业", 57),
    ]  # fmt: skip
    assert (layout.title, layout.portrait, layout.group_by, layout.order) == ("骑手情况表", True, "employer", "name")
    assert (layout.blank_rows, layout.signatures) == (5, ("填表人", "站长"))
    event = AuditEvent.objects.get()
    assert (event.action, event.actor, event.community) == ("add formtemplate", community_admin, here.community)
    assert event.data == {"kind": "workers", "columns": ["name", "phone", "employer"]}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (typed(), "一列也没选，印出来是空的。请至少勾选一列。"),
        (typed("name", name=""), "这个字段是必填项。"),
        (typed("name", name="签到表"), "系统自带的表样叫这个名字了，请另起一个。"),
        (typed("name", order="phone"), "选择一个有效的选项"),
        (typed("name", order="nonsense"), "选择一个有效的选项"),
        (typed("name", group_by="nonsense"), "选择一个有效的选项"),
        (typed("name", blank_rows="51"), "空行最多 50 行。"),
        (typed("name", signatures="一，二，三，四，五，六，七"), "签字栏最多 6 个。"),
        (typed(("name", 1, "", 5)), "确保该值大于或等于6。"),
        (typed(("name", 1, "", 201)), "确保该值小于或等于200。"),
        (typed(("name", 1, "长" * 41, "")), "确保该变量包含不超过 40 字符"),
        (typed("name", only_state=["nonsense"]), "选择一个有效的选项"),
        (typed("name", only_grid=["7" * 30]), "选择一个有效的选项"),
        (typed("name", title="a\0b"), "不允许是用空字符串。"),
    ],
)
def test_what_cannot_be_printed_is_refused_and_nothing_typed_is_lost(fields, said, here, community_admin, signed_in):
    fields["community"] = here.community.pk
    fields |= {"title_platform": "公司", "place_platform": "3"}
    response = signed_in(community_admin).post(f"{ADD}?start=workers.", fields)
    page = response.content.decode()
    assert response.status_code == 422
    assert said in page
    assert 'value="公司"' in page
    assert not FormTemplate.objects.exists()


def test_the_rules_hold_for_whoever_calls_the_operation(make_template):
    for wrong, said in [
        ({"columns": []}, "一列也没选"),
        ({"columns": ["credit_code"]}, "没有这一列：credit_code"),
        ({"columns": ["name", "name"]}, "同一列只能放一次"),
        ({"order": "phone"}, "“手机号”加密保存或是算出来的，不能按它排序"),
        ({"order": "freshness"}, "“核实情况”加密保存或是算出来的，不能按它排序"),
        ({"columns": ["name"], "kind": "enterprises", "group_by": "employer"}, "这本花名册不能这样分组"),
        ({"filters": {"occupation": ["astronaut"]}}, "“只要这些”里有不认识的选项"),
        ({"filters": {"shoe_size": ["44"]}}, "“只要这些”里有不认识的选项"),
        ({"filters": {"grid": ["-1"]}}, "“只要这些”里有不认识的选项"),
    ]:
        with pytest.raises(ValidationError) as refused:
            make_template(**wrong)
        assert said in "".join(refused.value.messages)
    assert not FormTemplate.objects.exists()


@pytest.mark.parametrize(
    ("moves", "expected"),
    [
        ({"phone": 1}, ["phone", "number", "name", "site"]),
        ({"site": 2}, ["number", "site", "name", "phone"]),
        ({"number": 3}, ["name", "phone", "number", "site"]),
        ({"number": ""}, ["name", "phone", "site", "number"]),
        ({"grid": 2}, ["number", "grid", "name", "phone", "site"]),
    ],
)
def test_a_column_goes_where_its_number_says(moves, expected, make_template, community_admin, signed_in):
    template = make_template(columns=["number", "name", "phone", "site"])
    fields = typed("number", "name", "phone", "site", name=template.name)
    for key, place in moves.items():
        fields |= {f"use_{key}": "on", f"place_{key}": place}
    assert signed_in(community_admin).post(change_url(template), fields).status_code == 302
    assert keys_of(template) == expected
    assert AuditEvent.objects.order_by("-number").first().data == {"kind": "workers", "columns": expected}


def test_a_copy_begins_as_the_original_and_needs_a_name_of_its_own(make_template, community_admin, signed_in):
    template = make_template(group_by="grid", filters={"occupation": ["courier"]})
    client = signed_in(community_admin)
    start = f"?start=workers.own-{template.pk}"
    assert f'href="{ADD}{start}"' in client.get(change_url(template)).content.decode()
    page = client.get(ADD + start).content.decode()
    for said in (
        'value="联系电话"',
        'value="30"',
        'value="grid" selected',
        'value="courier" id="id_only_occupation_1" checked',
    ):
        assert said in page
    fields = typed("name", name=template.name, community=template.community_id)
    response = client.post(ADD + start, fields)
    assert response.status_code == 422
    assert "这本花名册已经有同名的表样。" in response.content.decode()
    assert client.post(ADD + start, fields | {"name": "季报二"}).status_code == 302
    assert FormTemplate.objects.count() == 2


def test_deleting_one_keeps_what_was_printed_with_it(here, make_template, community_admin, signed_in):
    add_worker(here, "JSL-R0001")
    template = make_template()
    client = signed_in(community_admin)
    client.post(reverse("admin:ledger_worker_csv"), REASON | {"template": f"own-{template.pk}"})
    url = reverse("admin:ledger_formtemplate_delete", args=[template.pk])
    assert client.post(url, {"post": "yes"}).status_code == 302
    assert not FormColumn.objects.exists()
    assert Printout.objects.get().template == "季报"
    assert "季报" in client.get(f"/v/{Printout.objects.get().serial}/").content.decode()


def test_narrow_columns_are_warned_about(here, make_template, community_admin, signed_in):
    template = make_template()
    client = signed_in(community_admin)
    fields = typed("number", ("name", 2, "", 200), ("phone", 3, "", 6), name=template.name)
    page = client.post(change_url(template), fields, follow=True).content.decode()
    assert "这几列不到 10 毫米，字会挤：手机号。" in page


def test_the_preview_fills_the_sheet(make_template):
    template = make_template(columns=[("name", "一二三四五六七", 10), ("phone", "", 200)], portrait=True)
    preview = preview_of(layout_from(template), WORKERS, template.community)
    assert preview.title == "建设路社区新就业群体花名册"
    assert preview.head == (12, 20, 186, 18.7)  # four lines of 4.1 mm
    assert {rule[2] for rule in preview.rules} == {12, 21, 29.43, 198}
    assert [text for _x, _y, text in preview.words] == ["序号", "一二", "三四", "五六", "七", "手机号"]
    assert preview.narrow == ("一二三四五六七",)


# --- who
def test_templates_are_the_community_admins_and_stay_at_home(
    here, elsewhere, make_template, community_admin, grid_worker, keeper, team_leader, supervisor, rider, signed_in
):
    mine = make_template()
    other = make_template("别处的季报", place=elsewhere)
    listing = reverse("admin:ledger_formtemplate_changelist")
    for user in (grid_worker, keeper, team_leader, supervisor, rider):
        client = signed_in(user)
        for url in (listing, ADD, f"{ADD}?start=workers.", change_url(mine)):
            assert client.get(url).status_code in {302, 403, 404}
            assert client.post(url, typed("name")).status_code in {302, 403, 404}
    assert keys_of(mine) == ["number", "name", "phone"]
    client = signed_in(community_admin)
    page = client.get(listing).content.decode()
    assert "季报" in page
    assert "别处的季报" not in page
    assert client.get(change_url(other)).status_code == 404
    assert client.post(change_url(other), typed("name")).status_code == 404
    assert "从哪一张开始？" in client.get(f"{ADD}?start=workers.own-{other.pk}").content.decode()
    assert f"own-{other.pk}" not in client.get(ADD).content.decode()
    fields = typed("name", community=elsewhere.community.pk)
    assert client.post(f"{ADD}?start=workers.", fields).status_code == 422
    response = client.post(reverse("admin:ledger_worker_csv"), REASON | {"template": f"own-{other.pk}"})
    assert response.status_code == 422
    assert not Printout.objects.exists()
    assert f"own-{other.pk}" not in layouts_for(WORKERS, elsewhere.community, community_admin)
    assert set(layouts_for(WORKERS, here.community, community_admin)) == {
        "", "by-grid", "sheet-a-grid", "by-employer", "sign-in", "needs", f"own-{mine.pk}",
    }  # fmt: skip


@pytest.mark.parametrize(
    "start", ["nonsense", "workers.nonsense", "workers.own-1", "riders.", "workers.own-" + "9" * 40]
)
def test_a_start_that_is_not_there_leads_to_those_that_are(start, community_admin, signed_in):
    response = signed_in(community_admin).get(ADD, {"start": start})
    assert response.status_code == 200
    assert "从哪一张开始？" in response.content.decode()


# --- what comes out
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


def test_a_row_of_a_past_day_is_kept_by_the_same_rule(here, make_template):
    workers = [
        add_worker(here, "JSL-R0001", occupation="courier"),
        add_worker(here, "JSL-R0002", occupation="courier", grid=None),
        add_worker(here, "JSL-R0003", grid=None),
        add_worker(here, "JSL-R0004", occupation="courier", grid=here.grids[1]),
    ]
    filters = {"occupation": ["courier"], "grid": ["0", "2"]}
    rows = WORKERS.filtered(WORKERS.every_row(here.community), filters).order_by("number")
    assert [row.number for row in rows] == ["JSL-R0002", "JSL-R0004"]
    assert [row.number for row in workers if WORKERS.admits(row, filters)] == ["JSL-R0002", "JSL-R0004"]
    assert not WORKERS.filtered(WORKERS.every_row(here.community), {"gone": ["1"]}).exists()
    assert not WORKERS.admits(workers[0], {"gone": ["1"]})


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
