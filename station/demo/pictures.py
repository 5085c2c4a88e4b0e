"""The demo's photos of its stations, and the files attached to its notices."""

import io

from station.demo import drawings
from station.lib.attachments import clean_attachment
from station.lib.photo_sizes import photo_set
from station.models import Notice, Station, StationPhoto
from station.operations.notices import attach_file
from station.operations.pictures import add_station_photo
from station.posters import posters_of, write_posters

Shows = StationPhoto.Shows


def add_pictures(world):
    """Drawn, for there is no camera here; stored the way an upload is."""
    blue = {"wall": "#7e9fb8", "joints": "#7091ab"}
    for code, shows, caption, picture in [
        ("lanyuan", Shows.DOOR, "傍晚的门口，灯亮着就是开着", drawings.door("岚园暖心驿站")),
        ("lanyuan", Shows.INSIDE, "进门左手边能热饭、接水，桌子随便坐", drawings.inside()),
        ("lanyuan", Shows.WAY_IN, "从建设北路过来，进银行大门往左", drawings.way_in()),
        ("xiaotang", Shows.DOOR, "蓝色小屋，认准红灯笼", drawings.door("晓塘路小站", **blue)),
        ("xiaguang", Shows.DOOR, "夜里灯一直亮着", drawings.door("霞光路自助驿站", night=True)),
    ]:
        station = world.stations[code]
        position = station.photos.count() + 1
        add_station_photo(station, photo_set(picture), by=world.admin, shows=shows, caption=caption, position=position)


def add_files(world):
    """The poster of the first station, to be printed and hung up at a shop's till."""
    file = io.BytesIO()
    write_posters(posters_of(Station.objects.filter(pk=world.stations["lanyuan"].pk)), file)
    notice = Notice.objects.news().get(community=world.community, pinned=True)
    attach_file(notice, clean_attachment(file, "岚园暖心驿站门口海报.pdf"), by=world.admin)
