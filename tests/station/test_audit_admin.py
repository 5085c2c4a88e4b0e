"""The audit trail as staff read it: in Chinese, within their scope, untouched."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.core.management import call_command

from station.admin.audit import action_label
from station.models import Amenity, AmenityKind, AuditEvent, User
from station.operations import audit

LATIN = re.compile(r"[A-Za-z]{2,}")


def recorded_actions():
    """Every action that stands in full in the source of an operation."""
    for app in ("station", "ledger", "services"):
        for file in Path(settings.BASE_DIR, app).rglob("*.py"):
            if "operations" in str(file):
                yield from re.findall(r'audit\.record\(\s*"([a-z -]+)"', file.read_text())


def test_every_action_has_a_chinese_name():
    actions = set(recorded_actions())
    assert {"create staff", "check entry", "refuse registration", "reset second factor"} <= actions
    for model in admin.site._registry:
        actions |= {f"{verb} {model._meta.model_name}" for verb in ("add", "change", "delete")}
    assert {action for action in actions if LATIN.search(action_label(action))} == set()


def test_the_demos_trail_reads_in_chinese(settings, db, signed_in):
    settings.DEMO = True
    call_command("demo", verbosity=0)
    actions = set(AuditEvent.objects.values_list("action", flat=True))
    assert {action for action in actions if LATIN.search(action_label(action))} == set()
    page = signed_in(User.objects.get(username="shequ")).get("/admin/station/auditevent/").content.decode()
    assert "提交上报" in page
    assert "hazards.report" not in page


def test_one_event_names_fields_and_not_what_is_in_them(here, community_admin, signed_in):
    event = audit.record(
        "change station", here.station, by=community_admin, community=here.community, fields=["phone", "name"]
    )
    browser = signed_in(community_admin)
    page = browser.get(f"/admin/station/auditevent/{event.pk}/change/").content.decode()
    for text in ("修改驿站", f"驿站 {here.station.pk}", "字段：联系电话、站名"):
        assert text in page
    assert 'name="_save"' not in page
    assert browser.post(f"/admin/station/auditevent/{event.pk}/change/", {"reason": "x"}).status_code == 403


def test_an_event_elsewhere_is_not_there(elsewhere, community_admin, signed_in):
    event = audit.record("change station", elsewhere.station, by=None, community=elsewhere.community)
    assert signed_in(community_admin).get(f"/admin/station/auditevent/{event.pk}/change/").status_code == 404


@pytest.mark.parametrize("label", ["auth.group", "otp_totp.totpdevice", "otp_static.staticdevice"])
def test_what_duties_and_the_reset_button_replace_is_not_in_the_admin(label):
    assert apps.get_model(label) not in admin.site._registry


def test_what_was_chosen_is_said_as_the_forms_say_it(here, community_admin, signed_in):
    """Operations record stored values; nobody at the counter knows that `broken` means 在修."""
    kind = AmenityKind.objects.create(code="water", name="饮水机", icon="water", order=1)
    amenity = Amenity.objects.create(station=here.station, kind=kind)
    event = audit.record(
        "mark amenity", amenity, by=community_admin, community=here.community, state="broken", note="x9"
    )
    page = signed_in(community_admin).get(f"/admin/station/auditevent/{event.pk}/change/").text
    assert ("状态：在修" in page, "说明：x9" in page) == (True, True)  # PostgreSQL keeps an order of its own
    bare = audit.record("change station", here.station, by=community_admin, community=here.community)
    page = signed_in(community_admin).get(f"/admin/station/auditevent/{bare.pk}/change/").text
    assert ("None" in page, "–" in page) == (False, True)
