"""The demo's ledger says what the demo promises."""

import pytest
from django.core.management import call_command

from ledger.models import Enterprise, LetterHandout, PartyMember, SurveyEntry, SurveyRound, Worker
from station.lib.people import credit_code_warning
from station.operations.audit import first_broken_link


@pytest.mark.django_db
def test_the_demo_fills_the_ledger():
    call_command("demo", verbosity=0)
    assert (Enterprise.objects.count(), PartyMember.objects.count()) == (3, 3)
    assert (Worker.objects.exclude(state=Worker.State.PENDING).count(), Worker.objects.to_confirm().count()) == (37, 3)
    assert Worker.objects.exclude(state="pending").values("occupation").distinct().order_by().count() == 6
    assert Worker.objects.exclude(state="pending").values("grid").distinct().order_by().count() == 4
    names = "".join(Worker.objects.values_list("name", flat=True))
    assert all(character in names for character in "䶮𬱟㛃𫖯·")
    assert Worker.objects.get(user__isnull=False).name == "刘洋"
    assert [credit_code_warning(enterprise.credit_code) for enterprise in Enterprise.objects.all()] == [None] * 3
    assert [worker.name for worker in Worker.objects.with_earlier_lookalike()] == ["彭雪梅"]
    assert not Enterprise.objects.with_earlier_lookalike().exists()
    survey = SurveyRound.objects.get()
    done = survey.entries.exclude(result=SurveyEntry.Result.TO_CHECK).count()
    assert (done, survey.entries.count()) == (22, 40)
    assert LetterHandout.objects.count() == 8
    assert {worker.history.last().history_type for worker in Worker.objects.all()} == {"+"}
    assert all(worker.phone[:7] in ("1380000", "1390000") for worker in Worker.objects.all())
    assert first_broken_link() is None
