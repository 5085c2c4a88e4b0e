"""Several people merge the same entries at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from ledger.models import Worker
from ledger.operations import merging
from ledger.operations.merging import merge_workers

State = Worker.State


@pytest.mark.django_db(transaction=True)
def test_of_two_who_merge_the_same_pair_at_once_one_wins(make_worker, community_admin):
    old, new = make_worker("向南", "13900000001"), make_worker("向南", "13900000002")
    seen = merging.stamp(old, new)
    start = Barrier(2)

    def merge(keeper, other):
        try:
            start.wait()
            return merge_workers(keeper, other, by=community_admin, reason="重复", seen=seen).number
        except ValidationError as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(merge, (old, new), (new, old)))

    assert sorted(answers)[1] == "merged"
    assert sorted(answers)[0] in ("JSL-R0001", "JSL-R0002")
    assert Worker.objects.filter(state=State.MERGED).count() == 1
    assert Worker.objects.active().get().number == sorted(answers)[0]


@pytest.mark.django_db(transaction=True)
def test_a_ring_of_merges_at_once_ends_without_a_circle(make_worker, community_admin):
    rows = [make_worker("向南", f"1390000000{n}") for n in range(3)]
    start = Barrier(3)

    def merge(keeper, other):
        try:
            start.wait()
            merge_workers(keeper, other, by=community_admin, reason="重复")
        except ValidationError:
            pass
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(merge, rows, [*rows[1:], rows[0]]))

    (alive,) = Worker.objects.active()
    assert {Worker.objects.get(pk=row.pk).survivor for row in rows} == {alive}
    assert set(alive.merged_from.all()) == set(rows) - {alive}
