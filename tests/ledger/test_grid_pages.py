"""`/grid/`: every tap of whoever walks from door to door, and who gets which page."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone

from ledger.models import Enterprise, LetterHandout, SurveyEntry, SurveyRound, Worker
from ledger.operations import surveys, workers
from ledger.operations.joins import join_ledger
from station.models import AuditEvent, Consent, Duty, Occupation
from station.roles import Role

WALK = reverse("grid")
NEW = reverse("grid-new")
Result = SurveyEntry.Result
PHONE = "13900000001"


def tap(row, name, **query):
    kind = type(row)._meta.model_name
    return reverse(f"grid-{name}", args=[kind, row.pk], query=query)


def text_of(response):
    """What is read on the page, blanks collapsed."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def rows_of(response):
    return [item["row"].subject for item in response.context["page"].object_list]


def sent_back(form):
    """What the browser would send back: every field as it is shown."""
    values = {bound.html_name: bound.value() for bound in form}
    return {name: value for name, value in values.items() if value is not None and value is not False}


@pytest.fixture
def staff(community_admin, grid_worker, keeper, team_leader, supervisor):
    return dict(zip(Role, [community_admin, grid_worker, keeper, team_leader, supervisor], strict=True))


@pytest.fixture
def mine(make_worker):
    """A worker of the grid worker's own grid, not confirmed for long."""
    worker = make_worker(phone=PHONE, platform="暖风外卖")
    Worker.objects.filter(pk=worker.pk).update(last_confirmed_on=timezone.localdate() - timedelta(days=200))
    return worker


@pytest.fixture
def near(here, make_worker):
    """A worker of the grid next door."""
    return make_worker("王𫖯", "13900000002", grid=here.grids[1])


@pytest.fixture
def survey(here, mine, community_admin):
    survey = SurveyRound(
        community=here.community,
        title="四季度摸排",
        ends_on=timezone.localdate() + timedelta(days=3),
        checklist="还在跑单吗？\n\n电话换了没有？",
        channels=["door", "wechat"],
    )
    return surveys.open_round(survey, by=community_admin)


@pytest.fixture
def walk(signed_in, grid_worker):
    """The grid worker's phone."""
    return signed_in(grid_worker)


# --- the list --------------------------------------------------------------------------------------------------------
def test_whom_to_check_the_stalest_first(here, make_worker, walk, community_admin):
    days = {"甲甲": 10, "乙乙": None, "丙丙": 100, "丁丁": 300}
    for number, (name, age) in enumerate(days.items()):
        worker = make_worker(name, f"139000001{number:02d}")
        day = None if age is None else timezone.localdate() - timedelta(days=age)
        Worker.objects.filter(pk=worker.pk).update(last_confirmed_on=day)
    page = walk.get(WALK)
    assert [worker.name for worker in rows_of(page)] == ["乙乙", "丁丁", "丙丙"]
    assert [worker.name for worker in rows_of(walk.get(WALK, {"show": "all"}))] == ["乙乙", "丁丁", "丙丙", "甲甲"]
    assert "从没核实过" in text_of(page)
    assert "100 天前核实" in text_of(page)


def test_the_round_on_top_and_what_it_still_asks(survey, near, mine, make_enterprise, walk):
    make_enterprise()  # new to the round, so it is no longer asked
    page = walk.get(WALK)
    assert rows_of(page) == [mine]
    assert [(show.name, count) for show, count in page.context["chips"]] == [("check", 1), ("stale", 1), ("all", 1)]
    text = text_of(page)
    assert "查过 1 / 2，还有 3 天" in text
    assert "还在跑单吗？ 电话换了没有？" in text
    assert "139****0001" in text
    assert PHONE not in page.content.decode()


def test_chips_pick_what_is_shown(here, survey, mine, walk, community_admin, make_worker):
    gone = make_worker("走了", "13900000005")
    workers.leave_worker(gone, by=community_admin, reason="回老家了")
    rider = Worker(community=here.community, grid=here.grid, name="向南", phone="13900000009", occupation="courier")
    join_ledger(rider, address="192.0.2.1")
    shown = {show: [w.name for w in rows_of(walk.get(WALK, {"show": show}))] for show in ("waiting", "left", "x")}
    assert shown == {"waiting": ["向南"], "left": ["走了"], "x": [mine.name]}
    assert rows_of(walk.get(WALK, {"kind": "enterprise", "show": "waiting"})) == []
    assert rows_of(walk.get(WALK, {"kind": "robot"})) == [mine]


