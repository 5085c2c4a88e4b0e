"""The search of the ledger's lists: parts of names, numbers, phones; a thousand at most; never beyond one's own."""

from datetime import date

import pytest

from ledger import search
from ledger.models import PartyMember, SurveyEntry, SurveyRound, Worker, WorkerNamePart
from station.lib.people import name_to_find
from station.models import Occupation
from station.roles import Role
from tests.ledger.roster_rows import add_enterprise, add_member, add_worker

NAMES = (WorkerNamePart, "pk")
WORKERS, MEMBERS, ENTERPRISES, ENTRIES = (
    f"/admin/ledger/{name}/" for name in ("worker", "partymember", "enterprise", "surveyentry")
)


@pytest.fixture
def look(signed_in, community_admin):
    """``look("王")``: the numbers the list shows for these words, in its order, and the page."""

    def ask(words, path=WORKERS, *, by=community_admin, filters=""):
        client = signed_in(by)
        response = client.get(client.post(f"{path}?{filters}", {"q": words}).url)
        assert response.status_code == 200
        changelist = response.context["cl"]
        return [getattr(row, "subject", row).number for row in changelist.result_list], response

    return ask


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("王", "1 2"),  # begins with it, holds it
        ("王丽", "1"),
        ("丽丽", "1"),
        ("丽", "1"),  # twice in one name
        ("李王", "2"),
        ("买买提·艾力", "3"),
        ("买买提.艾力", "3"),
        ("买买提艾力", "3"),
        ("艾力", "3"),
        ("𬱟", "4"),
        ("陈𬱟", "4"),
        ("smith", "5"),
        ("ＳＭＩ", "5"),
        ("n s", "5"),
        ("  王丽  ", "1"),
        ("龘", ""),
        ("·", ""),
        ("%", ""),
        ("王%", "1 2"),  # what is no part of a name does not count
        ("JSL-R0003", "3"),
        ("jsl-r0003", "3"),
        ("JSL-R000", ""),
        ("13900000002", "2"),
        ("+86 139 0000 0002", "2"),
        ("0002", "2"),
        ("002", ""),
        ("1390000", ""),
    ],
)
def test_whom_the_words_mean(here, elsewhere, look, words, numbers):
    for number, name in enumerate(["王丽丽", "李王", "买买提·艾力", "陈𬱟", "John Smith"], 1):
        add_worker(here, f"JSL-R{number:04d}", name, phone=f"1390000{number:04d}")
        add_worker(elsewhere, f"HD-R{number:04d}", name, phone=f"1390000{number:04d}")
    assert look(words)[0] == [f"JSL-R{int(number):04d}" for number in numbers.split()]


def test_what_counts_of_a_name():
    assert name_to_find("买买提·艾力") == name_to_find("买买提・ 艾力") == "买买提艾力"
    assert name_to_find("暖风（湘潭）ＡＢ-1") == "暖风湘潭ab1"
    assert name_to_find("\U0002ebf0") == "\U0002ebf0"  # younger than this Python's tables, and in somebody's passport


def test_a_grid_worker_finds_nobody_beyond_his_grid(here, elsewhere, grid_worker, look):
    add_worker(here, "JSL-R0001", "王一", phone="13900000001")
    add_worker(here, "JSL-R0002", "王二", phone="13900000002", grid=here.grids[1])
    add_worker(here, "JSL-R0003", "王三", phone="13900000003", grid=None)
    add_worker(elsewhere, "HD-R0001", "王四", phone="13900000004")
    assert look("王", by=grid_worker)[0] == ["JSL-R0001"]
    for words in ("王二", "JSL-R0002", "13900000002", "0003", "王四", "HD-R0001", "13900000004"):
        assert look(words, by=grid_worker)[0] == []


def test_who_looks_after_several_places_finds_in_all_of_them(here, elsewhere, make_staff, look):
    add_worker(here, "JSL-R0001", "王一", phone="13900000001")
    add_worker(here, "JSL-R0002", "王二", phone="13900000002", grid=here.grids[1])
    add_worker(elsewhere, "HD-R0001", "王四", phone="13900000004")
    both = make_staff(Role.COMMUNITY_ADMIN, community=elsewhere.community)
    both.duties.create(role=Role.GRID_WORKER, grid=here.grid)
    assert look("王", by=both)[0] == ["HD-R0001", "JSL-R0001"]
    boss = make_staff(Role.COMMUNITY_ADMIN, username="boss", community=here.community)
    boss.is_superuser = True
    boss.save()
    assert look("王", by=boss)[0] == ["HD-R0001", "JSL-R0001", "JSL-R0002"]


def test_a_merged_entry_is_still_found_by_its_own_name(here, look):
    kept = add_worker(here, "JSL-R0001", "王丽丽", phone="13900000001")
    add_worker(here, "JSL-R0002", "王莉莉", phone="13900000002", state="merged", merged_into=kept)
    assert look("丽丽")[0] == ["JSL-R0001"]
    assert look("莉莉")[0] == []  # it stands in another row now, and is listed only when asked for by its state
    assert look("莉莉", filters="state__exact=merged")[0] == ["JSL-R0002"]


