"""A row of a file is about the entry it names, by number, phone, code or name; refused where that cannot be told."""

from datetime import date

import pytest

from ledger.models import Enterprise
from station.models import Consent
from tests.ledger.import_files import (
    CONSENT_MISSING,
    WORKER_HEAD,
    changes,
    counts,
    drafted,
    outcomes,
    refusals,
    workers,
)
from tests.ledger.roster_rows import add_enterprise, add_member, add_worker

ID_NUMBER = "34052419800101001X"

OTHER_PERSON = "编号 JSL-R0001 在台账里是另一个名字：请核对编号；真改了名，先到“新就业群体”里改。"
OTHER_NAME = "这个号码在台账里是另一个名字（JSL-R0001）：是同一个人请写上编号，不是请核对号码。"


@pytest.fixture
def known(here, elsewhere):
    """JSL-R0001 刘洋, 13800000001; the same phone stands in another community."""
    add_worker(elsewhere, "HD-R0001", "别处的")
    return add_worker(here, "JSL-R0001")


# --- finding ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "row",
    [
        ["JSL-R0001", "刘洋", "", ""],
        ["jsl-r0001", "刘阳", "138****0001", ""],
        ["1", "刘洋", "13800000001", ""],
        ["", "刘 洋", "１３８ ００００ ０００１", ""],
        ["", "刘洋", "", ID_NUMBER],
    ],
)
def test_a_worker_is_found_again(here, known, row):
    known.id_number, known.id_purpose = ID_NUMBER, "办保险"
    known.save()
    batch = workers(here, [*row, "夜班"], head=["编号", "姓名", "手机号", "身份证号", "备注"])
    assert [(outcome, number) for _line, outcome, number, _why in outcomes(batch)] == [("changed", "JSL-R0001")]
    assert changes(batch)["note"] == ["", "夜班"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["JSL-R0001", "王五", "13900000009"], "编号 JSL-R0001 是另一个人：姓名和手机号都不同，请核对编号。"),
        (["", "王五", "13800000001"],
         OTHER_NAME),
        (["JSL-R0001", "刘洋", "13800000002"], "手机号：台账里已经有这个号码：JSL-R0002。"),
        (["JSL-R0001", "刘洋", "139****0001"], "手机号：打码的内容和台账里的对不上，请填完整的，或者留空。"),
        (["JSL-R0003", "走了的", "13800000003"], None),
        (["JSL-R0003", "走了的", "13900000003"], "JSL-R0003 在台账里已离开：回来了请先点“重新入册”，再导入。"),
        (["", "待核的", "13800000004"], None),
        (["JSL-R0004", "待核", ""], "JSL-R0004 是本人登记的，还没核实：请先核实通过，再导入。"),
        (["JSL-R0005", "没登的", "13900000005"], "JSL-R0005 当初没有登记：要登记请先点“重新核实”，再导入。"),
        (["JSL-R0006", "并掉的", "13900000006"], "JSL-R0006 已并入 JSL-R0001，请改用这个编号。"),
    ],
)  # fmt: skip
def test_a_worker_who_cannot_be_taken_from_the_file(here, known, row, said):
    add_worker(here, "JSL-R0002", "赵")
    add_worker(here, "JSL-R0003", "走了的", state="left", left_on=date(2026, 9, 2), left_reason="去了长沙")
    add_worker(here, "JSL-R0004", "待核的", state="pending")
    add_worker(here, "JSL-R0005", "没登的", state="refused")
    add_worker(here, "JSL-R0006", "并掉的", state="merged", merged_into=known)
    batch = workers(here, row, head=["编号", "姓名", "手机号"])
    assert refusals(batch) == ({2: [said]} if said else {})
    assert batch.unchanged == (said is None)