def test_the_community_admin_walks_all_grids_or_one(here, elsewhere, mine, near, make_worker, signed_in, staff):
    unplaced = make_worker("陈𬱟", "13900000003", grid=None)
    make_worker("别处", "13900000004", community=elsewhere.community, grid=elsewhere.grid)
    client = signed_in(staff[Role.COMMUNITY_ADMIN])
    everybody = client.get(WALK, {"show": "all"})
    assert {*rows_of(everybody)} == {mine, near, unplaced}
    grid = str(here.grids[1].pk)
    assert rows_of(client.get(WALK, {"show": "all", "grid": grid})) == [near]
    assert rows_of(client.get(WALK, {"show": "all", "grid": "none"})) == [unplaced]
    for strange in (str(elsewhere.grid.pk), "9" * 30, "x"):
        assert {*rows_of(client.get(WALK, {"show": "all", "grid": strange}))} == {mine, near, unplaced}


@pytest.mark.parametrize("words", ["李䶮", PHONE, "0001", "jsl-r0001"])
def test_the_search_finds_as_the_admin_does_and_keeps_names_out_of_addresses(mine, near, walk, words):
    answer = walk.post(WALK, {"q": words})
    assert answer.status_code == 302
    assert words not in answer.url
    assert set(parse_qs(urlsplit(answer.url).query)) == {"q"}
    page = walk.get(answer.url)
    assert rows_of(page) == [mine]
    assert "找到 1 条" in text_of(page)


def test_the_search_looks_beyond_the_chip_but_never_next_door(mine, near, walk, signed_in, staff, community_admin):
    workers.leave_worker(mine, by=community_admin, reason="走了")
    assert rows_of(walk.post(WALK, {"q": "李䶮"}, follow=True)) == [mine]
    for words in (near.name, near.number, "13900000002"):
        page = walk.post(WALK, {"q": words}, follow=True)
        assert rows_of(page) == []
        assert "没找到" in text_of(page)
    sealed = walk.post(WALK, {"q": "李䶮"}).url
    others = signed_in(staff[Role.COMMUNITY_ADMIN]).get(sealed, follow=True)
    assert "别人的查找链接也打不开" in text_of(others)
    assert "看不见的字符" in text_of(walk.post(WALK, {"q": "李\0"}, follow=True))


def test_pages_of_twenty(make_worker, walk):
    for number in range(21):
        make_worker(f"人{number:02d}", f"139000002{number:02d}")
    first, second = (walk.get(WALK, {"show": "all", "page": page}) for page in (1, 2))
    assert (len(rows_of(first)), len(rows_of(second))) == (20, 1)
    assert rows_of(walk.get(WALK, {"show": "all", "page": "9" * 30})) == rows_of(second)


def test_the_list_costs_the_same_for_one_and_twenty(make_worker, survey, walk, django_assert_num_queries):
    walk.get(WALK)
    with django_assert_num_queries(10):
        assert len(rows_of(walk.get(WALK, {"show": "all"}))) == 1
    for number in range(10, 29):
        make_worker(f"工人{number}", f"139000{number:05d}")
    with django_assert_num_queries(10):
        assert len(rows_of(walk.get(WALK, {"show": "all"}))) == 20


# --- one tap ---------------------------------------------------------------------------------------------------------
def test_one_tap_confirms_and_comes_back_to_the_same_place(survey, mine, make_worker, walk, grid_worker):
    after = make_worker("王五", "13900000007")
    SurveyEntry.objects.filter(worker=after).delete()
    answer = walk.post(tap(mine, "same", show="all", then=f"worker-{after.pk}"))
    assert answer.url == f"{WALK}?show=all#done"
    entry = SurveyEntry.objects.get(worker=mine)
    assert (entry.result, entry.channel, entry.checked_by) == (Result.CONFIRMED, "door", grid_worker)
    page = walk.get(answer.url)
    strip = page.content.decode().index("点错了，撤回")
    assert strip < page.content.decode().index(f'id="worker-{mine.pk}"')  # it is still listed, so it says so there
    assert "李䶮 ：无变化，记下了。" in text_of(page)
    assert "点错了，撤回" not in text_of(walk.get(answer.url))
    assert "李" not in str(walk.cookies)  # names are no business of a browser's storage


