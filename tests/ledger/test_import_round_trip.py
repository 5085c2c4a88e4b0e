"""What was exported, masked or in full, as Excel or CSV, in either language, changes nothing when it is imported."""

from dataclasses import replace
from datetime import date

import pytest
from django.utils import translation

from ledger.models import FormColumn, FormTemplate, Worker
from ledger.rosters import WORKERS, Layout
from tests.ledger.import_files import counts, drafted, exported, outcomes
from tests.ledger.roster_rows import RARE_NAMES, add_enterprise, add_member, add_worker

FORMULAS = ["=1+1", "+86", "-3", "@me", "＝甲", "'=x", "''quoted", "\ttab"]


@pytest.fixture
def ledger(here, elsewhere):
    """Six of each: full, blank, rare, dangerous, odd and old."""
    odd = {
        "name": "'=HYPERLINK(\"http://x\")", "kind": "other", "address": "建设北路1号  临街\n二楼",
        "contact_name": "", "contact_phone": "0731-5588",
        "condition": "paused", "party_organisation": "joint", "no_party_reason": "旧的原因",
        "light": "red", "credit_code": "91350100M000100Y40", "member_count": 12, "has_union": True,
        "note": "a;b,c\"d\"",
    }  # fmt: skip
    first = add_enterprise(here, credit_code="91350100M000100Y43", instructor="周敏", note="=1+1")
    add_enterprise(here, "JSL-Q0002", **odd)
    third = add_enterprise(here, "JSL-Q0003", name=first.name, last_confirmed_on=None, contact_phone="")
    third.grid = None
    third.save()
    for number, text in enumerate(FORMULAS, 4):
        add_enterprise(here, f"JSL-Q{number:04}", name=f"{text}企业", no_party_reason=text, address=text)
    workers = [add_worker(here, f"JSL-R{number:04}", name) for number, name in enumerate(RARE_NAMES, 1)]
    workers += [
        add_worker(
            here, "JSL-R0005", "买买提·艾力", sex="male", employer=first, affiliation="member", in_union=False,
            id_number="34052419800101001X", id_purpose="办保险", needs="租房", source="self", note="夜班",
        ),
        add_worker(
            here, "JSL-R0006", "A 'b'", phone="", other_contact="微信群", platform="", site="", grid=None,
            last_confirmed_on=None, in_union=True,
        ),
        add_worker(here, "JSL-R0007", "旧号码", phone="02155667788", employer=first, occupation="other"),
    ]  # fmt: skip
    for number, text in enumerate(FORMULAS, 8):
        add_worker(here, f"JSL-R{number:04}", "赵", site=text, needs=text, platform=text)
    card = {"card_number": "湘0001", "has_activity_card": True}
    add_member(workers[4], home_branch="=党支部", home_phone="13900000701", **card)
    add_member(
        workers[0], "JSL-D0002", state="lost", direction="out", home_contact="肖书记", reported_in_on=None,
        next_contact_on=date(2027, 1, 31), receiving_branch="建设路社区第一支部", away_reason="务工",
    )  # fmt: skip
    add_worker(elsewhere, "HD-R0001", "别处的")
    return here.community


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("all_columns", [False, True], ids=["own", "all"])
@pytest.mark.parametrize("full", [False, True], ids=["masked", "full"])
@pytest.mark.parametrize("form", ["xlsx", "csv"])
@pytest.mark.parametrize(("kind", "rows"), [("enterprises", 11), ("workers", 15), ("members", 2)])
def test_an_export_changes_nothing(ledger, kind, rows, form, full, all_columns, language):
    with translation.override(language):
        data = exported(kind, ledger, form, full=full, all_columns=all_columns)
    batch = drafted(kind, ledger, data)
    assert [row for row in outcomes(batch) if row[1] != "unchanged" or row[3]] == []
    assert counts(batch) == (0, 0, rows, 0)


@pytest.mark.parametrize("mode", ["skip", "fill"])
@pytest.mark.parametrize(("kind", "rows"), [("enterprises", 11), ("workers", 15), ("members", 2)])
def test_nor_does_it_in_another_mode(ledger, kind, rows, mode):
    assert counts(drafted(kind, ledger, exported(kind, ledger), mode=mode)) == (0, 0, rows, 0)


def test_a_form_with_titles_of_its_own_comes_back_too(ledger):
    template = FormTemplate.objects.create(community=ledger, kind="workers", name="街道季度报表")
    titles = {"number": "街道序码", "name": "人员", "phone": "通讯", "needs": "困难", "employer": "谁家的"}
    columns = []
    for position, (key, title) in enumerate(titles.items()):
        FormColumn.objects.create(template=template, position=position, key=key, title=title)
        columns.append(replace(WORKERS.catalogue[key], title=title))
    data = exported("workers", ledger, layout=Layout(columns=tuple(columns)))
    batch = drafted("workers", ledger, data)
    assert batch.mapping == ["", *titles]
    assert counts(batch) == (0, 0, 15, 0)


def test_those_who_have_left_come_back_without_a_change(here):
    """An export filtered to them says of each what the ledger says."""
    gone = {"state": "left", "left_on": date(2026, 9, 2), "left_reason": "去了长沙"}
    add_worker(here, "JSL-R0001", "走了的", **gone)
    data = exported("workers", here.community, all_columns=True, queryset=Worker.objects.all())
    batch = drafted("workers", here.community, data)
    assert outcomes(batch) == [(6, "unchanged", "JSL-R0001", [])]
