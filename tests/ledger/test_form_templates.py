"""Form templates: made in the admin by ticking columns, and every way out of a roster follows them to the letter."""

import re

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.urls import reverse

from ledger.layouts import layout_from, layouts_for
from ledger.models import FormColumn, FormTemplate, Printout
from ledger.previews import preview_of
from ledger.rosters import ROSTERS, WORKERS
from station.models import AuditEvent
from tests.ledger.roster_rows import add_worker

ADD = "/admin/ledger/formtemplate/add/"
REASON = {"reason": "报送街道办"}


@pytest.fixture(autouse=True)
def nothing_remembered():
    cache.clear()


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


@pytest.mark.parametrize("roster", ROSTERS.values(), ids=ROSTERS)
def test_the_forms_to_begin_with_are_not_warned_about(roster, here):
    """Sex has nine millimetres because it holds one character: whoever takes our own form is not told to mend it."""
    layouts = layouts_for(roster, here.community, None)
    assert len(layouts) > 4
    assert {key: narrow for key, layout in layouts.items() if (narrow := preview_of(layout, roster).narrow)} == {}


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
