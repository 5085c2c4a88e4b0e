"""The audit chain: only ever added to, and any tampering shows."""

import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import connection

from station.models import AuditEvent, AuditHead
from station.operations import audit
from station.operations.audit import first_broken_link


@pytest.fixture
def chain(here, community_admin):
    """Five events of all shapes."""
    for number in range(5):
        audit.record(
            "mark amenity",
            here.station,
            by=community_admin if number else None,
            reason="龙龖䶮" if number == 3 else "",
            community=here.community if number % 2 else None,
            fields=["state", "note"],
            number=number,
            nested={"b": [1, None, True], "a": "热水"},
        )


def tamper(sql, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        assert cursor.rowcount >= 1


def test_events_are_numbered_and_linked(chain):
    events = [*AuditEvent.objects.order_by("number")]
    assert [event.number for event in events] == [1, 2, 3, 4, 5]
    assert [event.previous_seal for event in events] == ["", *(event.seal for event in events[:-1])]
    assert first_broken_link() is None


def test_an_empty_chain_is_whole(db):
    assert first_broken_link() is None


def test_the_application_cannot_change_or_delete(chain):
    event = AuditEvent.objects.get(number=3)
    event.reason = "改"
    copy = AuditEvent(pk=event.pk, number=99, action="x", seal="x")
    for forbidden in (
        event.save,
        event.delete,
        AuditEvent.objects.all().delete,
        AuditEvent.objects.filter(number=3).delete,
        lambda: AuditEvent.objects.update(reason="改"),
        lambda: AuditEvent.objects.bulk_update([event], ["reason"]),
        lambda: AuditEvent.objects.bulk_create([copy], update_conflicts=True),
        lambda: AuditEvent.objects.update_or_create(number=3, defaults={"reason": "改"}),
    ):
        with pytest.raises(PermissionDenied):
            forbidden()
    assert first_broken_link() is None
    assert AuditEvent.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_a_new_event_does_not_replace_one_whose_key_it_claims(here):
    event = audit.record("first", by=None)
    with pytest.raises(Exception, match=r"(?i)unique"):
        AuditEvent(pk=event.pk, number=2, action="second", seal="x").save()
    assert AuditEvent.objects.get().action == "first"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("action", "mark amenitz"),
        ("reason", "龙龖䶯"),
        ("target_id", "0"),
        ("actor_id", None),
        ("community_id", None),
        ("data", '{"number": 4}'),
        ("seal", "0" * 64),
        ("previous_seal", "0" * 64),
        ("at", "2020-01-01 00:00:00+00:00"),
    ],
)
def test_a_changed_value_is_found(chain, column, value):
    tamper(f"UPDATE station_auditevent SET {column} = %s WHERE number = 4", value)
    assert first_broken_link() == 4


def test_a_row_cut_out_of_the_middle_is_found(chain):
    tamper("DELETE FROM station_auditevent WHERE number = 2")
    assert first_broken_link() == 2


def test_a_tail_cut_off_is_found(chain):
    tamper("DELETE FROM station_auditevent WHERE number > 3")
    assert first_broken_link() == 0


def test_a_row_added_behind_the_head_is_found(chain):
    tamper("UPDATE station_audithead SET count = 4")
    assert first_broken_link() is not None
    last = AuditEvent.objects.get(number=4)
    tamper("UPDATE station_audithead SET seal = %s", last.seal)
    assert first_broken_link() == 5


def test_everything_deleted_is_found(chain):
    tamper("DELETE FROM station_auditevent")
    assert first_broken_link() == 0


def test_the_command_says_so(chain, capsys):
    call_command("check_audit")
    assert "whole: 5 events" in capsys.readouterr().out
    tamper("UPDATE station_auditevent SET reason = 'x' WHERE number = 3")
    with pytest.raises(CommandError, match="audit event 3 ") as refused:
        call_command("check_audit")
    assert refused.value.returncode == 1


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_keep_the_chain_whole(here):
    gate, errors = threading.Barrier(8), []

    def write(thread):
        try:
            gate.wait()
            for number in range(10):
                audit.record("count", by=None, thread=thread, number=number)
        except Exception as error:  # whatever goes wrong in a thread belongs to the test
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(thread,)) for thread in range(8)]
    for thread in threads:
        thread.start()
    broken_meanwhile = {first_broken_link() for _look in range(20)}
    for thread in threads:
        thread.join()
    assert errors == []
    assert broken_meanwhile == {None}
    assert first_broken_link() is None
    assert AuditHead.objects.get().count == AuditEvent.objects.count() == 80


def test_the_admin_shows_it_and_lets_nobody_touch_it(chain, signed_in, community_admin):
    browser = signed_in(community_admin)
    event = AuditEvent.objects.get(number=2)
    assert browser.get("/admin/station/auditevent/").status_code == 200
    assert browser.get(f"/admin/station/auditevent/{event.pk}/change/").status_code == 200
    assert browser.post(f"/admin/station/auditevent/{event.pk}/change/", {"reason": "改"}).status_code == 403
    assert browser.post(f"/admin/station/auditevent/{event.pk}/delete/", {"post": "yes"}).status_code == 403
    assert browser.get("/admin/station/auditevent/add/").status_code == 403
    assert first_broken_link() is None
