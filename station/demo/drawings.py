"""Drawn pictures that stand for the demo's photos: a door in the evening, a room, the way in. No camera, no person."""

import io
from itertools import pairwise

from PIL import Image, ImageDraw, ImageFont, ImageOps

from station.lib.paper import RARE_FONT, RARE_FONT_FACE

WIDTH, HEIGHT = 1600, 1200
SHRINK = 3, 4  # drawn larger and shrunk, which smooths the edges
CREAM, PAPER, INK, RED, DEEP_RED, GOLD = "#f7ead2", "#fbf5ea", "#2b1d14", "#b8412a", "#8c2710", "#f5b04c"
WOOD, DARK_WOOD, STEEL, LEAF, WATER = "#b07a4a", "#7c5230", "#a7adb3", "#5d8a5f", "#8fc1d6"


def door(name, *, wall="#c9925f", joints="#b88050", night=False):
    """The front of a station whose lamp is lit; `name` stands above the door."""
    image = _gradient("#1c2140", "#5a3f5c") if night else _gradient("#3d4a7a", "#f0a878")
    pen = ImageDraw.Draw(image)
    for x, y, size in ((130, 90, 5), (420, 160, 4), (860, 70, 5), (1210, 140, 4), (1480, 60, 5), (1330, 250, 3)):
        pen.ellipse((x, y, x + size, y + size), fill="#fff6dc")
    for left, top, right in ((0, 420, 210), (1400, 360, 1600), (1250, 470, 1420)):
        _house_behind(pen, left, top, right)
    pen.rectangle((0, 1010, WIDTH, HEIGHT), fill="#4b4250")
    pen.rectangle((0, 1010, WIDTH, 1024), fill="#6d6070")
    pen.rectangle((190, 300, 1290, 1010), fill=wall)
    for row, y in enumerate(range(320, 1010, 46)):
        for x in range(190 - 55 * (row % 2), 1290, 110):
            pen.line((max(190, x), y, min(1290, x + 100), y), fill=joints, width=4)
    pen.polygon([(150, 312), (1330, 312), (1250, 210), (230, 210)], fill="#5c3527")
    pen.rounded_rectangle((440, 338, 1040, 458), 18, fill=DEEP_RED, outline=GOLD, width=6)
    _text(pen, (740, 398), name, 66 if len(name) < 8 else 54, "#ffe9b8")
    _awning(pen, 330, 1150, 480)
    _window(image, (250, 610, 560, 900))
    _window(image, (920, 610, 1230, 900))
    _glow(image, (740, 610), 520, 0.75)
    pen.rectangle((606, 590, 874, 1010), fill=DARK_WOOD)
    pen.rectangle((630, 614, 850, 1010), fill="#ffd98f")
    pen.rectangle((736, 614, 744, 1010), fill=DARK_WOOD)
    for x in (650, 762):
        pen.rectangle((x, 640, x + 68, 800), fill="#fff0c4")
    pen.ellipse((704, 812, 724, 832), fill=INK)
    pen.ellipse((756, 812, 776, 832), fill=INK)
    _lantern(image, pen, 250 + 330, 560)
    _lantern(image, pen, 900, 560)
    pen.polygon([(606, 1010), (874, 1010), (1060, HEIGHT), (420, HEIGHT)], fill="#8a6a58")
    _glow(image, (740, 1120), 420, 0.45)
    _plant(pen, 575, 1010)
    _plant(pen, 905, 1010)
    _bike(pen, 1120, 1050)
    return _file(image)