def test_the_undo_beside_the_tap(survey, mine, walk):
    walk.post(tap(mine, "same"))
    answer = walk.post(tap(mine, "undo"), follow=True)
    assert "撤回了，还算没查。" in text_of(answer)
    assert SurveyEntry.objects.get().result == Result.TO_CHECK
    assert "已经撤不回来了" in text_of(walk.post(tap(mine, "undo"), follow=True))


def test_two_at_the_same_door(survey, mine, walk, make_staff, here, signed_in):
    colleague = make_staff(Role.GRID_WORKER, grid=here.grid)
    signed_in(colleague).post(tap(mine, "same"))
    page = walk.post(tap(mine, "same"), follow=True)
    assert "查过了：无变化。没有重复记。" in text_of(page)
    assert SurveyEntry.objects.get().checked_by == colleague


def test_who_had_to_sign_in_again_lands_on_the_entry(client, mine, walk):
    stranger = client.post(tap(mine, "same"))
    assert stranger.url == f"{reverse('admin:login')}?next={tap(mine, 'same')}"
    assert walk.get(tap(mine, "same")).url == tap(mine, "row")
    assert Worker.objects.stale().count() == 1


def test_the_channel_is_chosen_once_and_kept(survey, mine, make_worker, walk):
    assert walk.post(reverse("grid-channel"), {"channel": "wechat"}).url == WALK
    assert 'value="wechat" aria-pressed="true"' in walk.get(WALK).content.decode()
    walk.post(tap(mine, "same"))
    assert SurveyEntry.objects.get().channel == "wechat"
    for wrong in ("platform", "pigeon", ""):  # the first is none of this round, the others none at all
        walk.post(reverse("grid-channel"), {"channel": wrong})
    walk.post(tap(mine, "undo"))
    walk.post(tap(mine, "same"))
    assert SurveyEntry.objects.get().channel == "door"


# --- the forms -------------------------------------------------------------------------------------------------------
def test_changed_shows_masks_and_writes_what_was_typed_over(survey, mine, walk):
    page = walk.get(tap(mine, "changed"))
    typed = sent_back(page.context["form"])
    assert typed["phone"] == "139****0001"
    assert "grid" not in page.context["form"].fields
    assert PHONE not in page.content.decode()
    refused = walk.post(tap(mine, "changed"), typed | {"phone": "123", "platform": "晓塘快递"})
    assert refused.status_code == 422
    assert refused.context["form"].errors == {"phone": ["请填 11 位手机号，例如 138 开头的号码。"]}
    assert 'value="晓塘快递"' in refused.content.decode()
    assert walk.post(tap(mine, "changed", show="all"), typed | {"platform": "晓塘快递"}).url == f"{WALK}?show=all#done"
    mine.refresh_from_db()
    assert (mine.platform, mine.phone, mine.last_confirmed_on) == ("晓塘快递", PHONE, timezone.localdate())
    entry = SurveyEntry.objects.get()
    assert (entry.result, entry.changed_fields, entry.note) == (Result.CHANGED, ["platform"], "走访时当面核对")


def test_nothing_changed_is_said(survey, mine, walk):
    typed = sent_back(walk.get(tap(mine, "changed")).context["form"])
    refused = walk.post(tap(mine, "changed"), typed)
    assert (refused.status_code, refused.context["form"].non_field_errors()) == (
        422,
        ["没有改动。都没变，就点“无变化”。"],
    )


def test_who_was_overtaken_is_told_once_and_loses_nothing(survey, mine, walk, community_admin):
    typed = sent_back(walk.get(tap(mine, "changed")).context["form"]) | {"site": "商贸城站"}
    workers.change_worker(mine, {"needs": "租房"}, by=community_admin, reason="来电")
    refused = walk.post(tap(mine, "changed"), typed)
    assert refused.status_code == 422
    assert "有人也动了这一条" in text_of(refused)
    assert refused.context["form"]["site"].value() == "商贸城站"
    again = sent_back(refused.context["form"]) | {"needs": "租房"}
    assert walk.post(tap(mine, "changed"), again).status_code == 302
    mine.refresh_from_db()
    assert (mine.site, mine.needs) == ("商贸城站", "租房")


def test_an_enterprise_changes_too(survey, make_enterprise, walk):
    enterprise = make_enterprise(contact_phone="13900000801")
    typed = sent_back(walk.get(tap(enterprise, "changed")).context["form"])
    refused = walk.post(tap(enterprise, "changed"), typed | {"member_count": 5})
    assert "党员人数不能多于从业人数。" in text_of(refused)
    assert walk.post(tap(enterprise, "changed"), typed | {"worker_count": 8, "member_count": 2}).status_code == 302
    enterprise.refresh_from_db()
    assert (enterprise.worker_count, enterprise.member_count, enterprise.contact_phone) == (8, 2, "13900000801")


