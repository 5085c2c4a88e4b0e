"""The page of figures, its paper and its spreadsheets: the same numbers everywhere, nobody's name anywhere."""

import re
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from ledger.figures import FIGURES, Counted, figure_tables
from ledger.models import Enterprise, PartyMember, SurveyEntry, SurveyRound, Worker
from station.models import AuditEvent, Occupation

PAGE, PAPER = reverse("ledger-figures"), reverse("ledger-figures-print")
NAMES = ["欧阳试", "暖风配送公司", "衡阳支部", "13900000777"]


def workbook(name):
    return reverse("ledger-figures-xlsx", args=[name])


@pytest.fixture
def ledger(here, elsewhere):
    """A party member in a running round, an enterprise, and as much elsewhere."""
    for place in (here, elsewhere):
        prefix = place.community.prefix
        values = {"community": place.community, "grid": place.grid, "last_confirmed_on": "2026-01-05"}
        worker = Worker.objects.create(
            number=f"{prefix}-R0001", name="欧阳试", phone="13900000777", occupation=Occupation.COURIER, **values
        )
        PartyMember.objects.create(number=f"{prefix}-D0001", worker=worker, home_branch="衡阳支部")
        Enterprise.objects.create(
            number=f"{prefix}-Q0001",
            name="暖风配送公司",
            kind="express",
            address="建设路1号",
            no_party_reason="没有党员",
            **values,
        )
        survey = SurveyRound.objects.create(community=place.community, title=f"{prefix}摸排", ends_on="2099-01-01")
        SurveyEntry.objects.create(round=survey, worker=worker, grid=place.grid)


def tables_in(html):
    """Every table of figures of a page as rows of texts, by the id that names it."""
    found = {}
    for section in re.findall(r'<section[^>]*aria-labelledby="[\w-]+-heading".*?</section>', html, re.S):
        name = re.search(r'aria-labelledby="([\w-]+)-heading"', section)[1]
        rows = re.findall(r"<tr>(.*?)</tr>", section, re.S)
        found[name] = [tuple(re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)) for row in rows]
    return found


@pytest.mark.parametrize("who", ["community_admin", "grid_worker", "supervisor"])
@pytest.mark.parametrize("address", [PAGE, PAPER])
def test_every_picture_has_its_table_and_the_cells_of_the_spreadsheet(who, address, ledger, request, signed_in):
    user = request.getfixturevalue(who)
    client = signed_in(user)
    response = client.get(address)
    html = response.content.decode()
    shown = tables_in(html)
    tables = figure_tables(Counted(user))
    assert list(shown) == [table.name for table in tables]
    assert len(re.findall(r'<svg[^>]*role="img" aria-labelledby', html)) == len(tables)
    book = CalamineWorkbook.from_filelike(BytesIO(b"".join(client.get(workbook("all")).streaming_content)))
    for table in tables:
        cells = [tuple(map(str, line)) for line in (table.heads, *table.lines)]
        assert shown[table.name] == cells
        sheet = book.get_sheet_by_name(book.sheet_names[tables.index(table)]).to_python(skip_empty_area=False)
        written = [tuple(str(int(c)) if isinstance(c, float) else c for c in row) for row in sheet[-len(cells) :]]
        assert written == cells
    assert re.findall(r"<style|\sstyle=|<script(?![^>]*\ssrc=)[^>]*>|\son[a-z]+=", html) == []


def everything_read_by(client):
    """Every byte of the pages of figures and of every spreadsheet, unpacked."""
    for url in (PAGE, PAPER, "/admin/"):
        yield url, client.get(url).content
    for name in (*FIGURES, "all"):
        response = client.get(workbook(name))
        if response.status_code == 200:
            with ZipFile(BytesIO(b"".join(response.streaming_content))) as packed:
                for part in packed.namelist():
                    yield f"{name}/{part}", packed.read(part)


def test_a_supervisor_reads_sums_and_no_person_in_any_byte(ledger, supervisor, signed_in):
    client = signed_in(supervisor)
    read = dict(everything_read_by(client))
    assert len(read) > 40
    for where, content in read.items():
        text = content.decode()
        assert not [name for name in (*NAMES, "JSL-R0001", "JSL-D0001", "JSL-Q0001") if name in text], where
        # Of the ledger's pages only the comparison of two rounds is his: figures, no list.
        assert set(re.findall(r"/admin/ledger/[a-z/]*", text)) <= {"/admin/ledger/surveyround/"}, where
        assert text.count("/admin/ledger/") == text.count("/compare/"), where
        assert "第1网格" not in text, where
        assert "HD摸排" not in text, where
    assert ("建设路社区", "1", "0", "0", "1", "100", "1", "2") in tables_in(read[PAGE].decode())["communities"]


def test_the_numbers_of_another_community_stay_there(ledger, community_admin, signed_in):
    Worker.objects.filter(community__code="hedong").update(occupation=Occupation.TRUCK_DRIVER)
    for where, content in everything_read_by(signed_in(community_admin)):
        assert "河东" not in content.decode(), where
        assert "HD摸排" not in content.decode(), where
    assert table_total(community_admin, "occupations") == ("合计", 1, 100)


def table_total(user, name):
    (found,) = figure_tables(Counted(user), (name,))
    return found.total


def test_a_download_is_on_record_and_named_by_day(ledger, here, supervisor, signed_in):
    response = signed_in(supervisor).get(workbook("communities"))
    assert re.search(r'filename="communities-\d{4}-\d\d-\d\d\.xlsx"', response.headers["Content-Disposition"])
    assert "no-store" in response.headers["Cache-Control"]
    event = AuditEvent.objects.get()
    assert (event.action, event.actor, event.community, event.data) == (
        "export figures",
        supervisor,
        here.community,
        {"figure": "communities"},
    )


@pytest.mark.parametrize("who", ["keeper", "team_leader"])
def test_who_may_not_count_gets_nothing(who, ledger, request, signed_in):
    client = signed_in(request.getfixturevalue(who))
    for url in (PAGE, PAPER, workbook("all"), workbook("occupations"), workbook("nothing")):
        assert client.get(url).status_code == 403
    assert not AuditEvent.objects.exists()
    assert PAGE not in client.get("/admin/").content.decode()


def test_others_are_sent_to_sign_in(ledger, rider, client, signed_in):
    for browser in (client, signed_in(rider)):
        for url in (PAGE, PAPER, workbook("all")):
            assert browser.get(url).status_code == 302
            assert browser.get(url).url.startswith("/admin/login/")


def test_odd_addresses_and_methods(ledger, community_admin, supervisor, signed_in):
    client = signed_in(community_admin)
    for name in ("nothing", "communities", "All"):
        assert client.get(workbook(name)).status_code == 404
    assert signed_in(supervisor).get(workbook("grids")).status_code == 404
    for url in (PAGE, PAPER, workbook("all")):
        assert client.post(url).status_code == 405


def test_an_empty_ledger_says_what_to_do(here, community_admin, signed_in):
    html = signed_in(community_admin).get(PAGE).content.decode()
    assert "台账里还没有，登记了就有数。" in html
    assert signed_in(community_admin).get(workbook("all")).status_code == 200


def test_the_dashboard_leads_to_the_page_and_shows_it_in_short(ledger, community_admin, supervisor, signed_in):
    html = signed_in(community_admin).get("/admin/").content.decode()
    assert PAGE in html
    assert list(tables_in(html)) == ["grids", "occupations", "worker-flow"]
    assert list(tables_in(signed_in(supervisor).get("/admin/").content.decode())) == [
        "occupations",
        "communities",
        "worker-flow",
    ]
