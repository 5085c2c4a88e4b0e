"""A copy with full numbers: for who may reveal them, with a reason of its own, marked on every page and on record."""

from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.urls import reverse
from pypdf import PdfReader
from python_calamine import load_workbook

from ledger.layouts import layout_of
from ledger.models import Printout
from ledger.operations.printouts import make_printout
from ledger.rosters import WORKERS, Layout
from station.models import AuditEvent
from station.operations.audit import first_broken_link
from station.roles import PERMISSIONS, Role
from tests.ledger.roster_rows import add_enterprise, add_member, add_worker, copy_of

ASKED = {"reason": "报送街道办", "full": "on", "full_reason": "办理意外伤害险"}
WHY = "报送街道办；要完整号码：办理意外伤害险"
PHONE = "13800000001"


def way_out(form, model="worker"):
    return reverse(f"admin:ledger_{model}_{form}")


def body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def xlsx_rows(content, sheet=0):
    return load_workbook(BytesIO(content)).get_sheet_by_index(sheet).to_python()


@pytest.mark.parametrize("form", ["html", "csv"])
def test_it_shows_everything_and_says_so(form, here, community_admin, signed_in):
    add_worker(here, "JSL-R0001")
    text = body(signed_in(community_admin).post(way_out(form), ASKED)).decode()
    assert PHONE in text
    assert "138****0001" not in text
    assert "建设路社区新就业群体花名册（含完整个人信息）" in text
    assert "含完整手机号或证件号，只限注明的用途，不得转给别人。" in text
    assert "已隐去" not in text
    assert f"用途：{WHY}" in text


def test_the_mark_stands_above_the_excel_table_and_repeats_on_each_page(here, community_admin, signed_in):
    add_worker(here, "JSL-R0001")
    rows = xlsx_rows(body(signed_in(community_admin).post(way_out("xlsx"), ASKED)))
    assert rows[0][0] == "建设路社区新就业群体花名册（含完整个人信息）"
    assert rows[3][0] == "含完整手机号或证件号，只限注明的用途，不得转给别人。内部资料，用完请删除。"
    assert rows[5][9] == PHONE


def test_the_mark_stands_on_every_page_of_the_pdf(here, community_admin, signed_in):
    for number in range(1, 61):
        add_worker(here, f"JSL-R{number:04}")
    pages = PdfReader(BytesIO(body(signed_in(community_admin).post(way_out("pdf"), ASKED)))).pages
    assert len(pages) > 1
    for page in pages:
        assert "含完整个人信息" in page.extract_text().replace("\0", "")
    assert PHONE in pages[0].extract_text().replace("\0", "")


def test_it_is_on_record(here, community_admin, signed_in):
    add_worker(here, "JSL-R0001")
    body(signed_in(community_admin).post(way_out("xlsx"), ASKED | {"template": "sign-in"}))
    printout, event = Printout.objects.get(), AuditEvent.objects.get()
    assert (printout.full, printout.reason, printout.template) == (True, WHY, "签到表")
    assert printout.columns == ["number", "name", "occupation", "grid", "phone", "sign"]
    assert (event.action, event.actor, event.reason) == ("export roster", community_admin, WHY)
    assert event.data == {
        "roster": "workers", "form": "xlsx", "rows": 1, "filtered": False, "template": "签到表", "full": True,
    }  # fmt: skip
    assert first_broken_link() is None
    page = signed_in(community_admin).get(reverse("admin:ledger_printout_changelist")).content.decode()
    assert '<td class="field-masks">完整</td>' in page


@pytest.mark.parametrize("why", ["", "  ", "工作", "报送街道办"])
def test_the_reason_for_full_numbers_is_one_of_its_own(why, here, community_admin, signed_in):
    add_worker(here, "JSL-R0001")
    response = signed_in(community_admin).post(way_out("csv"), ASKED | {"full_reason": why})
    assert response.status_code == 422
    assert "请另写一句为什么非要完整号码，至少 4 个字。" in response.content.decode()
    assert 'value="报送街道办"' in response.content.decode()
    assert not Printout.objects.exists()


def test_both_reasons_together_fit_the_record(here, community_admin, signed_in):
    asked = ASKED | {"reason": "长" * 60, "full_reason": "短" * 50}
    response = signed_in(community_admin).post(way_out("csv"), asked)
    assert response.status_code == 422
    assert "两句话加起来太长，请写短一点。" in response.content.decode()


def test_without_the_tick_nothing_is_shown(here, community_admin, signed_in):
    add_worker(here, "JSL-R0001")
    text = body(signed_in(community_admin).post(way_out("csv"), ASKED | {"full": ""})).decode()
    assert PHONE not in text
    assert "手机号中间四位已隐去。内部资料，用完请删除。" in text
    assert (Printout.objects.get().full, Printout.objects.get().reason) == (False, "报送街道办")