def test_left_asks_why_and_back_takes_in_again(survey, mine, walk):
    refused = walk.post(tap(mine, "left"), {"why": "other", "words": ""})
    assert (refused.status_code, refused.context["form"].errors) == (422, {"words": ["请写一句为什么。"]})
    assert walk.post(tap(mine, "left"), {}).context["form"].errors == {"why": ["请点一个原因。"]}
    walk.post(tap(mine, "left"), {"why": "回老家了", "words": "收麦子"})
    mine.refresh_from_db()
    assert (mine.state, mine.left_reason) == ("left", "回老家了：收麦子")
    row = walk.get(tap(mine, "row"))
    assert "又回来了" in text_of(row)
    assert "无变化" not in text_of(row)
    walk.post(tap(mine, "back"), {"why": "上次记错了"})
    mine.refresh_from_db()
    assert (mine.state, SurveyEntry.objects.get().result) == ("active", Result.CONFIRMED)


def test_without_a_round_departures_are_the_administrators(mine, walk, signed_in, staff):
    assert "已离开" not in text_of(walk.get(tap(mine, "row")))
    assert walk.post(tap(mine, "left"), {"why": "回老家了"}).status_code == 404
    boss = signed_in(staff[Role.COMMUNITY_ADMIN])
    assert boss.post(tap(mine, "left"), {"why": "回老家了"}).status_code == 302
    assert walk.post(tap(mine, "back"), {"why": "又回来了"}).status_code == 404
    assert boss.post(tap(mine, "back"), {"why": "又回来了"}).status_code == 302
    mine.refresh_from_db()
    assert mine.state == "active"


def test_nobody_met_is_a_word_on_the_entry(survey, mine, walk):
    walk.post(tap(mine, "missed"), {"why": "没人应门"})
    entry = SurveyEntry.objects.get()
    assert (entry.result, entry.note) == (Result.TO_CHECK, "没人应门")
    assert "没人应门" in text_of(walk.get(WALK))


def test_nobody_met_makes_no_sense_without_a_round(mine, walk):
    assert walk.post(tap(mine, "missed"), {"why": "没人应门"}).status_code == 404


def test_the_phone_is_shown_once_for_a_reason(mine, walk, signed_in, staff):
    assert "tel:" not in walk.get(tap(mine, "row")).content.decode()
    assert walk.post(tap(mine, "phone"), {}).status_code == 422
    page = walk.post(tap(mine, "phone"), {"why": "约上门时间"})
    assert f'href="tel:{PHONE}"' in page.content.decode()
    assert page.headers["Cache-Control"] == "no-store, private"
    event = AuditEvent.objects.get(action="reveal worker")
    assert (event.reason, event.data) == ("约上门时间", {"fields": ["name", "phone"]})
    boss = signed_in(staff[Role.COMMUNITY_ADMIN]).post(tap(mine, "phone"), {"why": "other", "words": "办证"})
    assert PHONE in boss.content.decode()


def test_an_enterprises_phone_is_the_administrators(make_enterprise, walk, signed_in, staff):
    enterprise = make_enterprise(contact_name="郭振华", contact_phone="13900000801")
    assert walk.get(tap(enterprise, "phone")).status_code == 404
    boss = signed_in(staff[Role.COMMUNITY_ADMIN]).post(tap(enterprise, "phone"), {"why": "约上门时间"})
    assert 'href="tel:13900000801"' in boss.content.decode()


def test_self_registrations_are_accepted_and_refused(here, survey, walk):
    for number in (8, 9):
        phone = f"1390000000{number}"
        rider = Worker(community=here.community, grid=here.grid, name="向南", phone=phone, occupation="courier")
        join_ledger(rider, address="192.0.2.1")
    first, second = Worker.objects.to_confirm().order_by("pk")
    assert "核实通过" in text_of(walk.get(WALK, {"show": "waiting"}))
    assert walk.post(tap(first, "same"), follow=True).status_code == 200
    walk.post(tap(first, "accept"))
    assert walk.post(tap(second, "refuse"), {}).status_code == 422
    walk.post(tap(second, "refuse"), {"why": "不在本社区"})
    assert list(Worker.objects.order_by("pk").values_list("state", flat=True)) == ["active", "active", "refused"]
    assert SurveyEntry.objects.get(worker=first).channel == "self"
    assert "不能这样" in text_of(walk.post(tap(second, "accept"), follow=True))


