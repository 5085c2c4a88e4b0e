"""Every row of a file: new, changed, unchanged or refused with the reason; in three modes, for three registers."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ledger.models import ImportBatch
from ledger.operations.imports import read_file, weigh
from station.models import Consent
from station.privacy import PRIVACY_TEXT_VERSION
from tests.ledger.import_files import (
    CONSENT_MISSING,
    WORKER_HEAD,
    changes,
    counts,
    csv_of,
    drafted,
    outcomes,
    refusals,
    workers,
    xlsx_of,
)
from tests.ledger.roster_rows import add_enterprise, add_worker

ID_NUMBER = "34052419800101001X"

OCCUPATIONS = "职业：认不出这个写法，可以写：外卖骑手、快递员、网约车司机、货车司机、环卫工人、网络主播、其他劳动者。"
ROUNDED = "表格软件把号码改成了科学计数法，请把这一列设成文本，重新填号码。"
CREDIT_CODE = "统一社会信用代码是 18 位数字和大写字母，不含 I、O、S、V、Z。"


@pytest.fixture
def known(here, elsewhere):
    """JSL-R0001 刘洋, 13800000001; the same phone stands in another community."""
    add_worker(elsewhere, "HD-R0001", "别处的")
    return add_worker(here, "JSL-R0001")


# --- reading ---------------------------------------------------------------------------------------------------------
def test_a_new_worker_as_people_write_him(here, elsewhere):
    employer = add_enterprise(here)
    head = [
        "姓 名*",
        "联系电话",
        "从业类型",
        "性别",
        "所属网格",
        "单位名称",
        "加入工会",
        "需求",
        "核实日期",
        "来源",
        "状态",
    ]
    row = ["欧 阳", "+86 139-0000-0001", "外卖小哥", "男性", "第二网格", "湘潭暖风配送有限公司", "√", " 租 房 ",
           "2026年9月1日", "上门", "在册"]  # fmt: skip
    batch = workers(here, row, head=head)
    assert counts(batch) == (1, 0, 0, 0)
    assert changes(batch) == {
        "name": [None, "欧阳"],
        "phone": [None, "13900000001"],
        "occupation": [None, "food_rider"],
        "sex": [None, "male"],
        "grid": [None, here.grids[1].pk],
        "employer": [None, employer.pk],
        "in_union": [None, True],
        "needs": [None, "租 房"],
        "last_confirmed_on": [None, "2026-09-01"],
        "source": [None, "door"],
    }


def test_a_new_enterprise_as_people_write_it(here):
    head = [
        "单位名称",
        "信用代码",
        "行业",
        "地址",
        "联系人",
        "电话",
        "经营情况",
        "员工数",
        "党员数",
        "组织建设",
        "红黄绿",
        "工会组织",
    ]
    row = ["晓塘快递", " 91350100m000100y43", "快递", "晓塘路2号", "易 小莲", 13900000802.0, "正常", "12人", 1,
           "未组建（党员不足三名）", "红灯", "无"]  # fmt: skip
    batch = drafted("enterprises", here.community, xlsx_of([head, row]))
    assert counts(batch) == (1, 0, 0, 0)
    assert {name: after for name, (_before, after) in changes(batch).items()} == {
        "name": "晓塘快递",
        "credit_code": "91350100M000100Y43",
        "kind": "express",
        "address": "晓塘路2号",
        "contact_name": "易小莲",
        "contact_phone": "13900000802",
        "condition": "normal",
        "worker_count": 12,
        "member_count": 1,
        "party_organisation": "none",
        "no_party_reason": "党员不足三名",
        "light": "red",
        "has_union": False,
    }


def test_a_new_member_is_found_among_the_workers(here, known):
    head = ["姓名", "手机号", "所在党支部", "报到时间", "流入流出", "是否持证", "活动证号"]
    row = ["刘洋", "13800000001", "衡山县某村支部", "2026.8.16", "流出", "有", "湘 0001"]
    batch = drafted("members", here.community, [head, row], consents_on_paper=True)
    assert counts(batch) == (1, 0, 0, 0)
    assert changes(batch) == {
        "home_branch": [None, "衡山县某村支部"],
        "reported_in_on": [None, "2026-08-16"],
        "direction": [None, "out"],
        "has_activity_card": [None, True],
        "card_number": [None, "湘 0001"],
        "worker.affiliation": ["", "member"],
    }


@pytest.mark.parametrize(
    ("title", "text", "said"),
    [
        ("手机号", "1380000", "手机号：请填 11 位手机号，例如 138 开头的号码。"),
        ("手机号", "1.38E+10", f"手机号：{ROUNDED}"),
        ("手机号", "138****0009", "手机号打了码，认不出是谁：请保留“编号”一列，或填完整的手机号。"),
        ("姓名", "李" * 61, "姓名：最多 60 个字。"),
        ("姓名", "李\u202e四", "姓名：名字里有看不见的字符，请删掉重新输入。"),
        ("姓名", "", "台账里没有这一条；要新增，得填：姓名。"),
        ("职业", "", "台账里没有这一条；要新增，得填：职业。"),
        ("职业", "老师", OCCUPATIONS),
        ("网格", "9", "网格：本社区没有这个网格，有的是：1、2。"),
        ("网格", "东边", "网格：认不出是哪个网格，请写成“第1网格”。"),
        ("网格", "1或2网格", "网格：认不出是哪个网格，请写成“第1网格”。"),
        ("所属企业", "没这家", "所属企业：台账里没有这家企业：请先登记或导入企业，名称要一字不差，或者写企业编号。"),
        ("所属企业", "别处企业", "所属企业：台账里没有这家企业：请先登记或导入企业，名称要一字不差，或者写企业编号。"),
        ("最近核实", "2026.9", "最近核实：认不出这个日期，请写成 2026-08-16 这样。"),
        ("最近核实", "2099-01-01", "最近核实：日期不能晚于今天。"),
        ("工会会员", "大概", "工会会员：请填“是”或“否”（“有”“无”也行）。"),
        ("身份证号", "370101190102039974", "身份证号：身份证号对不上，可能有一位写错了。"),
        ("身份证号", "3.70101190102040E+17", f"身份证号：{ROUNDED}"),
        ("需求", "长" * 201, "需求：最多 200 个字。"),
        ("状态", "已离开", "文件里写的状态不是“在册”，导入只新增这样的，请先核对。"),
        ("编号", "JSL-R0404", "本社区这本花名册里没有这个编号。新登记的请把编号留空，写错了的请改对。"),
        ("编号", "HD-R0001", "本社区这本花名册里没有这个编号。新登记的请把编号留空，写错了的请改对。"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_new_worker_is_said(here, elsewhere, title, text, said):
    add_enterprise(elsewhere, "HD-Q0001", name="别处企业")
    add_worker(elsewhere, "HD-R0001", "别处的")
    cells = {"姓名": "李四", "手机号": "13900000009", "职业": "快递员"} | {title: text}
    batch = workers(here, list(cells.values()), head=list(cells))
    assert refusals(batch) == {2: [said]}


def test_everything_that_is_wrong_is_said_at_once(here):
    batch = workers(here, ["李四", "12", "老师", "9"], head=[*WORKER_HEAD, "网格"])
    assert [text.partition("：")[0] for text in refusals(batch)[2]] == ["手机号", "职业", "网格"]


def test_the_reasons_hold_nothing_of_the_row(here):
    """A phone in the wrong column must not end up in readable text."""
    cells = ["13912345678"] * 6
    batch = workers(here, cells, head=[*WORKER_HEAD, "网格", "所属企业", "性别"])
    assert "13912345678" not in "".join(refusals(batch)[2])


def test_a_row_of_the_file_that_says_nothing(here):
    batch = workers(here, ["", "", "", "x"], head=[*WORKER_HEAD, "班次"])
    assert refusals(batch) == {2: ["这一行对应的列都是空的。"]}


def test_somebody_without_any_contact(here):
    batch = workers(here, ["李四", "", "快递"])
    assert refusals(batch) == {2: ["手机号和其他联系方式至少填一样。"]}


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"党员人数": "4", "从业人数": "3"}, "党员人数不能多于从业人数。"),
        ({"党组织": "单独组建", "从业人数": "9", "党员人数": "2"}, "单独组建党组织要有 3 名以上正式党员。"),
        ({"党组织": "未组建"}, "未组建党组织的，请写明原因。"),
        ({"信用代码": "91350100M000100Y4"}, f"统一社会信用代码：{CREDIT_CODE}"),
        ({"从业人数": "许多"}, "从业人数：请填整数。"),
        ({"电话": "0731-55880000"}, "负责人电话：请填 11 位手机号，例如 138 开头的号码。"),
    ],
)  # fmt: skip
def test_what_the_ledger_forbids_an_enterprise(here, cells, said):
    cells = {"企业名称": "甲", "业态": "快递", "地址": "路1号", "党组织": "联合组建"} | cells
    batch = drafted("enterprises", here.community, [list(cells), list(cells.values())])
    assert refusals(batch) == {2: [said]}


def test_the_reason_may_stand_in_a_column_of_its_own(here):
    head = ["企业名称", "业态", "地址", "党组织", "未组建原因"]
    batch = drafted("enterprises", here.community, [head, ["甲", "快递", "路1号", "无", "人员流动大"]])
    assert counts(batch) == (1, 0, 0, 0)
    assert changes(batch)["no_party_reason"] == [None, "人员流动大"]


def test_a_doubtful_credit_code_is_a_reminder_not_a_refusal(here):
    head = ["企业名称", "业态", "地址", "党组织", "信用代码"]
    batch = drafted("enterprises", here.community, [head, ["甲", "快递", "路1号", "联合组建", "91350100M000100Y44"]])
    assert outcomes(batch) == [(2, "new", "", ["这个信用代码的校验位对不上，请对照执照再看一眼；确实没错就照样保存。"])]


# --- modes -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("skip", None),
        ("update", {"note": ["", "夜班"], "occupation": ["food_rider", "courier"], "platform": ["暖风外卖", "新平台"]}),
        ("fill", {"note": ["", "夜班"]}),
    ],
)
def test_three_ways_to_meet_an_entry(here, known, mode, expected):
    head = ["姓名", "手机号", "职业", "平台", "站点", "备注"]
    batch = workers(here, ["刘洋", "13800000001", "快递", "新平台", "", "夜班"], head=head, mode=mode)
    assert counts(batch) == ((0, 1, 0, 0) if expected else (0, 0, 1, 0))
    assert changes(batch) == (expected or {})


def test_an_empty_cell_never_blanks_what_is_stored(here, known):
    batch = workers(here, ["刘洋", "13800000001", "", "", ""], head=["姓名", "手机号", "职业", "平台", "网格"])
    assert counts(batch) == (0, 0, 1, 0)


def test_state_and_confirmation_are_looked_at_only(here, known):
    head = ["编号", "姓名", "状态", "最近核实", "离开原因"]
    batch = workers(here, ["JSL-R0001", "刘洋", "已离开", "2026-10-10", "去了长沙"], head=head)
    assert outcomes(batch) == [(2, "unchanged", "JSL-R0001", ["状态没有改：台账里是“在册”，要改请在台账里办。"])]


def test_somebody_from_a_list_counts_as_not_yet_confirmed(here):
    batch = workers(here, ["李四", "13900000009", "快递"])
    assert "last_confirmed_on" not in changes(batch)


# --- consent ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("on_paper", [True, False])
def test_what_is_sensitive_needs_the_persons_consent(here, known, on_paper):
    head = [*WORKER_HEAD, "政治面貌", "身份证号", "身份证号用途"]
    batch = workers(
        here,
        ["刘洋", "13800000001", "外卖", "党员", "", ""],
        ["李四", "13900000009", "快递", "", ID_NUMBER, "办保险"],
        ["王五", "13900000010", "快递", "", "", ""],
        head=head,
        consents_on_paper=on_paper,
    )
    assert refusals(batch) == ({} if on_paper else {2: [CONSENT_MISSING], 3: [CONSENT_MISSING]})


def test_a_consent_in_force_is_enough(here, known):
    Consent.objects.create(
        person_uid=known.uid, purpose="affiliation", text_version=PRIVACY_TEXT_VERSION, channel="door"
    )
    batch = workers(here, ["刘洋", "13800000001", "党员"], head=["姓名", "手机号", "政治面貌"])
    assert counts(batch) == (0, 1, 0, 0)
    Consent.objects.update(withdrawn_at=timezone.now())
    batch = workers(here, ["刘洋", "13800000001", "党员"], head=["姓名", "手机号", "政治面貌"])
    assert refusals(batch) == {2: [CONSENT_MISSING]}


def test_an_id_number_needs_its_purpose(here, known):
    batch = workers(
        here, ["刘洋", "13800000001", ID_NUMBER], head=["姓名", "手机号", "身份证号"], consents_on_paper=True
    )
    assert refusals(batch) == {2: ["填了身份证号就要写明用途；没有用途就不要收。"]}


# --- cost ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("rows", [10, 500])
def test_the_queries_do_not_grow_with_the_rows(here, known, rows):
    """Half known, half new: four ways to know a worker, grids, employers by number and name, consents, forms."""
    add_enterprise(here)
    head = ["编号", *WORKER_HEAD, "身份证号", "身份证号用途", "微信号", "所属企业"]
    numbers = [f"JSL-R{number:04}" for number in range(2, rows // 2 + 2)]
    for number in numbers:
        add_worker(here, number)
    lines = [[number, "刘洋", "", "快递", "", "", "", "湘潭暖风配送有限公司"] for number in numbers]
    lines += [["", "李", f"139{n:08}", "快递", "", "", "", ""] for n in range(2, rows - len(lines))]
    lines += [["", "李", "", "快递", "", "", "微信", ""], ["", "李", "", "快递", ID_NUMBER, "办保险", "x", ""]]
    data = csv_of([head, *lines])
    batch = ImportBatch(community=here.community, kind="workers", mode="update", consents_on_paper=True)
    with CaptureQueriesContext(connection) as queries:
        plan, _lines, _facts = weigh(batch, read_file(batch, data, by=None))
    assert len(queries) == 9
    assert len(plan) == rows
    assert (batch.new, batch.changed) == (rows - rows // 2, rows // 2)


def test_stale_dates_of_new_entries_are_kept(here):
    day = timezone.localdate() - timedelta(days=400)
    batch = workers(here, ["李四", "13900000009", "快递", day.isoformat()], head=[*WORKER_HEAD, "摸排日期"])
    assert changes(batch)["last_confirmed_on"] == [None, day.isoformat()]
