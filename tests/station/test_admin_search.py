"""The search box of staff: what is typed is found, and never stands in an address."""

from urllib.parse import parse_qs, urlsplit

import pytest

from station.models import User

LIST = "/admin/station/user/"


@pytest.fixture
def browser(signed_in, community_admin, here):
    User.objects.filter(pk=community_admin.pk).update(community=here.community)
    User.objects.create(username="lina", name="李娜", is_staff=True, community=here.community)
    return signed_in(community_admin)


def found(response):
    return [user.username for user in response.context["cl"].result_list]


def test_the_words_are_posted_and_sealed(browser):
    answer = browser.post(f"{LIST}?is_active__exact=1&p=3&e=1", {"q": "李娜"})
    query = parse_qs(urlsplit(answer.url).query)
    assert (answer.status_code, set(query)) == (302, {"is_active__exact", "q"})
    assert "李娜" not in answer.url
    assert "%E6%9D%8E" not in answer.url
    shown = browser.get(answer.url)
    assert found(shown) == ["lina"]
    assert 'value="李娜"' in shown.content.decode()
    sorting = shown.context["cl"].get_query_string({"o": "1"})
    assert "李娜" not in sorting
    assert found(browser.get(LIST + sorting)) == ["lina"]


def test_an_empty_box_shows_everything_again(browser):
    assert browser.post(LIST, {"q": " "}).url == f"{LIST}?"


def test_words_in_the_address_are_refused(browser):
    answer = browser.get(LIST, {"q": "13912345678", "is_active__exact": "1"}, follow=True)
    assert answer.redirect_chain == [(f"{LIST}?is_active__exact=1", 302)]
    assert "请在查找框里输入" in answer.content.decode()


def test_a_link_to_a_search_is_of_no_use_to_others(browser, signed_in, make_staff, here):
    link = browser.post(LIST, {"q": "李娜"}).url
    other = signed_in(make_staff("community_admin", community=here.community))
    assert other.get(link).url == f"{LIST}?"


@pytest.mark.parametrize("odd", ["9" * 101, "李\x00"])
def test_what_no_name_can_be_is_asked_again(browser, odd):
    answer = browser.post(LIST, {"q": odd}, follow=True)
    assert answer.status_code == 200
    assert "请重新输入" in answer.content.decode()
