"""A month of visits to the demo's stations."""

from datetime import timedelta

from django.utils import timezone

from station.models import Occupation, Visit


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
