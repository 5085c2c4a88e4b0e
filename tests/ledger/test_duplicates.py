"""Which entries are probably the same: found by what they share, never across communities, never twice asked."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.safestring import SafeString

from ledger.duplicates import Pair, count_likely, explained, likely_pairs, lookalikes
from ledger.forms.merging import BOTH, ONE, OTHER, usual_sides
from ledger.models import DistinctPair, Enterprise, Worker
from ledger.operations import workers
from ledger.operations.merging import mark_distinct, merge_workers
from ledger.operations.workers import register_worker
from station.lib.people import name_core

ID_NUMBER = "370101190102039973"


def found(entry):
    """The numbers and reasons of whom this entry may be."""
    pairs = lookalikes(entry, type(entry).objects.all())
    return {(p.one if p.other == entry else p.other).number: p.reasons for p in pairs}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("湖南暖风（湘潭）配送有限公司", "湖南暖风湘潭 配送公司", True),
        ("暖风配送有限责任公司", "暖风配送股份有限公司", True),
        ("晓塘快递服务部（个体工商户）", "晓塘快递服务部", True),
        ("Warm Wind有限公司", "ＷＡＲＭ　ｗｉｎｄ", True),
        ("暖风分公司", "暖风总公司", False),
        ("暖风一站", "暖风二站", False),
        ("公司", "有限公司", False),
        ("䶮风𬱟配送", "䶮风配送", False),
    ],
)
def test_the_core_of_a_name(one, other, same):
    assert (name_core(one) == name_core(other)) is same
    assert name_core(name_core(one)) == name_core(one)


def test_workers_are_alike_by_what_they_share(
    make_worker, make_enterprise, make_rider, community_admin, here, elsewhere
):
    employer = make_enterprise()
    one = make_worker("向南", "13900000001", employer=employer)
    make_worker("向南", "13811110001")  # JSL-R0002
    make_worker("向南", "13900000003", employer=employer)  # JSL-R0003
    make_worker("向南", "13900000004")  # the name alone says nothing
    make_worker("向北", "13822220001", employer=employer)  # neither do employer and last four digits
    make_worker("向南", "13900000001", employer=employer, community=elsewhere.community, grid=elsewhere.grid)
    gone = make_worker("向先生", "13900000007")  # JSL-R0006
    workers.leave_worker(gone, by=community_admin, reason="走了")
    workers.change_worker(one, {"phone": "13900000007"}, by=community_admin, reason="换号")
    Worker.objects.filter(pk=one.pk).update(user=make_rider("13900000004"))
    one.refresh_from_db()
    assert found(one) == {
        "JSL-R0003": ("姓名和所属企业相同",),
        "JSL-R0004": ("登录账号的手机号相同",),
        "JSL-R0006": ("手机号相同",),
    }
    assert found(Worker.objects.get(number="JSL-R0004")) == {"JSL-R0001": ("登录账号的手机号相同",)}
    workers.change_worker(one, {"phone": "13900000001"}, by=community_admin, reason="换回来")
    one.refresh_from_db()
    assert found(one)["JSL-R0002"] == ("姓名和手机尾号相同",)
    mine = Worker.objects.filter(community=here.community)
    assert {row.number for row in mine.with_earlier_lookalike()} == {"JSL-R0002", "JSL-R0003", "JSL-R0004"}


def test_enterprises_are_alike_by_name_and_phone(make_enterprise, elsewhere):
    one = make_enterprise("湖南暖风（湘潭）配送有限公司", contact_phone="13900000801")
    make_enterprise("湖南暖风湘潭配送公司")
    make_enterprise("晓塘快递", contact_phone="139 0000 0801")
    make_enterprise("湖南暖风（长沙）配送有限公司")
    make_enterprise("湖南暖风湘潭配送", community=elsewhere.community, grid=elsewhere.grid)
    assert found(one) == {"JSL-Q0002": ("名称相同或相近",), "JSL-Q0003": ("负责人电话相同",)}
    assert {row.number for row in Enterprise.objects.with_earlier_lookalike()} == {"JSL-Q0002", "JSL-Q0003"}


def test_a_pair_is_not_asked_about_again_unless_the_answer_is_taken_back(make_worker, community_admin):
    one, other, third = (make_worker("向南", f"139{n}0000001") for n in range(3))
    pair = mark_distinct(other, one, by=community_admin)
    assert (pair.first, pair.second, pair.by) == ("JSL-R0001", "JSL-R0002", community_admin)
    assert mark_distinct(one, other, by=community_admin) == pair
    assert set(found(one)) == {"JSL-R0003"}
    assert [row.number for row in Worker.objects.with_earlier_lookalike()] == ["JSL-R0003"]
    mark_distinct(one, third, by=community_admin)
    assert [row.number for row in Worker.objects.with_earlier_lookalike()] == ["JSL-R0003"]  # still like the second
    mark_distinct(other, third, by=community_admin)
    assert not Worker.objects.with_earlier_lookalike().exists()
    pair.delete()
    assert set(found(one)) == {"JSL-R0002"}


def test_an_entry_merged_away_is_alike_to_nobody(make_worker, community_admin):
    one, other = make_worker("向南", "13900000001"), make_worker("向南", "13800000001")
    merge_workers(one, other, by=community_admin, reason="重复")
    assert found(one) == {}
    assert not Worker.objects.with_earlier_lookalike().exists()


def test_pairs_come_newest_first_page_by_page(make_worker, here):
    for name in ("向一", "向二", "向三"):
        for head in (138, 139):
            make_worker(name, f"{head}00000001" if name == "向一" else f"{head}0000000{2 if name == '向二' else 3}")
    mine = Worker.objects.filter(community=here.community)
    pairs, more = likely_pairs(mine, start=0, size=2)
    assert [(p.one.number, p.other.number) for p in pairs] == [("JSL-R0005", "JSL-R0006"), ("JSL-R0003", "JSL-R0004")]
    assert more
    pairs, more = likely_pairs(mine, start=2, size=2)
    assert pairs == [Pair(*Worker.objects.filter(name="向一").order_by("pk"), ("姓名和手机尾号相同",))]
    assert not more


def test_looking_costs_the_same_for_one_pair_and_thirty(make_worker, here, django_assert_num_queries):
    mine = Worker.objects.filter(community=here.community)
    first = make_worker("向南", "13800000001")
    make_worker("向南", "13900000001")
    with django_assert_num_queries(4):
        assert len(likely_pairs(mine, start=0, size=30)[0]) == 1
    with django_assert_num_queries(3):
        assert len(lookalikes(first, mine)) == 1
    for number in range(30, 60):
        for head in (138, 139):
            make_worker(f"向{chr(0x4E00 + number)}", f"{head}000000{number}")
    with django_assert_num_queries(4):
        assert len(likely_pairs(mine, start=0, size=30)[0]) == 30
    with django_assert_num_queries(3):
        lookalikes(first, mine)


@pytest.mark.parametrize("model", [Enterprise, Worker])
def test_every_likeness_is_looked_up_by_an_index_of_its_own(model, here):
    """Not by the community's, with which every row would read all the others."""
    if connection.vendor != "sqlite":
        pytest.skip("SQLite tells the plan of an empty table; PostgreSQL reads such a table through")
    plan = model.objects.filter(community=here.community).with_earlier_lookalike().values("pk").explain()
    assert "SCAN" not in plan
    assert plan.count("community_id=?") == 1


