"""Everybody is found by any part of his name, whichever way he came into the ledger."""

from io import StringIO

import pytest
from django.core.exceptions import FieldError
from django.core.management import CommandError, call_command
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from ledger.models import Enterprise, EnterpriseNamePart, Worker, WorkerNamePart
from ledger.models.names import texts_of
from ledger.operations.enterprises import change_enterprise
from ledger.operations.joins import join_ledger
from ledger.operations.workers import change_worker, confirm_worker
from station.models import Occupation


def under(text):
    """The numbers of the workers filed under a text that begins so."""
    return sorted(WorkerNamePart.objects.beginning(text).values_list("entry__number", flat=True))


def check():
    out = StringIO()
    call_command("check_names", stdout=out)
    return out.getvalue().strip()


def several(here, *names):
    return [
        Worker(
            number=f"JSL-R{number:04d}",
            community=here.community,
            name=name,
            phone=f"1390000{number:04d}",
            occupation=Occupation.COURIER,
        )
        for number, name in enumerate(names, 901)
    ]


def test_a_name_is_filed_under_every_place_it_can_be_begun_at():
    assert texts_of("欧阳慧") == {"欧阳慧".encode(), "阳慧".encode(), "慧".encode()}
    assert texts_of("丽丽") == {"丽丽".encode(), "丽".encode()}
    assert texts_of("暖风（湘潭）", "") == {b"".join(map(str.encode, "暖风湘潭"[start:])) for start in range(4)}
    assert max(map(len, texts_of("𬱟" * 60))) == 80  # twenty characters of four bytes


def test_a_registered_worker_is_filed_and_stays_so_when_only_confirmed(worker, community_admin):
    parts = list(WorkerNamePart.objects.values_list("pk", "community"))
    assert len(parts) == 2
    confirm_worker(worker, by=community_admin)
    assert list(WorkerNamePart.objects.values_list("pk", "community")) == parts  # not written anew
    assert under("䶮") == [worker.number]


def test_a_changed_name_is_found_and_the_old_one_is_not(worker, community_admin):
    change_worker(worker, {"name": "陈𬱟"}, by=community_admin, reason="听错了")
    assert (under("李"), under("䶮"), under("陈"), under("𬱟")) == ([], [], [worker.number], [worker.number])
    assert check() == "everybody is found by name"


def test_a_stale_copy_saved_over_a_new_name_is_found_by_what_it_wrote(worker, community_admin):
    stale = Worker.objects.get(pk=worker.pk)
    change_worker(worker, {"name": "陈𬱟"}, by=community_admin, reason="听错了")
    stale.save()
    assert (under("李䶮"), under("陈")) == ([worker.number], [])


def test_who_registers_himself_is_found(here):
    person = Worker(community=here.community, name="阿依古丽·玉素甫", phone="13900000001", occupation="courier")
    joined = join_ledger(person, address="192.0.2.1")
    assert under("玉素甫") == under("古丽·玉") == under("古丽玉") == [joined.number]


def test_an_enterprise_is_found_by_its_name_and_by_who_is_in_charge(make_enterprise, community_admin):
    enterprise = make_enterprise("湘潭暖风配送有限公司", contact_name="郭振华")
    found = EnterpriseNamePart.objects.beginning
    assert [part.entry for part in found("暖风配送")] == [part.entry for part in found("振华")] == [enterprise]
    change_enterprise(enterprise, {"contact_name": "易小莲"}, by=community_admin, reason="换人了")
    assert (found("振华").count(), found("小莲").count()) == (0, 1)
    assert check() == "everybody is found by name"


def test_rows_brought_in_and_changed_in_bulk_are_found(here, community_admin):
    rows = bulk_create_with_history(several(here, "王丽丽", "李王"), Worker, default_user=community_admin)
    assert under("王") == ["JSL-R0901", "JSL-R0902"]
    rows[0].name = "赵丽"
    bulk_update_with_history(rows, Worker, ["name"], default_user=community_admin)
    assert (under("王"), under("丽")) == (["JSL-R0902"], ["JSL-R0901"])
    rows[0].site = "东站"
    Worker.objects.bulk_update(rows, ["site"])
    assert check() == "everybody is found by name"


def test_a_way_in_that_could_not_keep_names_true_is_refused(here, worker):
    with pytest.raises(FieldError, match="Names are changed by save"):
        Worker.objects.update(name="王")
    with pytest.raises(FieldError, match="found by their names"):
        Worker.objects.bulk_create(several(here, "王"), ignore_conflicts=True)
    assert Worker.objects.update(site="东站") == 1


def test_saving_another_field_alone_leaves_the_parts(worker):
    worker.name, worker.site = "不会写的", "东站"
    worker.save(update_fields=["site"])
    assert (under("李䶮"), under("不会")) == ([worker.number], [])


def test_a_deleted_entry_leaves_nothing_behind(worker):
    worker.history.all().delete()
    worker.survey_entries.all().delete()
    worker.delete()
    assert not WorkerNamePart.objects.exists()


def test_the_check_counts_who_is_misfiled_and_repairs_it(here, worker, make_enterprise):
    make_enterprise("暖风配送")
    Worker.objects.bulk_create(several(here, "王丽丽", "李王"))
    WorkerNamePart.objects.filter(entry=worker).first().delete()
    WorkerNamePart.objects.filter(entry__number="JSL-R0901").update(text="张".encode())
    EnterpriseNamePart.objects.all().delete()
    with pytest.raises(CommandError, match="not found by name: 2 worker, 1 enterprise; --repair"):
        check()
    call_command("check_names", repair=True, stdout=StringIO())
    assert (check(), under("王丽"), under("张")) == ("everybody is found by name", ["JSL-R0901"], [])
    assert Enterprise.objects.get().name_parts.count() == 4
