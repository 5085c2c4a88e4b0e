"""The letter, the notices and the privacy notice."""

from datetime import timedelta

import pytest

from station.models import Notice
from station.privacy import PRIVACY_TEXT_VERSION


@pytest.fixture
def post(here, clock):
    """``post("标题", days=-1, …)``: a notice published so many days from now."""
    now = clock(2026, 11, 24, 10)

    def make(title, days=0, **fields):
        given = {"community": here.community, "body": "第一段\n\n第二段"} | fields
        return Notice.objects.create(title=title, published_at=now + timedelta(days=days), **given)

    return make


def titles(client, path="/notices/"):
    return [notice.title for notice in client.get(path).context["page"]]


def test_published_ones_pinned_first_then_the_newest(client, post, clock):
    now = clock(2026, 11, 24, 10)
    post("旧的", -3)
    post("新的", -1)
    post("置顶的", -9, pinned=True)
    post("还没发", 1)
    post("过期了", -5, expires_at=now)
    post("信", -1, kind=Notice.Kind.LETTER)
    assert titles(client) == ["置顶的", "新的", "旧的"]


def test_twenty_a_page_each_once(client, post, django_assert_num_queries):
    for number in range(25):
        post(f"第{number}条", -1)
    with django_assert_num_queries(2):
        first = titles(client)
    assert len(first) == 20
    assert sorted(first + titles(client, "/notices/?page=2")) == sorted(f"第{number}条" for number in range(25))


@pytest.mark.parametrize("page", ["x", "-1", "0"])
def test_a_page_that_is_no_number_is_the_first_or_last(client, post, page):
    post("唯一的")
    assert titles(client, f"/notices/?page={page}") == ["唯一的"]
    assert titles(client, f"/notices/?page={'9' * 5000}") == ["唯一的"]


def test_a_notice_is_set_in_paragraphs_and_its_marks_are_text(client, post):
    notice = post("热姜茶", body="<b>第一段</b>\n\n第二段", signed="建设路社区", kind=Notice.Kind.POLICY)
    page = client.get(notice.get_absolute_url()).content.decode()
    for said in ("<h1>热姜茶</h1>", "<p>&lt;b&gt;第一段&lt;/b&gt;</p>", "<p>第二段</p>", "建设路社区", "政策明白话"):
        assert said in page


def test_what_is_not_published_cannot_be_guessed(client, post, clock):
    now = clock(2026, 11, 24, 10)
    hidden = [post("还没发", 1), post("过期了", -5, expires_at=now), post("信", -1, kind=Notice.Kind.LETTER)]
    assert [client.get(f"/notices/{notice.pk}/").status_code for notice in hidden] == [404] * 3
    assert client.get(f"/notices/{'9' * 40}/").status_code == 404


def test_the_newest_published_letter(client, post):
    post("去年的信", -300, kind=Notice.Kind.LETTER)
    post("今年的信", -1, kind=Notice.Kind.LETTER, signed="社区党委")
    post("明年的信", 30, kind=Notice.Kind.LETTER)
    page = client.get("/letter/").content.decode()
    assert "<h1>今年的信</h1>" in page
    assert "社区党委" in page
    assert 'href="/join/?c=jianshelu"' in page
    assert "去年的信" not in page


def test_no_letter_yet(client, db):
    page = client.get("/letter/")
    assert page.status_code == 200
    assert "信还没写好" in page.content.decode()


def test_no_notice_yet(client, db):
    assert "现在没有公告" in client.get("/notices/").content.decode()


def test_the_privacy_notice_names_its_version_and_costs_nothing(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        page = client.get("/privacy/").content.decode()
    assert f"版本 {PRIVACY_TEXT_VERSION}" in page
    for heading in ("谁在管", "什么时候会问您", "存多久", "您的权利"):
        assert f"<h2>{heading}</h2>" in page
