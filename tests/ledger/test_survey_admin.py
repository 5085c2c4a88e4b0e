"""Survey rounds in the admin: opened, walked grid by grid, closed; letters counted."""

import pytest
from django.urls import reverse
from django.utils import timezone

from ledger.models import LetterHandout, SurveyEntry, SurveyRound
from ledger.operations import surveys

ENTRIES = reverse("admin:ledger_surveyentry_changelist")
ROUNDS = reverse("admin:ledger_surveyround_changelist")


def button(row, name):
    return reverse(f"admin:ledger_{row._meta.model_name}_do", args=[row.pk, name])


@pytest.fixture
def survey(here, make_worker, community_admin):
    """A round with one worker in each of two grids."""
    make_worker("李䶮", "13900000001")
    make_worker("王𫖯", "13900000002", grid=here.grids[1])
    survey = SurveyRound(community=here.community, title="四季度摸排", ends_on=timezone.localdate())
    return surveys.open_round(survey, by=community_admin)


def test_a_round_is_opened_and_closed_by_its_buttons(here, worker, community_admin, signed_in):
    client = signed_in(community_admin)
    today = timezone.localdate().isoformat()
    typed = {"community": here.community.pk, "title": "四季度摸排", "starts_on": today, "ends_on": today}
    typed |= {"checklist": "还在跑单吗？\n电话换了没有？", "channels": ["door", "wechat"]}
    add = reverse("admin:ledger_surveyround_add")
    assert client.get(add).context["adminform"].form["channels"].value() == ["door", "wechat", "platform", "self"]
    refused = client.post(add, typed | {"channels": []})
    assert (refused.status_code, refused.context["adminform"].form.errors) == (
        422,
        {"channels": ["请选至少一种渠道。"]},
    )
    assert refused.context["adminform"].form["checklist"].value() == typed["checklist"]
    assert client.post(add, typed).status_code == 302
    survey = SurveyRound.objects.get()
    assert (survey.entries.count(), survey.channels) == (1, ["door", "wechat"])
    assert survey.questions == ["还在跑单吗？", "电话换了没有？"]
    assert client.post(reverse("admin:ledger_surveyround_add"), typed).status_code == 422
    refused = client.post(button(survey, "close"), {"reason": ""})
    assert refused.status_code == 422
    assert "还有 1 条没有核查" in refused.content.decode()
    assert client.post(button(survey, "close"), {"reason": "下轮再查"}).status_code == 302
    survey.refresh_from_db()
    assert survey.state == SurveyRound.State.CLOSED


def test_a_grid_worker_checks_his_own_grid_many_at_once(here, survey, grid_worker, signed_in):
    mine, others = survey.entries.get(grid=here.grids[0]), survey.entries.get(grid=here.grids[1])
    client = signed_in(grid_worker)
    assert list(client.get(ENTRIES).context["cl"].result_list) == [mine]
    assert client.get(ROUNDS).context["cl"].result_list[0].total == 1
    assert client.post(button(others, "same"), {"channel": "door"}).status_code == 404
    client.post(ENTRIES, {"action": "confirm_at_door", "_selected_action": [mine.pk, others.pk]})
    assert list(survey.entries.order_by("pk").values_list("result", "channel", "checked_by")) == [
        ("confirmed", "door", grid_worker.pk),
        ("to_check", "", None),
    ]


def test_a_finding_is_not_overwritten_by_a_list_action(here, survey, community_admin, signed_in):
    client = signed_in(community_admin)
    entry = survey.entries.get(grid=here.grid)
    assert client.post(button(entry, "left"), {"channel": "door", "note": ""}).status_code == 422
    assert client.post(button(entry, "left"), {"channel": "wechat", "note": "回老家了"}).status_code == 302
    client.post(ENTRIES, {"action": "confirm_by_wechat", "_selected_action": [entry.pk]})
    entry.refresh_from_db()
    assert (entry.result, entry.note, entry.worker.state) == (SurveyEntry.Result.LEFT, "回老家了", "left")


def test_letters_are_recorded_in_the_own_grid(here, survey, grid_worker, signed_in):
    client = signed_in(grid_worker)
    url = reverse("admin:ledger_letterhandout_add")
    typed = {"round": survey.pk, "channel": "door", "on": timezone.localdate().isoformat(), "letters": 12}
    assert client.post(url, typed | {"grid": here.grids[1].pk}).status_code == 422
    assert client.post(url, typed | {"grid": here.grid.pk, "letters": 0}).status_code == 422
    assert client.post(url, typed | {"grid": here.grid.pk}).status_code == 302
    assert LetterHandout.objects.get().letters == 12


def test_letters_of_another_community_are_not_seen(elsewhere, survey, community_admin, make_staff, signed_in):
    handout = LetterHandout(round=survey, grid=survey.community.grids.first(), channel="door", letters=3)
    surveys.record_letters(handout, by=community_admin)
    stranger = make_staff("community_admin", community=elsewhere.community)
    for name in ("letterhandout", "surveyround", "surveyentry"):
        url = reverse(f"admin:ledger_{name}_changelist")
        assert list(signed_in(stranger).get(url).context["cl"].result_list) == []
        assert len(signed_in(community_admin).get(url).context["cl"].result_list) > 0


def test_the_list_costs_the_same_for_one_entry_and_thirty(
    here, make_worker, survey, community_admin, signed_in, django_assert_num_queries
):
    client = signed_in(community_admin)
    client.get(ENTRIES)
    with django_assert_num_queries(7):
        client.get(ENTRIES)
    for number in range(10, 38):
        make_worker(f"工人{number}", f"139000{number:05d}")
    with django_assert_num_queries(7):
        assert len(client.get(ENTRIES).context["cl"].result_list) == 30