def test_a_phone_that_somebody_gave_up_is_free_for_another(here):
    gone = {"state": "left", "left_on": date(2026, 9, 2), "left_reason": "换号"}
    add_worker(here, "JSL-R0001", "走了的", **gone)
    assert counts(workers(here, ["新来的", "13800000001", "快递"])) == (1, 0, 0, 0)
    assert refusals(workers(here, ["走了的", "13800000001", "快递"]))[2][0].startswith("JSL-R0001 在台账里已离开")


def test_phone_and_id_number_of_two_people(here, known):
    add_worker(here, "JSL-R0002", "赵", id_number=ID_NUMBER, id_purpose="办保险")
    batch = workers(here, ["刘洋", "13800000001", ID_NUMBER], head=["姓名", "手机号", "身份证号"])
    assert refusals(batch) == {2: ["手机号是 JSL-R0001 的，身份证号是 JSL-R0002 的，请核对。"]}


def test_somebody_without_a_phone_is_known_by_name_and_contact(here):
    add_worker(here, "JSL-R0001", "王五", phone="", other_contact="微信 wang5")
    head = ["姓名", "微信号", "职业"]
    batch = workers(here, ["王五", "微信  wang5", "快递"], ["王五", "微信群", "快递"], head=head)
    assert [(outcome, number) for _line, outcome, number, _why in outcomes(batch)] == [
        ("changed", "JSL-R0001"),
        ("new", ""),
    ]


@pytest.mark.parametrize(
    ("row", "outcome", "said"),
    [
        (["JSL-Q0001", "改了名", "", "甲路"], "changed", []),
        (["", "改了名", "91350100M000100Y43", "甲路"], "changed", []),
        (["", "湘潭暖风配送有限公司", "", "甲路"], "changed", []),
        (["JSL-Q0001", "别的", "92430304MADEM0002H", "甲路"], "refused",
         ["编号 JSL-Q0001 是另一家：名称和信用代码都不同，请核对编号。"]),
        (["", "湘潭暖风配送有限公司", "92430304MADEM0002H", "甲路"], "refused",
         ["台账里有同名的企业 JSL-Q0001，信用代码不同：是同一家请写上编号，是另一家请在台账里登记。"]),
        (["", "同名", "", "甲路"], "refused", ["台账里同名的不止一家，请写编号：JSL-Q0002、JSL-Q0003。"]),
        (["JSL-Q0002", "同名", "91350100M000100Y43", "甲路"], "refused",
         ["统一社会信用代码：台账里已经有这个信用代码：JSL-Q0001。"]),
        (["", "迁走的", "", "乙路"], "refused", ["JSL-Q0004 在台账里已迁出或注销：回来了请先点“重新入册”，再导入。"]),
    ],
)  # fmt: skip
def test_an_enterprise_is_found_again(here, row, outcome, said):
    add_enterprise(here, credit_code="91350100M000100Y43")
    add_enterprise(here, "JSL-Q0003", name="同名")
    add_enterprise(here, "JSL-Q0002", name="同名")
    left = {"state": "left", "left_on": date(2026, 9, 2), "left_reason": "注销"}
    add_enterprise(here, "JSL-Q0004", name="迁走的", **left)
    batch = drafted("enterprises", here.community, [["编号", "企业名称", "信用代码", "地址"], row])
    assert [(result, why) for _line, result, _number, why in outcomes(batch)] == [(outcome, said)]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["", "刘洋", ""], "请填手机号或编号，好认出是谁。"),
        (["", "刘洋", "138****0001"], "手机号打了码，认不出是谁：请保留“编号”一列，或填完整的手机号。"),
        (["", "李四", "13900000009"], "新就业群体里没有这个手机号：请先把他登记或导入到那里，再导入党员。"),
        (["", "王五", "13800000001"], OTHER_NAME),
        (["JSL-R0001", "王五", ""], OTHER_PERSON),
        (["", "走了的", "13800000002"], "JSL-R0002 现在是“已离开”：请先办返回或核实，再导入。"),
        (["", "群众", "13800000003"], "JSL-R0003 登记的政治面貌不是党员，请先核对更正。"),
        (["JSL-D0001", "返回的", ""], "JSL-D0001 在台账里是“已返回”：请先在台账里改变状态，再导入。"),
        (["JSL-R0001", "刘洋", ""], CONSENT_MISSING),
    ],
)  # fmt: skip
def test_a_member_who_cannot_be_taken_from_the_file(here, known, row, said):
    gone = {"state": "left", "left_on": date(2026, 9, 2), "left_reason": "去了长沙"}
    add_worker(here, "JSL-R0002", "走了的", **gone)
    add_worker(here, "JSL-R0003", "群众", affiliation="masses")
    add_member(add_worker(here, "JSL-R0004", "返回的"), state="returned")
    batch = drafted("members", here.community, [["编号", "姓名", "手机号", "所在支部"], [*row, "某村支部"]])
    assert refusals(batch) == {2: [said]}