# --- somebody new ----------------------------------------------------------------------------------------------------
TYPED = {"name": "向 南", "phone": "139 0000 0009", "occupation": "food_rider", "consent": "on"}


def test_a_worker_is_registered_with_four_fields(here, survey, walk, grid_worker):
    walk.post(reverse("grid-channel"), {"channel": "wechat"})
    assert walk.post(NEW, TYPED).status_code == 302
    worker = Worker.objects.get(name="向南")
    assert (worker.number, worker.phone, worker.grid, worker.source, worker.state) == (
        "JSL-R0002",
        "13900000009",
        here.grid,
        "wechat",
        "active",
    )
    consent = Consent.objects.get(person_uid=worker.uid)
    assert (consent.purpose, consent.recorded_by) == ("register", grid_worker)
    entry = SurveyEntry.objects.get(worker=worker)
    assert (entry.result, entry.channel) == (Result.NEW, "wechat")
    assert "登记好了，编号 JSL-R0002。" in text_of(walk.get(WALK))


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"consent": ""}, "consent"),
        ({"name": ""}, "name"),
        ({"name": "王\0五"}, "name"),
        ({"phone": "12345"}, "phone"),
        ({"phone": ""}, "__all__"),
        ({"occupation": "astronaut"}, "occupation"),
        ({"needs": "字" * 201}, "needs"),
        ({"employer": "9" * 30}, "employer"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_the_rest_stays(here, walk, changed, field):
    answer = walk.post(NEW, TYPED | {"platform": "暖风外卖"} | changed)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert 'value="暖风外卖"' in answer.content.decode()
    assert ('<details class="fold" open>' in answer.content.decode()) == (field in ("needs", "employer"))
    assert not Worker.objects.exists()


def test_a_duplicate_leads_to_the_entry_where_he_may_see_it(mine, near, walk):
    answer = walk.post(NEW, TYPED | {"phone": PHONE})
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"phone": ["本社区台账里已经有这个手机号：JSL-R0001。"]}
    assert f'href="{tap(mine, "row")}"' in answer.content.decode()
    hidden = walk.post(NEW, TYPED | {"phone": "13900000002"})
    assert hidden.context["form"].errors == {"phone": ["本社区台账里已经有这个手机号：JSL-R0002。"]}
    assert near.name not in hidden.content.decode()
    assert tap(near, "row") not in hidden.content.decode()


def test_an_enterprise_is_registered_too(here, survey, walk):
    url = reverse("grid-new", args=["enterprise"])
    typed = sent_back(walk.get(url).context["form"])
    typed |= {
        "name": "暖风配送",
        "kind": "food_delivery",
        "address": "建设北路1号",
        "credit_code": "91430304MADEM0001A",
    }
    answer = walk.post(url, typed, follow=True)
    enterprise = Enterprise.objects.get()
    assert (enterprise.number, enterprise.grid, enterprise.no_party_reason) == (
        "JSL-Q0001",
        here.grid,
        "刚登记，还没问到",
    )
    assert "校验位对不上" in text_of(answer)
    again = walk.post(url, typed | {"name": "另一家"})
    assert f'href="{tap(enterprise, "row")}"' in again.content.decode()
    assert walk.get(reverse("grid-new", args=["robot"])).status_code == 404


def test_the_administrator_says_which_grid(here, elsewhere, signed_in, staff):
    client = signed_in(staff[Role.COMMUNITY_ADMIN])
    assert client.get(f"{NEW}?grid={here.grids[1].pk}").context["form"]["grid"].value() == here.grids[1].pk
    assert client.post(NEW, TYPED | {"grid": elsewhere.grid.pk}).status_code == 422
    assert client.post(NEW, TYPED | {"grid": here.grids[1].pk}).status_code == 302
    assert client.post(NEW, TYPED | {"grid": "", "phone": "13900000008"}).status_code == 302
    assert [*Worker.objects.order_by("pk").values_list("grid", flat=True)] == [here.grids[1].pk, None]


def test_letters_are_two_fields(here, survey, walk):
    url = reverse("grid-letters")
    assert [*walk.get(url).context["form"].fields] == ["letters", "channel"]
    assert walk.post(url, {"letters": 0, "channel": "door"}).status_code == 422
    assert walk.post(url, {"letters": "9" * 30, "channel": "door"}).status_code == 422
    assert walk.post(url, {"letters": 12, "channel": "self"}).status_code == 422
    assert "记下了：发出 12 封。" in text_of(walk.post(url, {"letters": 12, "channel": "door"}, follow=True))
    handout = LetterHandout.objects.get()
    assert (handout.round, handout.grid, handout.letters, handout.channel) == (survey, here.grid, 12, "door")


