"""The printed roster: every name can be read back, the head is on every sheet, and no character is lost silently."""

import shutil
import subprocess
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from pypdf import PdfReader

from ledger.models import Printout
from ledger.rosters import MEMBERS, WORKERS
from station.lib.paper import BOTTOM, PADDING, Sheets
from station.lib.pdf import POINTS_PER_MM
from station.models import AuditEvent
from tests.ledger.roster_rows import RARE_NAMES, SERIAL, add_enterprise, add_member, add_worker, pdf_of

NOWHERE = "\U000323a0"  # assigned in Unicode 15 and in neither font
RAREST = "\U00020bb7"  # 𠮷: only the second font has some of its kind
LONG = "建设路片区东侧临时集散点（商贸城后门，靠近霞光路口，进门右转到底）"


def pages_of(file):
    """The text of every page."""
    return [page.extract_text() for page in PdfReader(file).pages]


def joined(text):
    """The text without blanks and line ends, which cells that wrap put in."""
    return "".join(text.split())


def test_every_name_can_be_read_back(here, elsewhere):
    names = [*RARE_NAMES, "阿卜杜拉·买买提", "欧阳慧"]
    for number, name in enumerate(names, 1):
        add_worker(here, f"JSL-R{number:04}", name)
    add_worker(elsewhere, "HD-R0001", "别处的")
    text = joined("".join(pages_of(pdf_of(BytesIO(), "workers", here.community))))
    assert [name for name in names if name not in text] == []
    assert "别处的" not in text
    assert "138****0001" in text
    assert "13800000001" not in text
    for said in (
        SERIAL,
        "建设路社区新就业群体花名册",
        "系统命令",
        "用途：报送街道办",
        "合计6名",
        "手机号中间四位已隐去",
    ):
        assert joined(said) in text, said


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext (poppler-utils) is not installed")
def test_pdftotext_finds_every_name(here, tmp_path):
    names = [*RARE_NAMES, "阿卜杜拉·买买提", f"林{RAREST}"]
    for number, name in enumerate(names, 1):
        add_member(add_worker(here, f"JSL-R{number:04}", name), f"JSL-D{number:04}")
    for kind in ("workers", "members"):
        file = tmp_path / f"{kind}.pdf"
        with file.open("wb+") as target:
            pdf_of(target, kind, here.community)
        out = subprocess.run(["pdftotext", "-layout", str(file), "-"], capture_output=True, check=True).stdout.decode()
        assert [name for name in names if name not in out] == []


def test_head_and_page_number_are_on_every_sheet_and_signatures_on_the_last(here):
    for number in range(1, 61):
        add_worker(here, f"JSL-R{number:04}")
    pages = pages_of(pdf_of(BytesIO(), "workers", here.community))
    assert len(pages) == 3
    for number, text in enumerate(pages, 1):
        assert f"第{number}页/共3页" in joined(text)
        for column in WORKERS.columns:
            assert str(column.title) in text
        assert SERIAL in text
        assert "用途：报送街道办" in text
        assert ("制表人：" in text) == (number == 3)
    assert [number for number in range(1, 61) if f"JSL-R{number:04}" not in "".join(pages)] == []


@pytest.mark.parametrize("rows", range(18, 26))
def test_the_last_row_stays_with_the_signatures_above_the_foot(rows, here):
    for number in range(1, rows + 1):
        add_worker(here, f"JSL-R{number:04}")
    page = PdfReader(pdf_of(BytesIO(), "workers", here.community)).pages[-1]
    drawn = []
    page.extract_text(visitor_text=lambda text, cm, tm, font, size: drawn.append((text, tm[5])))
    last, signature = (next(y for text, y in drawn if sought in text) for sought in (f"JSL-R{rows:04}", "审核人："))
    assert last > signature > BOTTOM * POINTS_PER_MM


def test_an_empty_roster_is_a_sheet_to_sign(here):
    (text,) = pages_of(pdf_of(BytesIO(), "enterprises", here.community))
    assert "合计 0 家" in text


