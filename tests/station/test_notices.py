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
    return [notice.title for notice in client.get(path).context["notices"]]


def test_published_ones_pinned_first_then_the_newest(client, post, clock):
    now = clock(2026, 11, 24, 10)
    post("旧的", -3)
    post("新的", -1)
    post("置顶的", -9, pinned=True)
    post("还没发", 1)
    post("过期了", -5, expires_at=now)
    post("信", -1, kind=Notice.Kind.LETTER)
    assert titles(client) == ["置顶的", "新的", "旧的"]


def test_twenty_a_page_each_once_while_others_are_posted(client, post, django_assert_num_queries):
    for number in range(45):
        post(f"第{number}条", -1 - number // 7, pinned=number % 9 < 5)
    expected = list(Notice.objects.order_by("-pinned", "-published_at", "-pk").values_list("title", flat=True))
    seen, query = [], ""
    for more in (True, True, False):
        with django_assert_num_queries(2):
            page = client.get(f"/notices/{query}")
        seen += [notice.title for notice in page.context["notices"]]
        query = f"?after={page.context['after']}"
        assert (f'rel="next" href="{query}"' in page.content.decode()) == more
        post("插进来的", -1, pinned=True)
    assert seen == expected
    assert len(seen) == 45


@pytest.mark.parametrize("after", ["x", "-1", "2-1-1", "1-1", "1-1-1\n", "9" * 5000, "0-99999999999999999999-1", "%00"])
def test_a_place_that_cannot_be_read_starts_anew(client, post, after):
    post("唯一的")
    assert titles(client, f"/notices/?after={after}") == ["唯一的"]


@pytest.mark.parametrize("after", ["1-99999999999999999-999999999999999999", "0-0-0"])
def test_a_place_far_away_is_no_error(client, post, after):
    post("唯一的")
    assert client.get(f"/notices/?after={after}").status_code == 200


def test_of_one_community_or_for_one_station(client, post, here, elsewhere, add_station):
    other = add_station("other")
    post("全社区的", -1)
    post("这个站的", -2, station=here.station)
    post("别的站的", -3, station=other)
    post("河东的", -4, community=elsewhere.community)
    assert titles(client) == ["全社区的", "这个站的", "别的站的", "河东的"]
    assert titles(client, "/notices/?c=jianshelu") == ["全社区的", "这个站的", "别的站的"]
    assert titles(client, "/notices/?c=hedong") == ["河东的"]
    assert titles(client, "/notices/?s=lanyuan") == ["全社区的", "这个站的"]
    assert titles(client, "/notices/?s=hedong") == ["河东的"]
    assert titles(client, "/notices/?c=nowhere") == titles(client, "/notices/?s=nowhere") == []
    assert titles(client, "/notices/?c=' OR 1=1") == titles(client)  # cannot be read, so nothing was asked
    page = client.get("/notices/?c=hedong").content.decode()
    assert '<option value="hedong" selected>河东社区</option>' in page


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


def test_marks_become_a_page_and_hostile_ones_become_text(client, post):
    body = "## 怎么领\n\n- **带身份证**\n- [看地图](https://example.org)\n\n<script>alert(1)</script>[x](javascript:alert(1))"
    page = client.get(post("热姜茶", body=body).get_absolute_url()).content.decode()
    for said in (
        "<h2>怎么领</h2>",
        "<li><strong>带身份证</strong></li>",
        '<a href="https://example.org" rel="nofollow noopener noreferrer">看地图</a>',
        "&lt;script&gt;alert(1)&lt;/script&gt;",
    ):
        assert said in page
    assert "<script>alert" not in page
    assert 'href="javascript:' not in page
    assert '<meta name="description" content="怎么领 带身份证 看地图 &lt;script&gt;' in page


def test_the_first_page_shows_a_pinned_notice_without_its_marks(client, post):
    post("热姜茶", body="**不收钱**，自带杯子", pinned=True)
    assert "不收钱，自带杯子" in client.get("/").content.decode()


def test_the_letter_is_shown_as_it_was_written(client, post):
    post("信", -1, kind=Notice.Kind.LETTER, body="亲爱的骑手：\n\n**您好**")
    assert "<p>**您好**</p>" in client.get("/letter/").content.decode()