def inside():
    """The room: a table with stools, microwave, water, a lamp, a sofa."""
    image = _gradient("#f6e2c0", "#f0cf9f")
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 860, WIDTH, HEIGHT), fill="#c08a58")
    for y in range(900, HEIGHT, 66):
        pen.line((0, y, WIDTH, y), fill="#a9744a", width=4)
    pen.rectangle((0, 844, WIDTH, 868), fill="#8d5f3a")
    pen.rounded_rectangle((110, 170, 520, 560), 14, fill="#3c4a76", outline=PAPER, width=20)
    for x, y in ((190, 250), (300, 220), (420, 300), (250, 360)):
        pen.ellipse((x, y, x + 7, y + 7), fill="#fff6dc")
    pen.rectangle((140, 470, 250, 545), fill="#2b3558")
    pen.rectangle((300, 430, 480, 545), fill="#2b3558")
    for x in (170, 330, 390, 440):
        pen.rectangle((x, 490, x + 20, 515), fill=GOLD)
    pen.rectangle((308, 180, 322, 550), fill=PAPER)
    pen.rounded_rectangle((1040, 120, 1340, 320), 12, fill=DEEP_RED)
    _text(pen, (1190, 190), "推门就进", 60, "#ffe9b8")
    _text(pen, (1190, 268), "累了坐一坐", 40, "#ffe9b8")
    pen.rectangle((1030, 520, 1520, 548), fill=DARK_WOOD)  # counter
    pen.rectangle((1030, 548, 1520, 880), fill=WOOD)
    for x in (1050, 1290):
        pen.rounded_rectangle((x, 580, x + 210, 850), 10, outline=DARK_WOOD, width=6)
        pen.ellipse((x + 170, 700, x + 186, 716), fill=DARK_WOOD)
    pen.rounded_rectangle((1060, 380, 1300, 520), 14, fill="#e9e4da", outline="#9b958b", width=6)  # microwave
    pen.rounded_rectangle((1080, 400, 1228, 500), 10, fill="#3b3a42")
    pen.ellipse((1120, 440, 1190, 484), fill="#e59a4a")
    for y in (412, 440, 468):
        pen.ellipse((1254, y, 1276, y + 22), fill="#9b958b")
    pen.rounded_rectangle((1370, 330, 1480, 520), 14, fill="#f4f1ea", outline="#9b958b", width=6)  # water
    pen.rounded_rectangle((1385, 230, 1465, 336), 24, fill=WATER, outline="#6fa3ba", width=5)
    pen.rectangle((1398, 420, 1412, 446), fill=RED)
    pen.rectangle((1438, 420, 1452, 446), fill="#3f7fb0")
    pen.rounded_rectangle((60, 690, 560, 900), 40, fill="#8a4a3c")  # sofa
    pen.rounded_rectangle((40, 780, 580, 960), 40, fill="#a2594a")
    pen.rounded_rectangle((90, 750, 300, 860), 26, fill="#c4776a")
    pen.rounded_rectangle((320, 750, 530, 860), 26, fill="#c4776a")
    for x in (90, 520):
        pen.rectangle((x, 950, x + 24, 990), fill=DARK_WOOD)
    pen.line((800, 0, 800, 490), fill=INK, width=5)
    pen.polygon([(720, 560), (880, 560), (840, 480), (760, 480)], fill=RED)
    _glow(image, (800, 640), 460, 0.5)
    pen.rounded_rectangle((600, 840, 1010, 876), 16, fill=DARK_WOOD)  # table
    for x in (640, 950):
        pen.rectangle((x, 876, x + 22, 1090), fill=DARK_WOOD)
    for x in (560, 1000):
        pen.rounded_rectangle((x, 960, x + 120, 988), 12, fill=RED)
        for leg in (x + 14, x + 92):
            pen.rectangle((leg, 988, leg + 14, 1110), fill=DARK_WOOD)
    pen.rounded_rectangle((690, 770, 780, 842), 10, fill=PAPER)  # a lunch box and a cup that steams
    pen.rectangle((690, 790, 780, 802), fill=RED)
    pen.rounded_rectangle((850, 780, 906, 842), 10, fill="#dfeef4")
    pen.arc((896, 792, 930, 828), -90, 90, fill="#dfeef4", width=8)
    for x in (862, 882):
        pen.arc((x - 8, 726, x + 12, 752), 90, 270, fill=PAPER, width=4)
        pen.arc((x - 8, 750, x + 12, 776), -90, 90, fill=PAPER, width=4)
    _plant(pen, 1560, 900)
    return _file(image)