def test_long_text_wraps_inside_its_cell_and_nothing_is_cut(here):
    employer = add_enterprise(here, name=LONG)
    add_worker(here, "JSL-R0001", "名" * 60, site=LONG[:60], platform="美" * 40, employer=employer)
    text = joined("".join(pages_of(pdf_of(BytesIO(), "workers", here.community))))
    assert text.count("名" * 5) >= 5
    sheets = Sheets()
    for sample in (LONG, "名" * 60, "JSL-R0001-very-long-word" * 5, "阿卜杜拉·买买提"):
        for width in (9, 22, 60):
            lines, points = sheets.fitted(sample, width, 9)
            assert "".join(lines) == sample
            assert max(sheets.width_of(line, points) for line in lines) <= width - 2 * PADDING


def test_a_character_in_no_font_stops_the_print_and_names_its_row(here):
    add_worker(here, "JSL-R0001", f"孙{NOWHERE}")
    file = BytesIO()
    with pytest.raises(ValidationError) as refused:
        pdf_of(file, "workers", here.community)
    assert refused.value.code == "missing_glyph"
    assert "编号 JSL-R0001 的" in refused.value.message
    assert "U+323A0" in refused.value.message
    assert "孙" not in refused.value.message
    assert file.getvalue() == b""


def test_printed_anyway_it_is_a_visible_mark_that_is_explained(here):
    add_worker(here, "JSL-R0001", f"孙{NOWHERE}")
    text = "".join(pages_of(pdf_of(BytesIO(), "workers", here.community, anyway=True)))
    assert "孙〓" in text
    assert "“〓”处的字：U+323A0" in text


def test_characters_that_draw_nothing_do_not_stop_the_print(here):
    add_worker(here, "JSL-R0001", "孙\ufe00𬱟", site="甲\t乙")
    text = "".join(pages_of(pdf_of(BytesIO(), "workers", here.community)))
    assert "孙𬱟" in text
    assert "甲 乙" in text


def test_without_the_home_branch_the_other_columns_fill_the_sheet(here, grid_worker):
    add_member(add_worker(here, "JSL-R0001"))
    (text,) = pages_of(pdf_of(BytesIO(), "members", here.community, by=grid_worker))
    assert "衡山县" not in text
    assert "周敏" in text
    assert len(MEMBERS.columns_for(grid_worker)) == len(MEMBERS.columns) - 1


# --- the command
def test_print_roster_writes_the_file_and_the_record(here, tmp_path):
    add_worker(here, "JSL-R0001", "李䶮")
    file = tmp_path / "out.pdf"
    call_command("print_roster", "workers", str(file), "--reason", "存档", verbosity=0)
    printout = Printout.objects.get()
    assert (printout.form, printout.rows, printout.by, printout.reason) == ("pdf", 1, None, "存档")
    assert "李䶮" in "".join(pages_of(file))
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [file]
    event = AuditEvent.objects.get()
    assert (event.action, event.actor, event.target_id) == ("print roster", None, str(printout.pk))


def test_print_roster_says_what_is_wrong_and_leaves_nothing(here, elsewhere, tmp_path):
    add_worker(here, "JSL-R0001", f"孙{NOWHERE}")
    file = tmp_path / "out.pdf"
    for arguments, said in [
        ([str(tmp_path / "out.txt")], "must end in .pdf"),
        ([str(tmp_path / "no" / "out.pdf")], "there is no folder"),
        ([str(file)], "--community CODE: hedong, jianshelu"),
        ([str(file), "--community", "x"], "there is no community x; known: hedong, jianshelu"),
        ([str(file), "--community", "jianshelu"], "U+323A0"),
        ([str(file), "--community", "hedong", "--reason", "a" * 101], "100"),
    ]:
        with pytest.raises(CommandError) as refused:
            call_command("print_roster", "workers", *arguments)
        assert said in str(refused.value)
    assert list(tmp_path.iterdir()) == []
    assert not Printout.objects.exists()
    call_command("print_roster", "workers", str(file), "--community", "jianshelu", "--anyway", verbosity=0)
    assert file.exists()
