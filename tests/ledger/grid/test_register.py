"""Somebody new at a door, and the letters handed out."""

import pytest
from django.urls import reverse

from ledger.models import Enterprise, LetterHandout, SurveyEntry, Worker
from station.models import Consent
from station.roles import Role
from tests.ledger.grid.pages import NEW, PHONE, TYPED, WALK, sent_back, tap, text_of

Result = SurveyEntry.Result


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
