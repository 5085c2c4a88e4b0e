"""The demo's reports: every state, times in order, whatever hour they are loaded at."""

import pytest
from django.core.management import call_command
from django.utils import timezone

from services.hazards.models import GridMember, Photo, Report
from station.operations.audit import first_broken_link


@pytest.fixture
def demo(db):
    call_command("demo")


def test_every_state_is_there_and_one_is_late(demo):
    assert set(Report.objects.values_list("state", flat=True)) == set(Report.State.values)
    assert Report.objects.count() == 13
    assert [report.place for report in Report.objects.overdue()] == ["芙蓉路与霞光路口"]
    assert GridMember.objects.count() == 2


def test_every_story_is_told_in_order_and_in_the_past(demo):
    for report in Report.objects.prefetch_related("events", "photos"):
        times = [event.at for event in report.events.all()]
        assert times == sorted(times)
        assert times[0] == report.reported_at
        assert times[-1] < timezone.now()
        assert report.events.all()[len(times) - 1].state == report.state
        assert report.photos.filter(moment=Photo.Moment.BEFORE).count() == 1
        assert report.photos.filter(moment=Photo.Moment.AFTER).exists() == (report.state in ("solved", "closed"))


def test_the_audit_chain_holds(demo):
    assert first_broken_link() is None
