"""A file brought in on the staff's pages: uploaded, mapped, looked at row by row, committed, undone; in his scope."""

from io import BytesIO

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from python_calamine import load_workbook

from ledger.models import ImportBatch, ImportRow, PartyMember, Worker
from station.models import AuditEvent
from station.roles import Role
from tests.ledger.import_files import WORKER_HEAD, counts, csv_of, drafted, imported, xlsx_of
from tests.ledger.roster_rows import add_enterprise, add_worker

ADD = reverse("admin:ledger_importbatch_add")
LIST = reverse("admin:ledger_importbatch_changelist")
UPLOAD = f"{ADD}?kind=workers"
ROWS = [[*WORKER_HEAD, "班次", "备注"], ["刘洋", "13800000001", "外卖", "早", "夜班"], ["坏的", "139", "快递", "", ""]]


def page(batch, name="change", *more):
    return reverse(f"admin:ledger_importbatch_{name}", args=[batch.pk, *more])


def do(batch, name):
    return page(batch, "do", name)


def filled(data, name="名单.xlsx", **values):
    return {"file": SimpleUploadedFile(name, data), "mode": "update", "reason": "街道下发名单"} | values


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


@pytest.fixture
def client(community_admin, signed_in):
    return signed_in(community_admin)


@pytest.fixture
def known(here, elsewhere):
    add_worker(elsewhere, "HD-R0001", "别处的")
    return add_worker(here, "JSL-R0001")


def test_from_the_button_of_the_list_to_the_ledger_and_back(here, known, client):
    assert UPLOAD in client.get(reverse("admin:ledger_worker_changelist")).content.decode()
    assert client.get(UPLOAD).status_code == 200
    response = client.post(UPLOAD, filled(xlsx_of(ROWS)))
    batch = ImportBatch.objects.get()
    assert response.url == page(batch, "mapping")

    mapping = client.get(response.url)
    form = mapping.context["form"]
    assert [(field.label, field.value(), field.help_text) for field in form.column_fields()] == [
        ("姓名", "name", "刘洋、坏的"),
        ("手机号", "phone", "138****01、139"),
        ("职业", "occupation", "外卖、快递"),
        ("班次", "", "早"),
        ("备注", "note", "夜班"),
    ]
    typed = {f"column_{place}": key for place, key in enumerate(["name", "phone", "occupation", "needs", ""])}
    response = client.post(mapping.request["PATH_INFO"], typed | {"mode": "update"})
    assert response.url == page(batch)

    body = client.get(response.url).content.decode()
    for shown in ("新增 <b>0</b>", "有变化 <b>1</b>", "不能导入 <b>1</b>", "导入这 1 条", "这些列没有导入：备注",
                  "<s>空</s> → 早", "手机号：请填 11 位手机号"):  # fmt: skip
        assert shown in body
    assert "13800000001" not in body
    assert Worker.objects.get(community=here.community).needs == ""

    response = client.post(do(batch, "commit"))
    assert said(response) == ["已导入：新增 0 条，更改 1 条。"]
    assert Worker.objects.get(community=here.community).needs == "早"
    assert "撤销这次导入" in client.get(response.url).content.decode()

    assert client.post(do(batch, "undo"), {"reason": ""}).status_code == 422
    client.post(do(batch, "undo"), {"reason": "导错了"})
    assert Worker.objects.get(community=here.community).needs == ""
    assert "已撤销" in client.get(page(batch)).content.decode()


def test_old_and_new_are_shown_masked(here, client, community_admin):
    add_worker(here, "JSL-R0001", affiliation="masses", employer=add_enterprise(here))
    head = ["编号", "手机号", "政治面貌", "身份证号", "身份证号用途", "网格", "所属企业", "工会会员"]
    add_enterprise(here, "JSL-Q0002", name="乙")
    row = ["JSL-R0001", "13900000009", "党员", "34052419800101001X", "办保险", "2", "乙", "是"]
    batch = drafted("workers", here.community, [head, row], by=community_admin, consents_on_paper=True)
    body = client.get(page(batch)).content.decode()
    for shown in (
        "<s>138****0001</s> → 139****0009",
        "<s>****</s> → ****",
        "<s>空</s> → 3405**********001X",
        "<s>第1网格</s> → 第2网格",
        "<s>湘潭暖风配送有限公司</s> → 乙",
        "<s>空</s> → 是",
    ):
        assert shown in body
    for secret in ("13900000009", "13800000001", "中共党员", "群众", "34052419800101001X", "masses"):
        assert secret not in body