def way_in():
    """A small map: from the street past the bank's door to the station."""
    image = Image.new("RGB", (WIDTH, HEIGHT), "#eef0e2")
    pen = ImageDraw.Draw(image)
    road, kerb, block = "#ffffff", "#d9d4c4", "#e6dcc6"
    for box in ((60, 60, 420, 420), (60, 760, 420, 1140), (760, 60, 1540, 300), (1180, 760, 1540, 1140)):
        pen.rounded_rectangle(box, 24, fill=block)
    for x, y in ((120, 130), (250, 130), (120, 260), (250, 260), (130, 840), (260, 960), (1250, 850), (1390, 960)):
        pen.rounded_rectangle((x, y, x + 96, y + 90), 10, fill="#d6c8a8")
    for x, y in ((400, 520), (80, 500), (1460, 420), (1300, 1060), (700, 1110)):
        pen.ellipse((x - 34, y - 34, x + 34, y + 34), fill="#bcd0a6")
    pen.rectangle((480, 0, 660, HEIGHT), fill=road, outline=kerb, width=8)
    pen.rectangle((0, 590, WIDTH, 720), fill=road, outline=kerb, width=8)
    pen.rectangle((488, 598, 652, 712), fill=road)
    for y in range(20, HEIGHT, 90):
        pen.rectangle((566, y, 574, y + 46), fill=kerb)
    for place, character in enumerate("建设北路"):
        _text(pen, (570, 130 + 84 * place), character, 54, "#6d6557")
    _text(pen, (1370, 655), "岚园小区北门", 50, "#6d6557")
    pen.rounded_rectangle((760, 360, 1420, 570), 20, fill="#f3c98b", outline="#c28a4a", width=8)
    _text(pen, (1210, 440), "银行大厅", 62, INK)
    pen.rounded_rectangle((780, 380, 1010, 550), 16, fill=RED)
    _text(pen, (895, 440), "驿站", 66, "#ffe9b8")
    _text(pen, (895, 512), "左手边", 36, "#ffe9b8")
    pen.rectangle((1060, 556, 1160, 580), fill=INK)
    _text(pen, (1110, 520), "大门", 36, INK)
    route = [(570, 1130), (570, 655), (1110, 655), (1110, 600)]
    for (x1, y1), (x2, y2) in pairwise(route):
        steps = max(abs(x2 - x1), abs(y2 - y1)) // 44
        for step in range(steps + 1):
            x, y = x1 + (x2 - x1) * step / max(1, steps), y1 + (y2 - y1) * step / max(1, steps)
            pen.ellipse((x - 12, y - 12, x + 12, y + 12), fill=DEEP_RED)
    pen.ellipse((540, 1100, 600, 1160), fill=DEEP_RED, outline=PAPER, width=8)
    _text(pen, (700, 1130), "您在这儿", 46, DEEP_RED)
    pen.polygon([(845, 330), (945, 330), (895, 396)], fill=DEEP_RED)
    pen.ellipse((830, 220, 960, 350), fill=DEEP_RED)
    pen.ellipse((864, 254, 926, 316), fill=PAPER)
    return _file(image)


# --- pieces -----------------------------------------------------------------------------------------------------------
def _gradient(top, bottom):
    return ImageOps.colorize(Image.linear_gradient("L").resize((WIDTH, HEIGHT)), top, bottom)


