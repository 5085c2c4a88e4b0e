"""What the tests of the counter share: its address, what its form sends, what became of things inside."""

from zoneinfo import ZoneInfo

from station.models import Amenity

COUNTER = "/counter/lanyuan/"
SHANGHAI = ZoneInfo("Asia/Shanghai")


def as_seen(inside, **other):
    """What the form sends: everything as it stands, but for `other`."""
    seen = {f"amenity-{amenity.pk}": "working" for amenity in inside.values()}
    return seen | {f"amenity-{inside[code].pk}": choice for code, choice in other.items()}


def states(inside):
    return {code: tuple(Amenity.objects.values_list("state", "note").get(pk=one.pk)) for code, one in inside.items()}


def text_of(client, path):
    return client.get(path).content.decode()
