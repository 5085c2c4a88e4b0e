"""One row of every model with a place: mine, near (same community, another grid, station, team), far (elsewhere)."""

from datetime import time, timedelta
from types import SimpleNamespace
from uuid import uuid4

from django.utils import timezone

from ledger.models import (
    Enterprise,
    ImportBatch,
    LetterHandout,
    PartyMember,
    Printout,
    SurveyEntry,
    SurveyRound,
    Worker,
)
from services.bookings.models import Booking, Service, Session, SessionPattern
from services.hazards.models import GridMember, Report
from services.volunteering.models import Desk, Member, Shift, SignUp, Team
from station.models import Amenity, AmenityKind, Community, Consent, Duty, Grid, Notice, Station, User, Visit
from station.operations import audit
from station.roles import Role


def _account(name, **more):
    return User.objects.create(username=f"{name}-{uuid4().hex[:8]}", name="刘洋", **more)


def _of_community(community):
    """What belongs to a community as a whole."""
    colleague = _account("colleague", is_staff=True, community=community)
    return {
        Community: community,
        User: colleague,
        Duty: Duty.objects.create(user=colleague, role=Role.COMMUNITY_ADMIN, community=community),
        Notice: Notice.objects.create(
            community=community, kind=Notice.Kind.NEWS, title="热姜茶", body="有姜茶", published_at=timezone.now()
        ),
        Consent: Consent.objects.create(
            person_uid=uuid4(), purpose="register", text_version="1", channel="door", recorded_by=colleague
        ),
        type(event := audit.record("test", by=None, community=community)): event,
        ImportBatch: ImportBatch.objects.create(community=community, kind="workers", file_name="名单.csv", sha256="0"),
        Printout: Printout.objects.create(
            serial=uuid4().hex[:24],
            roster="workers",
            form="pdf",
            community=community,
            rows=1,
            sha256="0",
            reason="会议",
        ),
        SurveyRound: SurveyRound.objects.create(community=community, title="摸排", ends_on=timezone.localdate()),
    }


def _of_place(community, grid, station, leader, survey):
    """What belongs to one grid, station or team."""
    in_grid = {"number": uuid4().hex[:20], "community": community, "grid": grid}
    worker = Worker.objects.create(**in_grid, name="刘洋", other_contact="微信群", occupation="courier")
    service = Service.objects.create(slug=uuid4().hex, name=uuid4().hex[:30], category="advice", summary="免费")
    now = timezone.now()
    when = {"starts_at": now, "ends_at": now + timedelta(hours=1), "places": 3}
    weekly = {"weekday": 2, "starts": time(15), "ends": time(17), "places": 3}
    session = Session.objects.create(service=service, station=station, **when)
    team = Team.objects.create(community=community, name=uuid4().hex, field="legal_aid", leader=leader)
    shift = Shift.objects.create(team=team, station=station, title="值守", **when)
    kind = AmenityKind.objects.create(code=uuid4().hex[:30], name=uuid4().hex[:20], icon="water")
    person = _account("rider")
    return {
        Grid: grid,
        Station: station,
        Amenity: Amenity.objects.create(station=station, kind=kind),
        Visit: Visit.objects.create(station=station, occupation="courier"),
        Enterprise: Enterprise.objects.create(
            **in_grid, name="极速配送", kind="express", address="1号", no_party_reason="人少"
        ),
        Worker: worker,
        PartyMember: PartyMember.objects.create(number=uuid4().hex[:20], worker=worker, home_branch="某支部"),
        SurveyEntry: SurveyEntry.objects.create(round=survey, worker=worker, grid=grid),
        LetterHandout: LetterHandout.objects.create(round=survey, grid=grid, channel="door", letters=10),
        SessionPattern: SessionPattern.objects.create(service=service, station=station, **weekly),
        Session: session,
        Booking: Booking.objects.create(session=session, user=person, code="123456"),
        Team: team,
        Member: Member.objects.create(team=team, user=person),
        Desk: Desk.objects.create(team=team, station=station, title="值守", **weekly),
        Shift: shift,
        SignUp: SignUp.objects.create(shift=shift, user=person),
        Report: Report.objects.create(
            number=uuid4().hex[:24],
            reporter=person,
            community=community,
            grid=grid,
            station=station,
            category="road",
            place="路口",
        ),
        GridMember: GridMember.objects.create(user=person, grid=grid),
    }


def specimens(here, elsewhere, leader):
    """``{model: namespace of mine, near (None for what a community has one of), far}``; `leader` leads my team."""
    near_station = Station.objects.create(
        code="near",
        name="隔壁驿站",
        community=here.community,
        grid=here.grids[1],
        address="2号",
        latitude=28,
        longitude=113,
    )
    ours, theirs = _of_community(here.community), _of_community(elsewhere.community)
    survey = ours[SurveyRound]
    mine = _of_place(here.community, here.grids[0], here.station, leader, survey)
    near = _of_place(here.community, here.grids[1], near_station, None, survey)
    far = _of_place(elsewhere.community, elsewhere.grid, elsewhere.station, None, theirs[SurveyRound])
    return {model: SimpleNamespace(mine=ours[model], near=None, far=theirs[model]) for model in ours} | {
        model: SimpleNamespace(mine=mine[model], near=near[model], far=far[model]) for model in mine
    }
