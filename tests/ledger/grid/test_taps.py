"""The taps at a door: one that confirms, one that undoes, and those that ask something first."""

from django.urls import reverse
from django.utils import timezone

from ledger.models import SurveyEntry, Worker
from ledger.operations import workers
from ledger.operations.joins import join_ledger
from station.models import AuditEvent
from station.roles import Role
from tests.ledger.grid.pages import PHONE, WALK, sent_back, tap, text_of

Result = SurveyEntry.Result


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
