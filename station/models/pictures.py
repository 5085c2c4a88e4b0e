"""What a station looks like."""

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from station.models.places import Station


class StationPhotoQuerySet(models.QuerySet):
    def visible_to(self, user, permission="station.view_stationphoto"):
        scope = user.scope_for(permission)
        return self.filter(scope.q(community="station__community", station="station"))


class StationPhoto(models.Model):
    """One picture of a station: a new JPEG without metadata, with smaller and newer forms beside it.

    `image` is the largest JPEG; `station.lib.photos` says how its smaller sizes and other formats are called.
    """

    class Shows(models.TextChoices):
        DOOR = "door", _("门口")
        INSIDE = "inside", _("里面")
        WAY_IN = "way_in", _("怎么走")

    station = models.ForeignKey(Station, models.CASCADE, related_name="photos", verbose_name=_("驿站"))
    shows = models.CharField(_("拍的是"), max_length=10, choices=Shows, default=Shows.DOOR)
    caption = models.CharField(_("说明"), max_length=40, blank=True)
    position = models.PositiveSmallIntegerField(_("顺序"), default=1)
    image = models.ImageField(_("照片"), upload_to="stations/", width_field="width", height_field="height")
    width = models.PositiveSmallIntegerField(editable=False, default=0)
    height = models.PositiveSmallIntegerField(editable=False, default=0)
    added_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = StationPhotoQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("驿站照片")
        ordering = ["station", "position", "pk"]

    def __str__(self):
        return f"{self.get_shows_display()}"

    @property
    def alt(self):
        """What is read aloud instead of the picture; its caption stands beside it."""
        return f"{self.station.name}{self.get_shows_display()}"

    def url(self, file_name):
        """Where one of its files is handed out, by a name of station.lib.photo_sizes."""
        return reverse("station-photo", args=[self.station.code, file_name])