def test_who_may_export_but_not_reveal_gets_masks(here, elsewhere, community_admin, signed_in, monkeypatch):
    add_worker(here, "JSL-R0001")
    kept = PERMISSIONS[Role.COMMUNITY_ADMIN] - {"ledger.reveal_worker"}
    monkeypatch.setitem(PERMISSIONS, Role.COMMUNITY_ADMIN, kept)
    client = signed_in(community_admin)
    assert 'name="full"' not in client.get(way_out("csv")).content.decode()
    assert PHONE not in body(client.post(way_out("csv"), ASKED)).decode()
    assert not Printout.objects.get().full
    arguments = {"community": here.community, "write": lambda copy: list(copy.lines()), "reason": "存档"}
    with pytest.raises(ValidationError) as refused:
        make_printout(WORKERS, "csv", by=community_admin, full=True, full_reason="办理意外险", **arguments)
    assert refused.value.messages == ["您没有查看完整信息的权限，只能导出打码的。"]


def test_another_communitys_rows_are_not_his_to_reveal(elsewhere, community_admin):
    arguments = {"community": elsewhere.community, "write": lambda copy: list(copy.lines()), "reason": "存档"}
    with pytest.raises(ValidationError):
        make_printout(WORKERS, "csv", by=community_admin, full=True, full_reason="办理意外险", **arguments)
    assert not Printout.objects.exists()


@pytest.mark.parametrize(
    ("kind", "columns", "note"),
    [
        ("workers", ("name", "phone"), "手机号中间四位已隐去。"),
        ("workers", ("name", "id_number"), "证件号已部分隐去。"),
        ("workers", ("name", "phone", "id_number"), "手机号、证件号已部分隐去。"),
        ("workers", ("name",), ""),
        ("enterprises", ("contact_phone",), "手机号中间四位已隐去。"),
    ],
)
def test_the_note_says_what_is_hidden(kind, columns, note, here):
    copy = copy_of(kind, here.community)
    layout = Layout(columns=tuple(copy.roster.catalogue[key] for key in columns))
    assert copy_of(kind, here.community, layout=layout).mask_note == note


def test_a_form_without_anything_masked_is_no_full_copy(here):
    copy = copy_of("workers", here.community, layout=Layout(columns=(WORKERS.catalogue["name"],)), full=True)
    assert (copy.full, copy.title) == (False, "建设路社区新就业群体花名册")


def test_every_masked_column_is_unmasked(here):
    enterprise = add_enterprise(here)
    worker = add_worker(here, "JSL-R0001", employer=enterprise, id_number="34052419800101001X", id_purpose="保险")
    add_member(worker, home_phone="13900000009", card_number="湘0012")
    found = {}
    for kind in ("enterprises", "workers", "members"):
        copy = copy_of(kind, here.community)
        masked = tuple(column for column in copy.roster.catalogue.values() if column.full)
        for full in (False, True):
            copy = copy_of(kind, here.community, layout=Layout(columns=masked), full=full)
            found[kind, full] = next(copy.lines())[1:]
    assert found == {
        ("enterprises", False): ["139****0801"],
        ("enterprises", True): ["13900000801"],
        ("workers", False): ["138****0001", "3405**********001X"],
        ("workers", True): [PHONE, "34052419800101001X"],
        ("members", False): ["138****0001", "139****0009", "****"],
        ("members", True): [PHONE, "13900000009", "湘0012"],
    }


def test_a_command_says_why_too(here, tmp_path):
    add_worker(here, "JSL-R0001")
    file = tmp_path / "out.csv"
    with pytest.raises(CommandError, match="请另写一句为什么非要完整号码"):
        call_command("export_roster", "workers", str(file), "--full", "短", verbosity=0)
    call_command(
        "export_roster", "workers", str(file), "--reason", "报送街道办", "--full", "办理意外伤害险", verbosity=0
    )
    assert PHONE in file.read_text("utf-8-sig")
    assert (Printout.objects.get().full, Printout.objects.get().reason) == (True, WHY)


def test_a_built_in_form_in_full(here, community_admin):
    worker = add_worker(here, "JSL-R0001")
    add_member(worker, home_contact="王书记", home_phone="13900000009", receiving_branch="建设路社区党支部")
    layout = layout_of(copy_of("members", here.community).roster, here.community, community_admin, "branch")
    rows = list(copy_of("members", here.community, layout=layout, full=True, by=community_admin).lines())
    assert rows[0][2:9] == [
        "刘洋", PHONE, "流入", "衡山县某村党支部", "王书记", "13900000009", "建设路社区党支部",
    ]  # fmt: skip
