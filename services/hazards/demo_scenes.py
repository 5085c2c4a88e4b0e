"""Drawn street scenes that stand for the demo's photos: no camera, no place, no person."""

import io

from PIL import Image, ImageDraw

from services.hazards.models.reports import Category

WIDTH, HEIGHT = 640, 480
HORIZON = 250
SKY, WALL, WINDOW, ROAD, LINE = "#f3c48a", "#b98d6b", "#ffe3a8", "#6d6a70", "#e9e2d4"
DARK, METAL, GREEN, RED, WATER = "#2f2a2e", "#8f9298", "#4f7f5b", "#b3402a", "#6f9fc0"


def scene(category, *, fixed=False):
    """A PNG file of this hazard in the street; `fixed`: the same corner afterwards."""
    image = Image.new("RGB", (WIDTH, HEIGHT), SKY)
    pen = ImageDraw.Draw(image)
    _street(pen)
    (FIXED if fixed else BROKEN).get(category, _barrier)(pen)
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=1)
    out.seek(0)
    return out


def _street(pen):
    for left, top in ((0, 90), (170, 130), (330, 70), (500, 120)):
        pen.rectangle((left, top, left + 150, HORIZON), fill=WALL)
        for x in range(left + 20, left + 130, 40):
            for y in range(top + 20, HORIZON - 30, 45):
                pen.rectangle((x, y, x + 20, y + 26), fill=WINDOW)
    pen.rectangle((0, HORIZON, WIDTH, HEIGHT), fill=ROAD)
    for x in range(20, WIDTH, 130):
        pen.polygon([(x, 445), (x + 70, 445), (x + 64, 455), (x - 6, 455)], fill=LINE)


def _pothole(pen):
    pen.ellipse((210, 320, 430, 410), fill=DARK)
    pen.ellipse((240, 336, 400, 396), fill="#463f42")


def _patched(pen):
    pen.rectangle((200, 316, 440, 412), fill="#5b585d")


def _manhole(pen):
    pen.ellipse((220, 320, 420, 400), fill=DARK)
    pen.chord((300, 296, 480, 372), 20, 200, fill=METAL)


def _covered(pen):
    pen.ellipse((220, 320, 420, 400), fill=METAL, outline=DARK, width=5)
    for x in range(255, 400, 28):
        pen.line((x, 338, x, 382), fill=DARK, width=4)


def _cars(pen):
    for left, colour in ((60, RED), (250, "#e8e4da"), (440, "#54708c")):
        pen.rounded_rectangle((left, 290, left + 150, 360), 18, fill=colour)
        pen.rounded_rectangle((left + 30, 258, left + 120, 305), 14, fill=colour)
        for x in (left + 22, left + 98):
            pen.ellipse((x, 342, x + 32, 374), fill=DARK)


def _free_way(pen):
    for x in range(60, 600, 60):
        pen.line((x, 300, x + 40, 390), fill="#f2c230", width=9)
    pen.rectangle((50, 295, 610, 395), outline="#f2c230", width=6)


def _wire_to_bike(pen):
    pen.line((360, 90, 340, 200, 300, 330), fill=DARK, width=4)
    for x in (250, 370):
        pen.ellipse((x, 340, x + 70, 410), outline=DARK, width=8)
    pen.line((285, 375, 330, 320, 380, 320, 405, 375), fill=RED, width=10)


def _hanging_wire(pen):
    pen.rectangle((110, 60, 124, 400), fill="#5b4637")
    pen.line((117, 80, 330, 330, 360, 360), fill=DARK, width=5)
    pen.line((117, 95, 640, 110), fill=DARK, width=4)


def _dark_lamp(pen, light="#4a464a"):
    pen.rectangle((310, 80, 322, 400), fill=METAL)
    pen.line((316, 84, 390, 74), fill=METAL, width=10)
    pen.ellipse((372, 66, 424, 98), fill=light)


def _lit_lamp(pen):
    pen.polygon([(380, 95), (418, 95), (520, 410), (270, 410)], fill="#ffe9b8")
    _dark_lamp(pen, light="#fff6d8")


def _rubbish(pen):
    for left, top, colour in ((200, 330, DARK), (270, 300, "#7a6a55"), (350, 335, GREEN), (300, 350, "#94826b")):
        pen.ellipse((left, top, left + 110, top + 80), fill=colour)


def _clean(pen):
    pen.rounded_rectangle((260, 270, 370, 390), 10, fill=GREEN)
    pen.rectangle((250, 258, 380, 276), fill="#3b6246")


def _puddle(pen):
    pen.ellipse((110, 310, 540, 430), fill=WATER)
    pen.ellipse((190, 335, 420, 400), fill="#86b3d1")


def _barrier(pen):
    pen.rectangle((180, 300, 460, 345), fill=LINE)
    for x in range(180, 460, 70):
        pen.polygon([(x, 345), (x + 35, 345), (x + 70, 300), (x + 35, 300)], fill=RED)
    for x in (200, 430):
        pen.rectangle((x, 345, x + 12, 400), fill=DARK)


BROKEN = {
    Category.ROAD: _pothole,
    Category.MANHOLE: _manhole,
    Category.FIRE: _cars,
    Category.BATTERY: _wire_to_bike,
    Category.WIRE: _hanging_wire,
    Category.LIGHT: _dark_lamp,
    Category.RUBBISH: _rubbish,
    Category.WATER: _puddle,
}
FIXED = {
    Category.ROAD: _patched,
    Category.WATER: _patched,
    Category.MANHOLE: _covered,
    Category.FIRE: _free_way,
    Category.LIGHT: _lit_lamp,
    Category.RUBBISH: _clean,
    Category.BATTERY: _street,
}
