"""The lines of work the station serves; the door counts by them and the ledger sorts by them."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Occupation(TextChoices):
    FOOD_RIDER = "food_rider", _("外卖骑手")
    COURIER = "courier", _("快递员")
    RIDE_HAILING = "ride_hailing", _("网约车司机")
    TRUCK_DRIVER = "truck_driver", _("货车司机")
    SANITATION = "sanitation", _("环卫工人")
    STREAMER = "streamer", _("网络主播")
    OTHER = "other", _("其他劳动者")

    @property
    def icon(self):
        """The sprite symbol that stands for this line of work."""
        return {
            "food_rider": "meal",
            "courier": "box",
            "ride_hailing": "car",
            "truck_driver": "truck",
            "sanitation": "broom",
            "streamer": "megaphone",
            "other": "heart",
        }[self.value]
