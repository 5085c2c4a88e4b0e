"""The pictures of a station: its photos, and the one that goes along when its page is shared."""

from django.contrib.auth.decorators import login_not_required
from django.core.files.storage import default_storage
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

from station.lib.photo_sizes import FORMATS, largest_of
from station.models import Station, StationPhoto
from station.operations.pictures import FOLDER
from station.share import ShareCard, share_picture
from station.views.files import stored_file


@require_safe
@login_not_required
@cache_control(public=True, max_age=31_536_000, immutable=True)
def station_photo(request, code, name):
    """One file of a photo that hangs at this station. Its name is random and its content never changes."""
    largest = largest_of(name)
    if largest is None or not StationPhoto.objects.filter(station__code=code, image=FOLDER + largest).exists():
        raise Http404
    return stored_file(lambda: default_storage.open(FOLDER + name), content_type=FORMATS[name.rpartition(".")[2]])


@require_safe
@login_not_required
def station_photos(request, code):
    """The photos large, one below the other: a picture alone is no page that fits a phone."""
    station = get_object_or_404(Station.objects.listed(), code=code.lower())
    return render(request, "station/station_photos.html", {"station": station, "photos": station.photos.all()})


@require_safe
@login_not_required
def station_share(request, code):
    """The picture for messengers; it is drawn anew when what stands on it changes."""
    return _share(request, ShareCard.of(get_object_or_404(Station.objects.listed(), code=code.lower())))


@condition(etag_func=lambda request, card: f'"{card.digest}"')
def _share(request, card):
    headers = {"Cache-Control": "public, max-age=3600"}
    return HttpResponse(share_picture(card), content_type="image/png", headers=headers)
