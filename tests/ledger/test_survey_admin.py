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


def sent_back(response):
    """What the browser would send back: every field of the admin form as it is shown."""
    values = {bound.html_name: bound.value() for bound in response.context["adminform"].form}
    return {name: value for name, value in values.items() if value is not None and value is not False}


def test_what_changed_is_typed_in_the_register_and_marked_in_the_round(survey, grid_worker, community_admin, signed_in):
    entry = survey.entries.get(grid=survey.community.grids.first())
    for user in (grid_worker, community_admin):
        client = signed_in(user)
        answer = client.post(button(entry, "changed"))
        assert answer.url == f"/admin/ledger/worker/{entry.worker_id}/change/?survey=1"
        typed = sent_back(client.get(answer.url))
        assert typed["survey_channel"] == "door"
        typed |= {"platform": f"平台{user.pk}", "change_reason": "电话里说的", "survey_channel": "wechat"}
        assert client.post(answer.url, typed).status_code == 302
        entry.refresh_from_db()
        assert (entry.result, entry.channel, entry.changed_fields, entry.note, entry.checked_by) == (
            "changed",
            "wechat",
            ["platform"],
            "电话里说的",
            user,
        )
    listed = client.get(ENTRIES).content.decode()
    assert "改了：平台；电话里说的" in listed


def test_a_change_that_is_not_marked_leaves_the_round_alone(survey, make_enterprise, community_admin, signed_in):
    entry = survey.entries.first()
    client = signed_in(community_admin)
    url = reverse("admin:ledger_worker_change", args=[entry.worker_id])
    assert sent_back(client.get(f"{url}?survey=1"))["survey_channel"] == "door"
    typed = sent_back(client.get(url))
    assert typed["survey_channel"] == ""
    assert client.post(url, typed | {"platform": "晓塘", "change_reason": "更正"}).status_code == 302
    entry.refresh_from_db()
    assert entry.is_open
    refused = client.post(url, sent_back(client.get(url)) | {"survey_channel": "door", "change_reason": "看过"})
    assert refused.status_code == 422
    assert "没有改动" in refused.content.decode()
    surveys.close_round(survey, by=community_admin, reason="到期")
    assert "survey_channel" not in client.get(url).context["adminform"].form.fields
    assert "survey_channel" not in client.get(reverse("admin:ledger_enterprise_add")).context["adminform"].form.fields


def test_who_left_comes_back_by_a_button_that_is_named(survey, community_admin, signed_in):
    client = signed_in(community_admin)
    entry = survey.entries.first()
    client.post(button(entry, "left"), {"channel": "door", "note": "回老家了"})
    page = client.get(reverse("admin:ledger_surveyentry_change", args=[entry.pk])).content.decode()
    assert "重新入册" in page
    refused = client.post(button(entry, "same"), {"channel": "door"})
    assert refused.status_code == 422
    assert "请点“重新入册”" in refused.content.decode()
    assert client.post(button(entry, "back"), {"channel": "wechat", "note": "记错了"}).status_code == 302
    entry.refresh_from_db()
    assert (entry.result, entry.channel, entry.worker.state) == ("confirmed", "wechat", "active")


def test_an_entry_is_explained_one_by_one_and_then_the_round_closes(survey, community_admin, signed_in):
    client = signed_in(community_admin)
    first, second = survey.entries.order_by("pk")
    assert client.post(button(first, "explain"), {"note": ""}).status_code == 422
    client.post(button(first, "explain"), {"note": "三次没人"})
    assert client.post(button(survey, "close"), {"reason": ""}).status_code == 422
    client.post(button(second, "explain"), {"note": "在外地"})
    assert client.post(button(survey, "close"), {"reason": ""}).status_code == 302
    page = reverse("admin:ledger_surveyround_change", args=[survey.pk])
    assert "上门走访、微信群、平台名单、本人登记" in client.get(page).content.decode()
    assert client.post(page, {"title": "改名"}).status_code == 403
    assert client.post(button(first, "same"), {"channel": "door"}).status_code == 422


def test_only_the_channels_of_the_round_are_offered(here, worker, community_admin, signed_in):
    survey = SurveyRound(community=here.community, title="摸排", ends_on=timezone.localdate(), channels=["wechat"])
    entry = surveys.open_round(survey, by=community_admin).entries.get()
    client = signed_in(community_admin)
    assert client.get(button(entry, "same")).context["form"].fields["channel"].choices == [("wechat", "微信群")]
    assert client.post(button(entry, "same"), {"channel": "door"}).status_code == 422
    client.post(ENTRIES, {"action": "confirm_at_door", "_selected_action": [entry.pk]})
    entry.refresh_from_db()
    assert entry.is_open


def test_the_page_of_a_round_says_how_it_stands(here, survey, make_worker, community_admin, grid_worker, signed_in):
    first, second = survey.entries.order_by("pk")
    surveys.check_entry(first, "confirmed", by=community_admin, channel="wechat")
    surveys.explain_entry(second, by=community_admin, note="没人")
    make_worker("陈𬱟", "13900000003", grid=None)
    for grid, channel, letters in ((0, "door", 5), (0, "wechat", 7), (1, "door", 1)):
        handout = LetterHandout(round=survey, grid=here.grids[grid], channel=channel, letters=letters)
        surveys.record_letters(handout, by=community_admin)
    url = reverse("admin:ledger_surveyround_change", args=[survey.pk])
    report = signed_in(community_admin).get(url).context["report"]
    assert [(g.label, g.share.part, g.share.whole, g.explained, g.results) for g in [*report.grids, report.whole]] == [
        ("第1网格", 1, 1, 0, (1, 0, 0, 0, 0)),
        ("第2网格", 0, 1, 1, (0, 0, 0, 0, 0)),
        ("未定网格", 1, 1, 0, (0, 0, 1, 0, 0)),
        ("四季度摸排", 2, 3, 1, (1, 0, 1, 0, 0)),
    ]
    assert report.channels == [
        ("上门走访", (0, 0, 1, 0, 0), 1),
        ("微信群", (1, 0, 0, 0, 0), 1),
        ("平台名单", (0, 0, 0, 0, 0), 0),
        ("本人登记", (0, 0, 0, 0, 0), 0),
    ]
    assert (report.letters["lines"], report.letters["columns"], report.letters["total"]) == (
        [("第1网格", (5, 7), 12), ("第2网格", (1, 0), 1)],
        [6, 7],
        13,
    )
    assert [(one.result.value, one.count, len(one.entries)) for one in report.listings] == [("new", 1, 1)]
    body = signed_in(community_admin).get(url).content.decode()
    assert f"{ENTRIES}?result__exact=to_check&amp;round={survey.pk}&amp;grid={here.grids[1].pk}" in body
    mine = signed_in(grid_worker).get(url).context["report"]
    assert (mine.whole.share.whole, mine.letters["total"], mine.listings) == (1, 12, [])


def test_the_page_of_a_round_costs_the_same_for_one_and_thirty(
    survey, make_worker, community_admin, signed_in, django_assert_num_queries
):
    url = reverse("admin:ledger_surveyround_change", args=[survey.pk])
    make_worker("新人", "13900000003")
    client = signed_in(community_admin)
    client.get(url)
    with django_assert_num_queries(10):
        client.get(url)
    for number in range(10, 39):
        make_worker(f"工人{number}", f"139000{number:05d}")
    with django_assert_num_queries(10):
        report = client.get(url).context["report"]
    assert (report.listings[0].count, len(report.listings[0].entries), report.listings[0].more) == (30, 20, 10)