@pytest.mark.parametrize("rows", [1, 30])
def test_a_preview_costs_the_same_for_many_rows(here, client, rows, django_assert_num_queries):
    head = [*WORKER_HEAD, "网格", "所属企业"]
    add_enterprise(here)
    lines = [["李", f"139{n:08}", "快递", "1", "湘潭暖风配送有限公司"] for n in range(rows)]
    batch = imported("workers", here.community, [head, *lines])
    client.get(page(batch))
    with django_assert_num_queries(10):
        assert len(client.get(page(batch)).context["rows"]) == rows


def test_the_rows_of_one_outcome_page_by_page(here, client):
    lines = [["李", f"139{n:08}" if n % 2 else "1", "快递"] for n in range(120)]
    batch = drafted("workers", here.community, [WORKER_HEAD, *lines])
    response = client.get(page(batch), {"show": "refused", "page": "2"})
    assert [row.outcome for row in response.context["rows"]] == ["refused"] * 10
    assert "第 2 页，共 2 页" in response.content.decode()
    for odd in ("x", "9" * 30, "-1", "\0"):
        assert client.get(page(batch), {"show": odd, "page": odd}).status_code == 200


def test_the_refused_rows_come_back_as_a_file_with_the_reasons(here, known, client, community_admin):
    rows = [["序号", *WORKER_HEAD, ""], ["1", "=1+1", "139", "快递", "多"], ["2", "刘洋", "13800000001", "外卖", ""]]
    batch = drafted("workers", here.community, rows, by=community_admin)
    response = client.post(do(batch, "refused"))
    assert response.headers["Content-Disposition"].startswith("attachment;")
    data = b"".join(response.streaming_content)
    table = load_workbook(BytesIO(data)).get_sheet_by_index(0).to_python()
    assert table[0][0] == "新就业群体花名册：不能导入的行"
    assert "周敏 下载　用途：街道下发名单" in table[1][0]
    assert table[3] == ["序号", "姓名", "手机号", "职业", "", "不能导入的原因"]
    assert table[4:] == [["1", "=1+1", "139", "快递", "多", "手机号：请填 11 位手机号，例如 138 开头的号码。"]]
    event = AuditEvent.objects.latest("number")
    assert (event.action, event.actor, event.data) == (
        "export refused rows",
        community_admin,
        {"kind": "workers", "rows": 1},
    )
    again = drafted("workers", here.community, data)
    assert counts(again) == (0, 0, 0, 1)


# --- refusals --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", "这个文件是空的。"),
        (b"PK\x03\x04", "这个文件打不开"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "旧的 .xls 格式"),
        (b"x" * 5_000_001, "文件超过 5 MB"),
        (csv_of([["甲", "乙"], ["1", "2"]]), "没找到表头"),
        (b"\xff\xd8\xff\xe0\0\0", "认不出这个文件"),
    ],
)
def test_an_unreadable_file_is_refused_beside_its_field_and_the_rest_stays(client, data, text):
    response = client.post(UPLOAD, filled(data, mode="fill", consents_on_paper="on"))
    assert response.status_code == 422
    form = response.context["form"]
    assert text in str(form.errors["file"])
    assert (form["reason"].value(), form["mode"].value(), form["consents_on_paper"].value()) == (
        "街道下发名单",
        "fill",
        True,
    )
    assert not ImportBatch.objects.exists()


def test_a_mapping_that_cannot_be(here, client):
    batch = drafted("workers", here.community, ROWS)
    keys = ["name", "name", "occupation", "x", ""]
    typed = {f"column_{place}": key for place, key in enumerate(keys)}
    response = client.post(page(batch, "mapping"), typed | {"mode": "update"})
    assert response.status_code == 422
    assert response.context["form"].errors["column_1"] == ["同一列只能对应一次。"]
    assert "column_3" in response.context["form"].errors
    assert response.context["form"]["column_2"].value() == "occupation"
    response = client.post(page(batch, "mapping"), {"column_2": "occupation", "mode": "update"})
    assert "至少要有一列能认出是谁：编号、手机号、身份证号、姓名。" in response.content.decode()
    assert client.post(page(batch, "mapping"), {}).status_code == 422
    batch.refresh_from_db()
    assert batch.mapping == ["name", "phone", "occupation", "", "note"]


def test_what_moved_since_the_preview_is_said_and_shown(here, known, client, community_admin):
    batch = drafted("workers", here.community, ROWS)
    known.note = "夜班"
    known.save()
    response = client.post(do(batch, "commit"))
    assert said(response)[0].startswith("预览之后台账里有变化，1 行的结果不一样了")
    assert "没变化 <b>1</b>" in client.get(response.url).content.decode()


