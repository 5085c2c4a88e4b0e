"""The pictures of a station: added, described anew, taken down."""

from django.db import transaction

from station.lib.db import save_checked
from station.lib.photo_sizes import file_names
from station.models import StationPhoto
from station.operations import audit
from station.operations.files import remove_after_commit, stored

FOLDER = "stations/"


@transaction.atomic
def add_station_photo(station, upload, *, by, shows=StationPhoto.Shows.DOOR, caption="", position=1):
    """Hang up a photo, a `station.lib.photo_sizes.PhotoSet`. Raises ValidationError."""
    with stored({FOLDER + name: content for name, content in upload.files.items()}):
        photo = StationPhoto(
            station=station,
            shows=shows,
            caption=caption,
            position=position,
            width=upload.width,
            height=upload.height,
            image=FOLDER + upload.name,
        )
        save_checked(photo)
        audit.record("add stationphoto", photo, by=by, community=station.community, shows=shows)
    return photo


@transaction.atomic
def describe_station_photo(photo, *, by, fields=()):
    """Save what a photo shows, its caption and place; `fields` names what changed. Raises ValidationError."""
    save_checked(photo)
    audit.record("change stationphoto", photo, by=by, community=photo.station.community, fields=sorted(fields))
    return photo


@transaction.atomic
def remove_station_photo(photo, *, by):
    """Take a photo down; its files go once that is certain."""
    audit.record("delete stationphoto", photo, by=by, community=photo.station.community)
    names = file_names(photo.image.name, photo.width, photo.height) if photo.image else ()
    photo.delete()
    remove_after_commit(names)
