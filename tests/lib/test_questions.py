"""A question kept as SQL answers like the queryset it was made of."""

from datetime import date, time

import pytest
from django.db.models import BigAutoField, DateField
from django.utils import timezone

from station.lib.questions import Given, Question
from station.models import SpecialDay, Station, Visit, WeeklyHours


def test_rows_come_as_django_hands_them_out(here, elsewhere, django_assert_num_queries):
    SpecialDay.objects.create(station=here.station, date=date(2026, 12, 1), opens=time(9), closes=time(12), reason="会")
    question = Question(
        lambda: SpecialDay.objects.filter(
            station=Given("station", BigAutoField()), date__gte=Given("first", DateField())
        ).values_list("date", "opens", "station__latitude", "reason")
    )
    for first, rows in [(date(2026, 12, 1), 1), (date(2026, 12, 2), 0), (date(2026, 11, 1), 1)]:
        with django_assert_num_queries(1):
            found = list(question.ask(station=here.station.pk, first=first))
        assert found == [(date(2026, 12, 1), time(9), Station.objects.get(pk=here.station.pk).latitude, "会")][:rows]
    assert list(question.ask(station=elsewhere.station.pk, first=date(2026, 1, 1))) == []


def test_moments_keep_their_zone(here):
    now = timezone.now()
    Visit.objects.create(station=here.station, occupation="courier", at=now)
    question = Question(lambda: Visit.objects.filter(station=Given("station", BigAutoField())).values_list("at"))
    assert list(question.ask(station=here.station.pk)) == [(now,)]


def test_it_is_built_once(here):
    built = []

    def build():
        built.append(1)
        return WeeklyHours.objects.filter(station=Given("station", BigAutoField())).values_list("weekday")

    question = Question(build)
    assert [sorted(question.ask(station=here.station.pk)) for _again in range(3)] == [[(day,) for day in range(5)]] * 3
    assert built == [1]


def test_a_value_that_is_missing_is_named(here):
    question = Question(lambda: Station.objects.filter(pk=Given("station", BigAutoField())).values_list("code"))
    with pytest.raises(KeyError, match="station"):
        question.ask()


def test_what_is_asked_with_cannot_become_sql(here):
    name = Given("name", Station._meta.get_field("name"))
    question = Question(lambda: Station.objects.filter(name=name).values_list("code"))
    assert list(question.ask(name="建设路驿站")) == [("lanyuan",)]
    assert list(question.ask(name="' OR 1=1 --")) == []
