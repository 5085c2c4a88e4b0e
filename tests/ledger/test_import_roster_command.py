"""``manage.py import_roster``: looks only unless told to commit; counts on stdout, reasons on stderr."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from python_calamine import load_workbook

from ledger.models import ImportBatch, Worker
from ledger.rosters import ROSTERS
from station.models import AuditEvent, NumberSeries
from tests.ledger.import_files import WORKER_HEAD, csv_of, exported, xlsx_of
from tests.ledger.roster_rows import add_enterprise, add_member, add_worker

ROWS = [
    ["骑手名单"],
    [*WORKER_HEAD, "班次"],
    ["刘洋", "13800000001", "快递", ""],
    ["李䶮", 13900000001, "快递", ""],
    ["坏的", "139", "老师", ""],
]
REFUSED = (
    "第 5 行：手机号：请填 11 位手机号，例如 138 开头的号码。；职业：认不出这个写法，可以写："
    "外卖骑手、快递员、网约车司机、货车司机、环卫工人、网络主播、其他劳动者。\n"
)


def run(*arguments):
    out, err = StringIO(), StringIO()
    call_command("import_roster", *map(str, arguments), stdout=out, stderr=err, no_color=True)
    return out.getvalue(), err.getvalue()


@pytest.fixture
def file(here, tmp_path):
    add_worker(here, "JSL-R0001")
    NumberSeries.objects.create(key="JSL-R", last=1)
    path = tmp_path / "名单.xlsx"
    path.write_bytes(xlsx_of(ROWS))
    return path


@pytest.mark.parametrize(("mode", "line"), [("skip", "new 1 changed 0 unchanged 1 refused 1\n"),
                                            ("update", "new 1 changed 1 unchanged 0 refused 1\n"),
                                            ("fill", "new 1 changed 0 unchanged 1 refused 1\n")])  # fmt: skip
def test_it_only_looks(file, mode, line):
    assert run("workers", file, "--mode", mode) == (line, f"这些列不认识，没有读：班次\n{REFUSED}")
    assert Worker.objects.count() == 1
    assert not ImportBatch.objects.exists()
    assert not AuditEvent.objects.exists()


def test_it_commits_when_told_to(file):
    assert run("workers", file, "--mode", "update", "--commit", "--reason", "街道名单") == (
        "new 1 changed 1 unchanged 0 refused 1\n",
        f"这些列不认识，没有读：班次\n{REFUSED}",
    )
    assert list(Worker.objects.values_list("name", "occupation")) == [("刘洋", "courier"), ("李䶮", "courier")]
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.reason, batch.by, batch.file_name) == ("committed", "街道名单", None, "名单.xlsx")
    assert run("workers", file, "--commit")[0] == "new 0 changed 0 unchanged 2 refused 1\n"
    assert list(ImportBatch.objects.values_list("state", flat=True)) == ["discarded", "committed"]


def test_the_refused_rows_as_a_file(file, tmp_path):
    refused = tmp_path / "refused.xlsx"
    run("workers", file, "--refused", refused)
    table = load_workbook(refused).get_sheet_by_index(0).to_python()
    assert table[3] == [*WORKER_HEAD, "班次", "不能导入的原因"]
    assert table[4][:3] == ["坏的", "139", "老师"]
    assert f"第 5 行：{table[4][4]}\n" == REFUSED
    assert sorted(tmp_path.iterdir()) == sorted([file, refused])


@pytest.mark.parametrize("kind", ROSTERS)
def test_an_export_comes_back_without_a_change(kind, here, tmp_path):
    for number in range(1, 4):
        add_enterprise(here, f"JSL-Q{number:04}", name=f"企业{number}")
        add_member(add_worker(here, f"JSL-R{number:04}"), f"JSL-D{number:04}")
    for suffix in ("xlsx", "csv"):
        file = tmp_path / f"out.{suffix}"
        call_command("export_roster", kind, str(file), verbosity=0)
        for mode in ("skip", "update", "fill"):
            assert run(kind, file, "--mode", mode) == ("new 0 changed 0 unchanged 3 refused 0\n", "")
            assert run(kind, file, "--mode", mode, "--commit")[0] == "new 0 changed 0 unchanged 3 refused 0\n"


def test_consents_on_paper(here, tmp_path):
    file = tmp_path / "a.csv"
    file.write_bytes(csv_of([[*WORKER_HEAD, "政治面貌"], ["李䶮", "13900000001", "快递", "党员"]], "gb18030"))
    assert run("workers", file)[0] == "new 0 changed 0 unchanged 0 refused 1\n"
    assert run("workers", file, "--consents-on-paper")[0] == "new 1 changed 0 unchanged 0 refused 0\n"


def test_it_says_what_is_wrong_with_the_call(file, elsewhere, tmp_path):
    empty = tmp_path / "a.csv"
    empty.write_bytes(b"")
    for arguments, said in [
        (["workers", tmp_path / "no.xlsx", "--community", "jianshelu"], "cannot read"),
        (["workers", file], "--community CODE: hedong, jianshelu"),
        (["workers", file, "--community", "x"], "there is no community x"),
        (["workers", empty, "--community", "jianshelu"], "这个文件是空的。"),
        (["members", file, "--community", "jianshelu", "--refused", tmp_path / "no" / "a.xlsx"], "there is no folder"),
        (["workers", file, "--community", "jianshelu", "--commit", "--reason", "长" * 101], "原因最多 100 个字。"),
    ]:
        with pytest.raises(CommandError) as refused:
            run(*arguments)
        assert said in str(refused.value)
    assert not ImportBatch.objects.exists()


def test_without_the_columns_for_a_new_entry_it_says_so(here, tmp_path):
    file = tmp_path / "a.csv"
    file.write_bytes(csv_of([["姓名", "手机号"], ["李䶮", "13900000001"]]))
    out, err = run("workers", file)
    assert out == "new 0 changed 0 unchanged 0 refused 1\n"
    assert err.startswith("没有这些列，所以不能新增：职业\n")


def test_a_full_export_too(here, tmp_path):
    add_worker(here, "JSL-R0001", affiliation="member", id_number="34052419800101001X", id_purpose="办保险")
    file = tmp_path / "a.xlsx"
    file.write_bytes(exported("workers", here.community, full=True, all_columns=True))
    assert "13800000001" in str(load_workbook(file).get_sheet_by_index(0).to_python())
    assert run("workers", file, "--mode", "update")[0] == "new 0 changed 0 unchanged 1 refused 0\n"
