"""Long lists: counted up to a limit, exactly at its border, and paged so far."""

import pytest
from django.core.paginator import EmptyPage

from station.admin import paging
from station.admin.paging import CappedPaginator
from station.models import User

LIST = "/admin/station/user/"


@pytest.fixture
def at_most(monkeypatch):
    """``at_most(5)``: lists are counted up to five."""
    return lambda most: monkeypatch.setattr(paging, "MOST", most)


@pytest.fixture
def six(db):
    for number in range(6):
        User.objects.create(username=f"u{number}", name="周敏", is_staff=True)
    return User.objects.order_by("username")


@pytest.mark.parametrize(
    ("most", "count", "cut", "pages"), [(7, 6, False, 3), (6, 6, False, 3), (5, 5, True, 3), (4, 4, True, 2)]
)
def test_exact_up_to_the_border(six, at_most, most, count, cut, pages):
    at_most(most)
    paginator = CappedPaginator(six, 2)
    assert (paginator.count, paginator.cut, paginator.num_pages) == (count, cut, pages)


def test_one_query_however_often_it_is_asked(six, at_most, django_assert_num_queries):
    at_most(5)
    paginator = CappedPaginator(six, 2)
    with django_assert_num_queries(1):
        assert (paginator.count, paginator.cut, paginator.count) == (5, True, 5)


def test_the_last_page_within_the_limit_is_full_and_the_next_is_refused(six, at_most):
    at_most(4)
    paginator = CappedPaginator(six, 2)
    assert [user.username for user in paginator.page(2)] == ["u2", "u3"]
    with pytest.raises(EmptyPage):
        paginator.page(3)


def test_the_page_says_that_the_list_goes_on(here, six, community_admin, signed_in, at_most):
    User.objects.update(community=here.community)
    client = signed_in(community_admin)
    assert "共 7 条" in client.get(LIST).content.decode()
    at_most(5)
    body = client.get(LIST).content.decode()
    assert "超过 5 条，请用筛选或查找缩小范围" in body
    assert "共 7 条" not in body