def test_a_list_typed_carelessly_shows_a_few_of_its_many(make_worker, make_enterprise, here):
    employer = make_enterprise()
    for number in range(12):
        make_worker("先生", f"139000001{number:02d}", employer=employer)
    newest = Worker.objects.get(number="JSL-R0012")
    assert list(found(newest)) == ["JSL-R0011", "JSL-R0010", "JSL-R0009", "JSL-R0008", "JSL-R0007"]
    pairs, _more = likely_pairs(Worker.objects.filter(community=here.community), start=0, size=3)
    assert len(pairs) == 15


def test_the_count_follows_what_is_done(make_worker, community_admin, grid_worker, django_assert_num_queries):
    one, other = make_worker("向南", "13900000001"), make_worker("向南", "13800000001")
    assert count_likely(community_admin) == {Worker: 1}
    assert count_likely(grid_worker) == {}
    with django_assert_num_queries(1):
        count_likely(community_admin)
    pair = mark_distinct(one, other, by=community_admin)
    assert count_likely(community_admin) == {}
    DistinctPair.objects.filter(pk=pair.pk).delete()
    make_worker("向北", "13900000002")
    assert count_likely(community_admin) == {Worker: 1}
    merge_workers(one, other, by=community_admin, reason="重复")
    assert count_likely(community_admin) == {}