def test_without_a_round_there_are_no_letters(here, walk):
    assert walk.get(reverse("grid-letters")).status_code == 404


# --- who gets what ---------------------------------------------------------------------------------------------------
PAGES = ["grid", "grid-channel", "grid-letters", "grid-new"]
TAPS = ["row", "same", "undo", "changed", "left", "back", "missed", "accept", "refuse", "phone"]


@pytest.mark.parametrize("role", Role)
def test_the_pages_are_for_those_who_look_after_the_ledger(survey, mine, staff, signed_in, role):
    client = signed_in(staff[role])
    walks = role in (Role.COMMUNITY_ADMIN, Role.GRID_WORKER)
    for url in [*map(reverse, PAGES), *(tap(mine, name) for name in TAPS)]:
        allowed = {client.get(url).status_code, client.post(url).status_code} <= {200, 302, 422}
        assert allowed == walks, url
        if not walks:
            assert client.post(url).status_code == 403, url
    for page in ("/me/", "/admin/"):
        assert (f'href="{WALK}"' in client.get(page).content.decode()) == walks


def test_riders_and_strangers_are_not_let_in(mine, rider, signed_in, client):
    for url in [*map(reverse, PAGES), *(tap(mine, name) for name in TAPS)]:
        assert signed_in(rider).get(url).status_code == 403
        assert client.get(url).url.startswith(reverse("admin:login"))
    assert WALK not in signed_in(rider).get("/me/").content.decode()


def test_the_grid_next_door_is_not_there(here, elsewhere, survey, near, make_worker, make_enterprise, walk):
    far = make_worker("别处", "13900000004", community=elsewhere.community, grid=elsewhere.grid)
    unplaced = make_worker("陈𬱟", "13900000003", grid=None)
    shop = make_enterprise(grid=here.grids[1])
    before = list(Worker.objects.values_list("pk", "state", "last_confirmed_on", "platform"))
    for row in (near, far, unplaced, shop):
        for name in TAPS:
            for answer in (walk.get(tap(row, name)), walk.post(tap(row, name), {"why": "没人应门", "platform": "x"})):
                assert answer.status_code == 404, (row, name)
                assert row.name not in answer.content.decode()
        assert row.name not in walk.get(WALK, {"show": "all"}).content.decode()
    assert list(Worker.objects.values_list("pk", "state", "last_confirmed_on", "platform")) == before
    assert walk.get("/grid/robot/1/").status_code == 404


def test_who_looks_here_and_acts_there_acts_only_there(here, elsewhere, mine, make_staff, signed_in, make_worker):
    """A grid worker here who is an administrator elsewhere: departures without a round are his only there."""
    both = make_staff(Role.GRID_WORKER, grid=here.grid)
    Duty.objects.create(user=both, role=Role.COMMUNITY_ADMIN, community=elsewhere.community)
    far = make_worker("别处", "13900000004", community=elsewhere.community, grid=elsewhere.grid)
    client = signed_in(both)
    assert client.get(tap(mine, "left")).status_code == 404
    assert client.get(tap(far, "left")).status_code == 200
    assert {*rows_of(client.get(WALK, {"show": "all"}))} == {mine, far}


def test_occupations_are_tiles(here, walk):
    assert walk.get(NEW).content.decode().count('type="radio"') == len(Occupation)


@pytest.mark.parametrize("nasty", ["\0", "x" * 5000, "9" * 30, "䶮" * 100, "../admin/", "worker-9"])
def test_odd_addresses_and_answers_are_no_servers_fault(survey, mine, walk, nasty):
    query = dict.fromkeys(("kind", "show", "grid", "page", "then", "q", "round", "survey"), nasty)
    typed = dict.fromkeys(("why", "words", "seen", "channel", "letters", "q", "grid", "phone", "change_reason"), nasty)
    for url in [*map(reverse, PAGES), *(tap(mine, name) for name in TAPS)]:
        for answer in (walk.get(url, query), walk.post(f"{url}?{urlencode(query)}", typed)):
            assert answer.status_code in (200, 302, 404, 422), url
            assert "admin" not in answer.headers.get("Location", "").split("?")[0]