def _file(image):
    out = io.BytesIO()
    size = (WIDTH * SHRINK[0] // SHRINK[1], HEIGHT * SHRINK[0] // SHRINK[1])
    image.resize(size, Image.Resampling.HAMMING).save(out, "JPEG", quality=92)
    out.seek(0)
    return out


def _text(pen, middle, text, size, colour):
    font = ImageFont.truetype(str(RARE_FONT), size, index=RARE_FONT_FACE)
    pen.text(middle, text, font=font, fill=colour, anchor="mm", stroke_width=size // 30, stroke_fill=colour)


def _glow(image, middle, radius, strength):
    light = ImageOps.invert(Image.radial_gradient("L")).resize((2 * radius, 2 * radius))
    light = light.point(lambda value: max(0, value - 75) * 1.4 * strength)
    box = (middle[0] - radius, middle[1] - radius)
    image.paste(Image.new("RGB", light.size, "#ffd27a"), box, light)


def _house_behind(pen, left, top, right):
    pen.rectangle((left, top, right, 1010), fill="#43395a")
    for x in range(left + 26, right - 40, 66):
        for y in range(top + 40, 960, 92):
            pen.rectangle((x, y, x + 30, y + 42), fill="#f2bf72" if (x * 7 + y) % 3 else "#5a4d70")


def _awning(pen, left, right, top):
    width = (right - left) / 12
    for place in range(12):
        x = left + place * width
        colour = RED if place % 2 == 0 else CREAM
        pen.rectangle((x, top, x + width, top + 74), fill=colour)
        pen.pieslice((x, top + 44, x + width, top + 104), 0, 180, fill=colour)
    pen.rectangle((left - 8, top - 12, right + 8, top + 4), fill=DEEP_RED)


def _window(image, box):
    left, top, right, bottom = box
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((left - 16, top - 16, right + 16, bottom + 16), 12, fill=DARK_WOOD)
    pen.rectangle(box, fill="#ffdd95")
    pen.rectangle((left, bottom - 70, right, bottom), fill="#e2a862")
    pen.rounded_rectangle((left + 40, bottom - 130, left + 110, bottom - 70), 10, fill=STEEL)
    pen.rounded_rectangle((right - 120, bottom - 108, right - 70, bottom - 70), 8, fill=PAPER)
    middle = (left + right) // 2
    pen.rectangle((middle - 5, top, middle + 5, bottom), fill=DARK_WOOD)
    pen.rectangle((left, top + 96, right, top + 106), fill=DARK_WOOD)


def _lantern(image, pen, x, y):
    _glow(image, (x, y + 50), 190, 0.9)
    pen.line((x, y - 30, x, y), fill=INK, width=6)
    pen.rounded_rectangle((x - 44, y, x + 44, y + 96), 34, fill="#e2502e")
    pen.rectangle((x - 30, y - 8, x + 30, y + 6), fill=GOLD)
    pen.rectangle((x - 30, y + 90, x + 30, y + 104), fill=GOLD)
    pen.line((x, y + 104, x, y + 140), fill=GOLD, width=6)


def _plant(pen, x, y):
    for dx, dy in ((-46, -150), (0, -190), (46, -150), (-26, -110), (26, -110)):
        pen.ellipse((x + dx - 34, y + dy - 34, x + dx + 34, y + dy + 54), fill=LEAF)
    pen.polygon([(x - 46, y - 80), (x + 46, y - 80), (x + 34, y + 6), (x - 34, y + 6)], fill="#a4552f")


def _bike(pen, x, y):
    for wheel in (x, x + 270):
        pen.ellipse((wheel - 70, y - 70, wheel + 70, y + 70), outline="#1d1a22", width=20)
        pen.ellipse((wheel - 14, y - 14, wheel + 14, y + 14), fill=STEEL)
    pen.line([(x, y), (x + 90, y - 20), (x + 200, y - 20), (x + 240, y - 190)], fill="#f0c23a", width=24, joint="curve")
    pen.line([(x + 270, y), (x + 236, y - 180)], fill="#d9d4cc", width=16)
    pen.line([(x + 196, y - 200), (x + 262, y - 190)], fill="#1d1a22", width=16)
    pen.rounded_rectangle((x + 40, y - 110, x + 160, y - 76), 14, fill="#1d1a22")
    pen.rounded_rectangle((x - 70, y - 230, x + 66, y - 104), 14, fill="#f0c23a", outline="#c79a1e", width=6)
    pen.ellipse((x + 230, y - 176, x + 262, y - 144), fill="#fff3c9")
