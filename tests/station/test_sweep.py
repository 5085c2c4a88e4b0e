"""``manage.py sweep`` forgets what has served its purpose, and nothing else."""

from datetime import timedelta
from io import StringIO

from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone

from station.models import Fault, FaultPhoto, FaultVoice, SignInCode, Visit, VisitMark, Voice
from tests.station.test_faults import picture


def test_sweep_forgets_the_old_and_keeps_the_young(here):
    now = timezone.now()
    for hours in (23, 25):
        past = now - timedelta(hours=hours)
        VisitMark.objects.create(station=here.station, device=f"{hours}", counted_at=past)
        SignInCode.objects.create(phone_index=f"{hours}", expires_at=past)
    Visit.objects.create(station=here.station, occupation="courier", at=now - timedelta(days=400))
    Session.objects.create(session_key="old", expire_date=now - timedelta(seconds=1))
    Session.objects.create(session_key="young", expire_date=now + timedelta(minutes=1))
    out = StringIO()
    call_command("sweep", stdout=out)
    assert list(VisitMark.objects.values_list("device", flat=True)) == ["23"]
    assert list(SignInCode.objects.values_list("phone_index", flat=True)) == ["23"]
    assert list(Session.objects.values_list("session_key", flat=True)) == ["young"]
    assert Visit.objects.count() == 1
    assert out.getvalue().startswith("visit marks: 1 forgotten\nsign-in codes: 1 forgotten\nsessions: 1 forgotten\n")
    out = StringIO()
    call_command("sweep", stdout=out)
    assert out.getvalue().startswith("visit marks: 0 forgotten\nsign-in codes: 0 forgotten\nsessions: 0 forgotten\n")


def test_sweep_forgets_whose_phone_it_was_what_was_photographed_and_how_to_reach_him(here, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    now = timezone.now()
    for days in (29, 31, 181):
        fault = Fault.objects.create(
            station=here.station, kind="other", state="fixed", ended_at=now - timedelta(days=days)
        )
        FaultVoice.objects.create(fault=fault, device=f"{days}", address="a", at=now - timedelta(days=days))
        photo = FaultPhoto(fault=fault)
        photo.image.save(f"{days}.jpg", picture(), save=False)
        photo.thumbnail.save(f"{days}-small.jpg", picture(), save=False)
        photo.save()
    waiting = Fault.objects.create(station=here.station, kind="locked")
    for hours in (23, 25):
        FaultVoice.objects.create(fault=waiting, device=f"{hours}", address="a", at=now - timedelta(hours=hours))
    for said, replied in ((400, 364), (400, 366), (366, None), (364, None)):
        Voice.objects.create(
            community=here.community,
            kind="wish",
            text=f"{said} {replied}",
            contact="13900001234",
            said_at=now - timedelta(days=said),
            replied_at=replied and now - timedelta(days=replied),
            **({"state": "answered", "reply": "好"} if replied else {}),
        )
    out = StringIO()
    call_command("sweep", stdout=out)
    assert sorted(FaultVoice.objects.values_list("device", "address")) == [("23", "a"), ("25", ""), ("29", "")]
    assert sorted(path.name for path in tmp_path.rglob("*.jpg")) == [
        "29-small.jpg",
        "29.jpg",
        "31-small.jpg",
        "31.jpg",
    ]
    assert {voice.text: voice.contact for voice in Voice.objects.all()} == {
        "400 364": "13900001234",
        "400 366": "",
        "366 None": "",
        "364 None": "13900001234",
    }
    assert Fault.objects.count() == 4
    said = out.getvalue()
    for line in (
        "addresses of faults: 4 forgotten",
        "voices of faults: 2 forgotten",
        "photos of faults: 1 forgotten",
        "contacts of voices: 2 forgotten",
    ):
        assert line in said
