"""The invented community of the demo: places, people, hours, a month of visits. Upper apps add theirs in their demo.py.

Nobody here exists. Everything is drawn from one seeded generator and dated relative to today, so two demo databases
made on the same day are alike.
"""

from django.db import transaction

from station.demo.faults import add_faults
from station.demo.notices import add_notices
from station.demo.openings import add_openings
from station.demo.people import PASSWORD, RIDER_PHONE, STAFF, add_people
from station.demo.pictures import add_files, add_pictures
from station.demo.places import AMENITY_KINDS, add_hours, add_places
from station.demo.visits import add_visits
from station.demo.voices import add_voices
from station.demo.world import DemoWorld
from station.operations import audit

__all__ = ["AMENITY_KINDS", "MADE", "PASSWORD", "RIDER_PHONE", "STAFF", "DemoWorld", "load"]

MADE = "load demo"  # the audit action that marks a demo database


@transaction.atomic
def load(world):
    """Make the community, its places and people, and a month of visits."""
    add_places(world)
    add_hours(world)
    add_people(world)
    add_openings(world)
    add_visits(world)
    add_notices(world)
    add_faults(world)
    add_voices(world)
    add_pictures(world)
    add_files(world)
    audit.record(MADE, world.community, by=None, community=world.community)
