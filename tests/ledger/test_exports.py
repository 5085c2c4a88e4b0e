"""Exported rosters open in a spreadsheet with who, when and why above them, and the same cells as on paper."""

import csv
from datetime import date, datetime
from io import BytesIO, StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from python_calamine import load_workbook

from ledger.exports import write_csv, write_xlsx
from ledger.models import Printout
from ledger.rosters import WORKERS
from station.models import AuditEvent
from tests.ledger.roster_rows import SERIAL, add_worker, copy_of

AT = timezone.make_aware(datetime(2026, 11, 23, 15, 4))
ABOVE = [
    "建设路社区新就业群体花名册",
    "2026-11-23 15:04　系统命令 导出　用途：报送街道办",
    f"流水号 {SERIAL}　核验：http://testserver/v/{SERIAL}/",
    "手机号中间四位已隐去。内部资料，用完请删除。",
]
HEAD = ["序号", *(str(column.title) for column in WORKERS.columns)]


@pytest.fixture
def community(here, elsewhere):
    add_worker(
        here, "JSL-R0001", "赵𫖯", sex="female", site="=cmd|' /C calc'!A0", last_confirmed_on=timezone.localdate()
    )
    add_worker(elsewhere, "HD-R0001", "别处的")
    return here.community


def test_the_excel_file(community):
    file = BytesIO()
    write_xlsx(copy_of("workers", community, at=AT), file)
    file.seek(0)
    workbook = load_workbook(file)
    assert workbook.sheet_names == ["新就业群体花名册"]
    rows = workbook.get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows[:4]] == ABOVE
    assert rows[4] == HEAD
    assert rows[5:] == [
        [1, "JSL-R0001", "赵𫖯", "女", "外卖骑手", "暖风外卖", "=cmd|' /C calc'!A0", "", "第1网格",
         "138****0001", timezone.localdate(), "有效", "在册"],
    ]  # fmt: skip


def test_the_csv_file(community):
    file = BytesIO()
    write_csv(copy_of("workers", community, at=AT), file)
    rows = list(csv.reader(StringIO(file.getvalue().decode("utf-8-sig"))))
    assert rows[:4] == [[line] for line in ABOVE]
    assert rows[4] == HEAD
    assert rows[5:] == [
        ["1", "JSL-R0001", "赵𫖯", "女", "外卖骑手", "暖风外卖", "'=cmd|' /C calc'!A0", "", "第1网格",
         "138****0001", timezone.localdate().isoformat(), "有效", "在册"],
    ]  # fmt: skip


def test_filters_are_said_above_the_table(community):
    file = BytesIO()
    write_csv(copy_of("workers", community, at=AT, shown_filters=("职业：外卖骑手", "网格：第1网格")), file)
    assert "筛选：职业：外卖骑手；网格：第1网格" in file.getvalue().decode()


@pytest.mark.parametrize(("suffix", "form"), [("xlsx", "xlsx"), ("CSV", "csv")])
def test_export_roster_writes_the_file_and_the_record(suffix, form, community, tmp_path):
    file = tmp_path / f"out.{suffix}"
    call_command("export_roster", "workers", str(file), "--community", "jianshelu", verbosity=0)
    printout = Printout.objects.get()
    assert (printout.form, printout.roster, printout.rows, printout.by) == (form, "workers", 1, None)
    assert printout.serial.encode() in file.read_bytes() or form == "xlsx"
    event = AuditEvent.objects.get()
    assert (event.action, event.data["rows"], event.data["form"]) == ("export roster", 1, form)
    assert list(tmp_path.iterdir()) == [file]


def test_export_roster_knows_its_suffixes(community, tmp_path):
    with pytest.raises(CommandError, match=r"must end in \.xlsx or \.csv"):
        call_command("export_roster", "workers", str(tmp_path / "out.pdf"))
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("export_roster", "riders", str(tmp_path / "out.csv"))


def test_dates_stay_dates(here):
    add_worker(here, "JSL-R0001", last_confirmed_on=date(2026, 9, 1))
    file = BytesIO()
    write_xlsx(copy_of("workers", here.community), file)
    file.seek(0)
    assert load_workbook(file).get_sheet_by_index(0).to_python()[5][10] == date(2026, 9, 1)
