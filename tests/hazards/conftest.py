"""Reports in every state, and pictures to send with them."""

import io
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from services.hazards.models import Report
from services.hazards.models.reports import Category, Urgency
from services.hazards.operations import (
    close_report,
    dispatch_report,
    refuse_report,
    send_report,
    solve_report,
    withdraw_report,
)
from station.lib import notify

State = Report.State


@pytest.fixture(autouse=True)
def empty_outbox():
    notify.outbox.clear()


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def copy(report, count):
    """`count` more rows like this one, for counting queries."""
    fields = {
        field.attname: getattr(report, field.attname) for field in Report._meta.concrete_fields if field.name != "id"
    }
    rows = [Report(**fields | {"number": f"JSL-S-{n:06d}", "key": uuid4()}) for n in range(500, 500 + count)]
    Report.objects.bulk_create(rows)


def upload(kind="JPEG", size=(64, 48), name="photo.jpg"):
    """An uploaded picture of this format."""
    out = io.BytesIO()
    Image.new("RGB", size, "orange").save(out, kind)
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/jpeg")


@pytest.fixture
def make_report(here, rider, community_admin):
    """``make_report(state, station=…)``: a report brought to `state` by the operations themselves."""

    def make(state=State.REPORTED, *, by=rider, station=here.station, community=None, owner=community_admin, **more):
        report, _new = send_report(
            key=uuid4(),
            category=more.pop("category", Category.ROAD),
            place=more.pop("place", "晓塘路15号门口"),
            station=station,
            community=community,
            by=by,
            **more,
        )
        if state == State.WITHDRAWN:
            return withdraw_report(report, by=by)
        if state == State.REFUSED:
            return refuse_report(report, refusal=Report.Refusal.UNCLEAR, by=owner)
        if state != State.REPORTED:
            report = dispatch_report(report, owner=owner, urgency=Urgency.NORMAL, by=owner)
        if state in (State.SOLVED, State.CLOSED):
            report = solve_report(report, text="补好了", by=owner)
        return close_report(report, by=by) if state == State.CLOSED else report

    return make
