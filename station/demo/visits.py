"""A month of visits to the demo's stations: who came, what was used, and two odd hours."""

from datetime import timedelta
from random import Random

from django.utils import timezone

from station.demo.world import SEED
from station.models import Amenity, Occupation, Visit
from station.operations.peaks import flag_peaks, leave_out_peak

TELL_ONE_IN = 3  # of the riders, so many say afterwards what they used


def add_visits(world):
    """Thirty days: busier at meal times, quieter at weekends where the bank is closed."""
    now = timezone.now()
    weights = {
        Occupation.FOOD_RIDER: 42,
        Occupation.COURIER: 24,
        Occupation.SANITATION: 16,
        Occupation.RIDE_HAILING: 10,
        Occupation.TRUCK_DRIVER: 5,
        Occupation.OTHER: 3,
    }
    hours = {
        "lanyuan": {8: 1, 9: 3, 10: 4, 11: 4, 14: 3, 15: 6, 16: 4, 17: 3},
        "xiaotang": {7: 2, 9: 2, 11: 2, 13: 5, 14: 4, 16: 2, 19: 2, 20: 4, 21: 2},
        "xiaguang": {0: 2, 2: 1, 6: 3, 13: 2, 15: 2, 21: 3, 22: 5, 23: 4},
    }
    usual = {"lanyuan": 22, "xiaotang": 14, "xiaguang": 11}
    visits = []
    for days in range(-29, 1):
        day = world.today + timedelta(days=days)
        for code, station in world.stations.items():
            if code == "lanyuan" and day.weekday() == 6:
                continue
            expected = usual[code] * (0.5 if code == "lanyuan" and day.weekday() == 5 else 1)
            for _visit in range(round(world.random.gauss(expected, expected / 5))):
                hour = world.random.choices(list(hours[code]), list(hours[code].values()))[0]
                if code == "lanyuan" and day.weekday() == 5:
                    hour = world.random.choice([9, 10, 11])
                at = world.at(days, hour, world.random.randrange(30 if hour in (8, 14, 21) else 0, 60))
                occupation = world.random.choices(list(weights), list(weights.values()))[0]
                if at < now:
                    visits.append(Visit(station=station, at=at, occupation=occupation))
    Visit.objects.bulk_create(visits, batch_size=500)
    add_odd_hours(world)
    add_used(world)


def add_odd_hours(world):
    """A shower two days ago that nobody has looked at yet, and a night's mischief that was left out."""
    shower = [Occupation.FOOD_RIDER] * 24 + [Occupation.COURIER] * 9 + [Occupation.SANITATION] * 5
    visits = [
        Visit(station=world.stations["xiaotang"], at=world.at(-2, 14, 8 + n), occupation=job)
        for n, job in enumerate(shower)
    ]
    visits += [
        Visit(station=world.stations["xiaguang"], at=world.at(-9, 3, 12 + n // 20), occupation=Occupation.OTHER)
        for n in range(46)
    ]
    Visit.objects.bulk_create(visits)
    flag_peaks(world.at(-2, 15, 5))
    for peak in flag_peaks(world.at(-9, 4, 5)):
        leave_out_peak(peak, by=world.admin, reason="凌晨三分钟里扫了 46 次，监控里没有人，是有人拿手机刷的")


def add_used(world):
    """What some of them ticked after the tap, of what their station has; water most, as everywhere."""
    random = Random(f"{SEED} used")  # noqa: S311 - not a secret; its own, so that what others draw stays the same
    kinds = {}
    for station, kind, order in Amenity.objects.values_list("station", "kind", "kind__order"):
        kinds.setdefault(station, {})[kind] = 12 / (order + 1)
    used = []
    for visit in Visit.objects.filter(peak=None, station__in=kinds).only("pk", "station_id"):
        if random.randrange(TELL_ONE_IN) == 0:
            weights = kinds[visit.station_id]
            chosen = random.choices(list(weights), list(weights.values()), k=random.choice((1, 1, 2)))
            used += [Visit.used.through(visit_id=visit.pk, amenitykind_id=kind) for kind in set(chosen)]
    Visit.used.through.objects.bulk_create(used, batch_size=500)
