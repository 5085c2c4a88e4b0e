"""What faults and voices forget: whose phone it was, what a rider photographed, how somebody could be reached.

Faults, voices and answers themselves stay: they are the record of the station and point to nobody.
"""

from datetime import timedelta

from django.db.models import F, Q, TextField, Value
from django.db.models.lookups import Exact

from station.models import FaultPhoto, FaultVoice, Voice

#: The digest of an address serves limits and independence within a day.
KEEP_ADDRESSES = timedelta(days=1)
#: After the end of a fault nobody can say "me too" any more.
KEEP_FAULT_VOICES = timedelta(days=30)
#: A photo may show more than the microwave.
KEEP_FAULT_PHOTOS = timedelta(days=180)
#: From the answer on; one never answered, from when it was said.
KEEP_CONTACTS = timedelta(days=365)
#: An encrypted field has no lookups; empty it is stored as it is.
NO_CONTACT = Exact(F("contact"), Value("", output_field=TextField()))


def forget_remarks(now):
    """Forget by age, as said above; how many of each."""
    ended = FaultVoice.objects.filter(fault__ended_at__lt=now - KEEP_FAULT_VOICES)
    old = Q(replied_at__lt=now - KEEP_CONTACTS) | Q(replied_at=None, said_at__lt=now - KEEP_CONTACTS)
    return {
        "addresses of faults": FaultVoice.objects.filter(at__lt=now - KEEP_ADDRESSES)
        .exclude(address="")
        .update(address=""),
        "voices of faults": ended.delete()[0],
        "photos of faults": _forget_photos(now),
        "contacts of voices": Voice.objects.filter(old).exclude(NO_CONTACT).update(contact=""),
    }


def _forget_photos(now):
    photos = list(FaultPhoto.objects.filter(fault__ended_at__lt=now - KEEP_FAULT_PHOTOS))
    for photo in photos:
        for stored in (photo.image, photo.thumbnail):
            stored.delete(save=False)
        photo.delete()
    return len(photos)