def test_members_enterprises_and_survey_entries_are_found_alike(here, elsewhere, look):
    worker = add_worker(here, "JSL-R0001", "王丽丽", phone="13900000001")
    add_member(worker)
    add_member(add_worker(elsewhere, "HD-R0001", "王丽丽", phone="13900000001"), "HD-D0001")
    enterprise = add_enterprise(here)
    add_enterprise(elsewhere, "HD-Q0001", name="河东暖风配送")
    for place in (here, elsewhere):
        survey = SurveyRound.objects.create(community=place.community, title="摸排", ends_on=date(2099, 1, 1))
        for subject in ({"worker": Worker.objects.get(community=place.community)}, {"enterprise": enterprise}):
            if place is here or "worker" in subject:
                SurveyEntry.objects.create(round=survey, grid=place.grid, **subject)
    for words in ("丽丽", "13900000001", "0001", "JSL-R0001", "JSL-D0001"):
        assert look(words, MEMBERS)[0] == ["JSL-D0001"]
    for words in ("暖风", "振华", "13900000801", "jsl-q0001"):
        assert look(words, ENTERPRISES)[0] == ["JSL-Q0001"]
    assert look("丽丽", ENTRIES)[0] == ["JSL-R0001"]
    assert look("暖风", ENTRIES)[0] == ["JSL-Q0001"]
    assert look("JSL-Q0001", ENTRIES)[0] == ["JSL-Q0001"]


def test_an_id_number_is_found_only_by_who_may_see_one(here, community_admin, grid_worker, look):
    number = "370101190102039973"
    add_worker(here, "JSL-R0001", "王丽丽", id_number=number, id_purpose="办保险")
    assert look(number)[0] == ["JSL-R0001"]
    assert look(number, by=grid_worker)[0] == []


# --- too many --------------------------------------------------------------------------------------------------------
@pytest.fixture
def five(here):
    """Five people called 王: two of them have left, one bears the name twice."""
    for number, name in enumerate(["王一王", "王二", "王三", "王四", "王五"], 1):
        left = {"state": "left", "left_on": date(2026, 1, 1), "left_reason": "换城市"} if number > 3 else {}
        add_worker(here, f"JSL-R{number:04d}", name, phone=f"1390000{number:04d}", **left)


@pytest.mark.parametrize(("most", "shown", "more"), [(5, 5, False), (4, 4, True), (1, 1, True)])
def test_the_list_stops_at_the_most_and_says_so(five, most, shown, more):
    found, more_there = search.Search("王", (NAMES,)).first(Worker.objects.all(), most)
    assert (Worker.objects.filter(found).count(), more_there) == (shown, more)


def test_filters_count_before_the_list_is_cut(five):
    left = Worker.objects.filter(state="left")
    found, more = search.Search("王", (NAMES,)).first(left, 2)
    assert (sorted(left.filter(found).values_list("number", flat=True)), more) == (["JSL-R0004", "JSL-R0005"], False)


def test_the_page_says_that_there_are_more_and_what_to_do(here, look):
    Worker.objects.bulk_create(
        Worker(
            number=f"JSL-R{number:04d}",
            community=here.community,
            name="王丽",
            other_contact="微信",
            occupation=Occupation.COURIER,
        )
        for number in range(1001)
    )
    numbers, response = look("王")
    assert (len(numbers), response.context["cl"].result_count) == (50, 1000)
    assert "对得上的太多，这里只列出 1000 条，请再多输一两个字。打印和导出仍是全部。" in response.content.decode()
    _numbers, narrower = look("王", filters="state__exact=left")
    assert "对得上的太多" not in narrower.content.decode()


def test_an_export_of_a_cut_search_is_whole(here, community_admin, signed_in):
    Worker.objects.bulk_create(
        Worker(
            number=f"JSL-R{number:04d}",
            community=here.community,
            name="王丽" if number else "李丽",
            other_contact="微信",
            occupation=Occupation.COURIER,
        )
        for number in range(1003)
    )
    client = signed_in(community_admin)
    query = client.post(WORKERS, {"q": "王"}).url.partition("?")[2]
    file = client.post(f"{WORKERS}export/csv/?{query}", {"reason": "报送街道办"})
    lines = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()
    assert sum("王丽" in line for line in lines) == 1002
    assert not any("李丽" in line for line in lines)


# --- what it costs ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("words", "queries"),
    [("王", 8), ("王一", 8), ("13900000001", 9), ("0001", 9), ("JSL-R0001", 10), ("", 7)],
)
@pytest.mark.parametrize("rows", [1, 30])
def test_a_search_costs_the_same_for_one_and_thirty(
    here, community_admin, signed_in, django_assert_num_queries, rows, words, queries
):
    for number in range(1, rows + 1):
        add_worker(here, f"JSL-R{number:04d}", f"王{'三一二'[number % 3]}", phone=f"1390000{number:04d}")
    client = signed_in(community_admin)
    address = client.post(WORKERS, {"q": words}).url
    client.get(address)
    with django_assert_num_queries(queries):
        client.get(address)


def test_members_cost_the_same_for_one_and_thirty(here, community_admin, signed_in, django_assert_num_queries):
    client = signed_in(community_admin)
    address = client.post(MEMBERS, {"q": "王"}).url
    for rows in (1, 30):
        for number in range(PartyMember.objects.count() + 1, rows + 1):
            add_member(
                add_worker(here, f"JSL-R{number:04d}", "王一", phone=f"1390000{number:04d}"), f"JSL-D{number:04d}"
            )
        with django_assert_num_queries(7):
            client.get(address)
