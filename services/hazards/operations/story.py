"""What every change of a report leaves behind: an event its reporter reads, its photos, a message."""

from functools import partial

from django.conf import settings
from django.db import transaction

from services.hazards.models import Photo, ReportEvent
from station.lib import notify
from station.lib.db import save_checked


def tell(report, *, by, text=""):
    """Add the event that says where the report stands now. Raises ValidationError."""
    return save_checked(ReportEvent(report=report, state=report.state, by=by, text=text))


def keep_photos(report, photos, moment):
    """Store cleaned photos with the report; a rollback leaves at most a file under a random name nobody points to."""
    for clean in photos:
        photo = Photo(report=report, moment=moment)
        for stored, picture in ((photo.image, clean.picture), (photo.thumbnail, clean.thumbnail)):
            stored.save(picture.content.name, picture.content, save=False)
        save_checked(photo)


def notify_after_commit(kind, report, to):
    """Send `to` the message `kind` once the change is certain. It names the number and the state, never the place."""
    if to is None or not to.phone:
        return
    context = {
        "number": report.number,
        "due_at": report.due_at,
        "refusal": report.get_refusal_display(),
        "url": f"{settings.PUBLIC_URL}{report.get_absolute_url()}",
    }
    message = notify.Message(kind=kind, to_phone=to.phone, to_user_uid=to.uid, context=context)
    transaction.on_commit(partial(notify.send, message))