def test_a_draft_can_be_dropped(here, client):
    batch = drafted("workers", here.community, ROWS)
    client.post(do(batch, "discard"))
    assert "已经放弃，文件的内容没有留下。" in client.get(page(batch)).content.decode()
    assert client.get(page(batch, "mapping")).url == page(batch)
    assert client.post(do(batch, "commit")).status_code == 302
    assert not Worker.objects.exists()


def test_a_batch_whose_rows_are_forgotten_is_still_shown(here, client):
    batch = imported("workers", here.community, [WORKER_HEAD, ["李四", "13900000009", "快递"]])
    ImportRow.objects.update(cells="", changes="")
    ImportBatch.objects.update(headers=[], mapping=[])
    assert "JSL-R0001" in client.get(page(batch)).content.decode()


def test_odd_input_is_answered_never_a_crash(here, client):
    batch = drafted("workers", here.community, ROWS)
    for nasty in ("\0", "x" * 5000, "9" * 40, "䶮𬱟" * 200):
        for url in (UPLOAD, f"{ADD}?kind=enterprises", f"{ADD}?kind=members", page(batch, "mapping")):
            names = ["mode", "reason", "community", "consents_on_paper", "file", *(f"column_{n}" for n in range(6))]
            assert client.post(url, dict.fromkeys(names, nasty)).status_code == 422
            data = filled(
                csv_of([[nasty[:50], *WORKER_HEAD], ["", nasty, nasty, nasty]]), f"{nasty}.csv", reason=nasty[:90]
            )
            assert client.post(url, data).status_code in (302, 422)
    assert client.get(f"{ADD}?kind=x").status_code == 200
    assert client.get(ADD).status_code == 200
    for piece in ("0", "x", "9" * 30):
        for name in ("change", "mapping"):
            assert client.get(reverse(f"admin:ledger_importbatch_{name}", args=[piece])).status_code == 404
    assert client.get(LIST).status_code == 200


# --- who may ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["grid_worker", "keeper", "team_leader", "supervisor"])
def test_only_the_communitys_administrator_brings_files_in(here, who, signed_in, request):
    batch = drafted("workers", here.community, ROWS)
    client = signed_in(request.getfixturevalue(who))
    assert client.get(UPLOAD).status_code == 403
    assert client.post(UPLOAD, filled(xlsx_of(ROWS))).status_code == 403
    for url in (page(batch), page(batch, "mapping"), do(batch, "commit"), do(batch, "undo"), do(batch, "refused")):
        assert client.get(url).status_code in (302, 403, 404)
        assert client.post(url, {"reason": "x"}).status_code in (302, 403, 404)
    assert ImportBatch.objects.get().state == "draft"
    assert not Worker.objects.exists()
    assert "importbatch" not in client.get(reverse("admin:index")).content.decode()


def test_another_communitys_imports_are_not_there(here, elsewhere, client, make_staff, signed_in):
    batch = drafted("workers", elsewhere.community, ROWS)
    for url in (page(batch), page(batch, "mapping"), do(batch, "commit"), do(batch, "discard"), do(batch, "refused")):
        assert client.get(url).status_code == 404
        assert client.post(url).status_code == 404
    assert list(client.get(LIST).context["cl"].result_list) == []
    other = signed_in(make_staff(Role.COMMUNITY_ADMIN, community=elsewhere.community))
    other.post(do(batch, "discard"))
    assert ImportBatch.objects.get().state == "discarded"


def test_with_several_communities_he_says_which(here, elsewhere, make_staff, signed_in, community_admin):
    user = make_staff(Role.COMMUNITY_ADMIN, community=here.community)
    user.duties.create(role=Role.COMMUNITY_ADMIN, community=elsewhere.community)
    client = signed_in(user)
    assert client.post(UPLOAD, filled(xlsx_of(ROWS))).status_code == 422
    client.post(UPLOAD, filled(xlsx_of(ROWS), community=elsewhere.community.pk))
    assert ImportBatch.objects.get().community == elsewhere.community


def test_members_come_in_by_the_same_way(here, known, client):
    data = csv_of([["姓名", "手机号", "所在支部"], ["刘洋", "13800000001", "某村支部"]])
    client.post(f"{ADD}?kind=members", filled(data, "a.csv", consents_on_paper="on"))
    batch = ImportBatch.objects.get()
    body = client.get(page(batch)).content.decode()
    assert "组织关系所在支部：****" in body
    assert "某村支部" not in body
    client.post(do(batch, "commit"))
    assert PartyMember.objects.get().home_branch == "某村支部"