def test_the_person_of_a_member_is_read_not_written(here, known):
    add_member(known)
    Consent.objects.create(person_uid=known.uid, purpose="affiliation", text_version="1", channel="door")
    head = ["编号", "姓名", "手机号", "职业", "网格", "外出原因"]
    row = ["JSL-D0001", "刘洋", "13900000009", "快递员", "第2网格", "务工"]
    batch = drafted("members", here.community, [head, row])
    assert outcomes(batch) == [
        (2, "changed", "JSL-D0001", ["手机号、职业、网格和台账里的不同，没有改：请到“新就业群体”里改。"])
    ]
    assert changes(batch) == {"away_reason": ["", "务工"]}


@pytest.mark.parametrize("head", [["姓名", "手机号", "职业"], ["编号", "姓名", "手机号", "职业"]])
def test_two_lines_about_one_entry(here, known, head):
    numbered = ["JSL-R0001"] if "编号" in head else []
    blank = [""] * len(numbered)
    batch = workers(
        here,
        [*numbered, "刘洋", "13800000001", "快递"],
        [*blank, "李四", "13900000009", "快递"],
        [*blank, "刘洋", "138 0000 0001", "快递"],
        [*blank, "李肆", "13900000009", "快递"],
        head=head,
    )
    assert refusals(batch) == {4: ["和第 2 行说的是同一个，请只留一行。"], 5: ["和第 3 行说的是同一个，请只留一行。"]}


def test_two_lines_that_claim_one_phone_for_two_entries(here, known):
    batch = workers(
        here,
        ["JSL-R0001", "刘洋", "13900000009"],
        ["", "李四", "13900000009"],
        head=["编号", "姓名", "手机号"],
    )
    assert refusals(batch) == {3: ["和第 2 行说的是同一个，请只留一行。"]}


# --- employers -------------------------------------------------------------------------------------------------------
def test_an_employer_by_number_or_name(here, elsewhere):
    first = add_enterprise(here)
    add_enterprise(here, "JSL-Q0002", name="同名")
    add_enterprise(here, "JSL-Q0003", name="同名")
    merged = {"state": "merged", "merged_into": first}
    add_enterprise(here, "JSL-Q0004", name="并掉的", **merged)
    batch = workers(
        here,
        ["甲", "13900000001", "快递", "湘潭暖风配送有限公司 "],
        ["乙", "13900000002", "快递", "jsl-q0001"],
        ["丙", "13900000003", "快递", "同名"],
        ["丁", "13900000004", "快递", "JSL-Q0003"],
        ["戊", "13900000005", "快递", "并掉的"],
        head=[*WORKER_HEAD, "所属企业"],
    )
    assert [changes(batch, line)["employer"][1] for line in (2, 3)] == [first.pk, first.pk]
    assert changes(batch, 5)["employer"][1] == Enterprise.objects.get(number="JSL-Q0003").pk
    assert refusals(batch) == {
        4: ["所属企业：同名的企业不止一家，请写企业编号：JSL-Q0002、JSL-Q0003。"],
        6: ["所属企业：台账里没有这家企业：请先登记或导入企业，名称要一字不差，或者写企业编号。"],
    }