# --- which value the survivor takes, unless told otherwise ---------------------------------------------------------
def test_the_value_written_last_is_offered_unless_blank(make_worker, community_admin):
    one = make_worker("向南", "13900000001", needs="租房", note="住晓塘", sex="male")
    other = make_worker("向南方", "13800000001", needs="孩子上学", site="二站")
    workers.change_worker(one, {"platform": "暖风", "site": "一站"}, by=community_admin, reason="补")
    one.refresh_from_db()
    assert usual_sides(one, other) == {
        "name": OTHER,  # written last
        "phone": OTHER,
        "platform": ONE,  # the other's is blank
        "site": ONE,  # changed since the other was entered
        "sex": ONE,
        "needs": BOTH,
        "note": ONE,
    }


def test_what_belongs_together_comes_from_one_side(make_enterprise):
    one = make_enterprise("暖风配送", worker_count=30, member_count=5)
    other = make_enterprise("暖风", worker_count=12, party_organisation="own", member_count=3, no_party_reason="")
    sides = usual_sides(one, other)
    assert {sides[name] for name in ("worker_count", "member_count", "party_organisation", "no_party_reason")} == {
        OTHER
    }


def test_two_long_texts_that_do_not_fit_together_are_chosen_between(make_worker):
    one = make_worker("向南", "13900000001", needs="租" * 150)
    other = make_worker("向南", "13800000001", needs="学" * 60)
    assert usual_sides(one, other)["needs"] == OTHER


# --- who may know what stands in the way -----------------------------------------------------------------------------
def refusal_of(entry, *, by):
    with pytest.raises(ValidationError) as refused:
        register_worker(entry, by=by)
    return refused.value


def test_the_entry_in_the_way_is_named_to_who_may_see_it_and_to_nobody_else(
    here, make_worker, community_admin, grid_worker
):
    theirs = make_worker(phone="13900000001", grid=here.grids[1])
    entry = Worker(community=here.community, grid=here.grid, name="王𫖯", phone="139 0000 0001", occupation="courier")
    error = refusal_of(entry, by=grid_worker)
    assert explained(error, entry, community_admin).message_dict == {
        "phone": ["本社区台账里已经有这个手机号：JSL-R0001。"]
    }
    hidden = explained(error, entry, grid_worker).message_dict
    assert hidden == {"phone": ["这个手机号已在别的网格登记，请找社区管理员。"]}
    workers.change_worker(theirs, {"grid": here.grid}, by=community_admin, reason="搬了")
    assert "JSL-R0001" in str(explained(error, entry, grid_worker))


def test_what_is_said_is_safe_to_show_whatever_anybody_typed(make_worker, here, community_admin):
    make_worker(phone="13900000001")
    entry = Worker(community=here.community, name="王𫖯", phone="13900000001", occupation="courier")
    error = explained(refusal_of(entry, by=community_admin), entry, community_admin, mention=lambda other: "<b>&")
    (message,) = error.messages
    assert isinstance(message, SafeString)
    assert message == "本社区台账里已经有这个手机号：&lt;b&gt;&amp;。"


def test_other_refusals_are_left_as_they_are(make_worker, here, community_admin):
    make_worker(phone="13900000001", id_number=ID_NUMBER, id_purpose="办保险", consents=["identity"])
    entry = Worker(community=here.community, name="王𫖯", phone="12", occupation="courier")
    error = refusal_of(entry, by=community_admin)
    assert explained(error, entry, community_admin) is error
    both = Worker(
        community=here.community,
        name="王𫖯",
        phone="13900000001",
        occupation="courier",
        id_number=ID_NUMBER,
        id_purpose="办保险",
    )
    with pytest.raises(ValidationError) as refused:
        both.full_clean(exclude=["number"], validate_constraints=False)
    assert set(explained(refused.value, both, community_admin).message_dict) == {"phone", "id_number"}


@pytest.mark.django_db(transaction=True)
def test_two_who_register_the_same_phone_at_once_one_is_told_which_entry_it_is(here, community_admin):
    start = Barrier(2)

    def register(name):
        entry = Worker(community=here.community, name=name, phone="13900000001", occupation="courier")
        try:
            start.wait()
            return register_worker(entry, by=community_admin).number
        except ValidationError as error:
            return explained(error, entry, community_admin).messages[0]
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(register, ("甲", "乙")))

    assert answers == ["JSL-R0001", "本社区台账里已经有这个手机号：JSL-R0001。"]


def test_a_constraint_that_only_the_database_saw_broken_names_the_entry_too(make_worker, here, community_admin):
    make_worker(phone="13900000001")
    entry = Worker(community=here.community, number="JSL-R9999", name="王𫖯", phone="13900000001", occupation="courier")
    with pytest.raises(ValidationError) as refused:
        entry.validate_constraints()
    assert explained(refused.value, entry, community_admin).messages == ["本社区台账里已经有这个手机号：JSL-R0001。"]
