"""The poster at a station's door as PDF: A4 upright, a code that is read from two metres, when it is open, what it has.

One sheet a station, whatever there is to say: what is long is set smaller, never cut off.
"""

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from station.lib.hours_text import weekly_text
from station.lib.paper import GREY, INK, MM_PER_POINT, PADDING, RED, SANS, Cell, Sheets
from station.models import Amenity, Station

MOST_AT_ONCE = 200
LEFT, BOTTOM = 17, 287
GOLD, CREAM, WHITE = (214, 168, 96), (252, 245, 233), (255, 255, 255)
QR_SIZE, QR_QUIET = 84, 11  # millimetres; four modules of a small code are 11 mm
QR_LEVEL = "q"  # a quarter may be scratched, wet or glued over
NAME_POINTS = (54, 48, 42, 36, 30, 25, 21)
WAY_IN_POINTS = (22, 20, 18, 16, 14, 12)
BESIDE_POINTS = (19, 17.5, 16, 14.5, 13, 11.5, 10)  # hours beside amenities
BELOW_POINTS = (11.5, 10.5, 9.5, 8.5, 7.5, 6.5)  # too much for that: hours above amenities, each the full width
COLUMN_GAP, ROW_GAP = 9, 1.4
LEADING = 1.42


@dataclass(frozen=True)
class Poster:
    """What stands on the poster of one station."""

    name: str
    kind: str
    community: str
    address: str
    way_in: str
    phones: tuple[tuple[str, str], ...]
    hours: tuple[str, ...]
    holidays: str
    amenities: tuple[tuple[str, str], ...]  # icon, name
    url: str


class _Setting(NamedTuple):
    """Hours and amenities set in one size."""

    points: float
    hours: list[Cell]
    amenities: list[tuple[str, Cell]]
    height: float


def posters_of(stations) -> list[Poster]:
    """The posters of a queryset of stations, in three queries.

    What is broken today is named as well: it is mended sooner than paper is replaced.
    """
    amenities = Prefetch("amenities", Amenity.objects.select_related("kind").order_by("kind__order", "pk"))
    rows = stations.select_related("community").prefetch_related("weekly_hours", amenities)
    with translation.override(settings.LANGUAGE_CODE):
        return [_poster(station) for station in rows]


def _poster(station: Station) -> Poster:
    week = weekly_text((row.weekday, row.opens, row.closes) for row in station.weekly_hours.all())
    phones = [(_("驿站电话"), station.phone), (_("社区电话"), station.community.phone)]
    if station.phone == station.community.phone:
        phones = phones[1:]
    return Poster(
        name=station.name,
        kind=station.get_kind_display(),
        community=station.community.name,
        address=station.address,
        way_in=station.way_in,
        phones=tuple((label, phone) for label, phone in phones if phone),
        hours=tuple(part for part in week.split("；") if part),
        holidays=_("法定节假日休息，调休上班照常开") if station.follows_holidays else "",
        amenities=tuple((amenity.icon, amenity.name) for amenity in station.amenities.all()),
        url=settings.PUBLIC_URL + station.door_path,
    )


def write_posters(
    posters: Iterable[Poster], file: BinaryIO, *, at: datetime | None = None, anyway: bool = False
) -> None:
    """Write the posters as one PDF, in the language of its readers.

    Raises ValidationError where there is none, or for a character no font has, unless to be printed `anyway`.
    """
    posters = list(posters)
    if not posters:
        raise ValidationError(_("一个驿站也没选。"), code="none")
    with translation.override(settings.LANGUAGE_CODE), closing(Sheets(portrait=True, face=SANS)) as sheets:
        for poster in posters:
            sheets.where = ""
            _Sheet(poster, sheets).draw()
        sheets.finish()
        title = _("%(station)s门口海报") % {"station": posters[0].name} if len(posters) == 1 else _("门口海报")
        sheets.save(file, title=title, at=at or timezone.now(), anyway=anyway)


class _Sheet:
    """One poster being drawn from the top, and how far down."""

    def __init__(self, poster: Poster, sheets: Sheets):
        self.poster, self.sheets = poster, sheets
        self.width = sheets.w - 2 * LEFT
        self.column = (self.width - COLUMN_GAP) / 2

    def draw(self):
        sheets = self.sheets
        sheets.begin_sheet()
        sheets.fill(0, 0, sheets.w, 8, RED)
        sheets.fill(0, 8, sheets.w, 1.4, GOLD)
        if settings.DEMO:
            sheets.text_at(LEFT, 10.5, self.width, _("演示数据，人员均为虚构"), points=8, align="R", colour=GREY)
        y = self._head(16)
        y = self._code(y + 3)
        y = self._way_in(y + 5)
        foot = self._foot()
        self._details(y + 5, foot - 3)

    # --- from the top ------------------------------------------------------------------------------------------------
    def _head(self, y):
        """Kind, name as large as it fits, one warm sentence."""
        sheets = self.sheets
        kind = f"{self.poster.kind} · {self.poster.community}"
        sheets.text_at(LEFT, y, self.width, kind, points=14, align="C", height=7, colour=GREY)
        y += 8
        lines, points = self._fitting(self.poster.name, NAME_POINTS, self.width)
        for line in lines:
            height = points * MM_PER_POINT * 1.2
            sheets.text_at(LEFT, y, self.width, line, points=points, align="C", height=height, bold=True, colour=RED)
            y += height
        said = _("骑手、快递员、司机、环卫工，推门就进，不收钱")
        sheets.text_at(LEFT, y + 1.5, self.width, said, points=19, align="C", height=10)
        return y + 12

    def _code(self, y):
        """The code in its panel at the left, what to do with it at the right."""
        sheets, box = self.sheets, QR_SIZE + 2 * QR_QUIET
        sheets.fill(LEFT, y, self.width, box, CREAM)
        sheets.fill(LEFT, y, box, box, WHITE)
        sheets.frame(LEFT, y, box, box, line=0.6, colour=GOLD)
        sheets.qr(LEFT + QR_QUIET, y + QR_QUIET, self.poster.url, QR_SIZE, error=QR_LEVEL)
        x, room = LEFT + box + 5, self.width - box - 9
        steps = [
            (_("扫一扫"), _("微信或者手机相机都行")),
            (_("点一下行当"), _("只数人次，不记名字")),
            (_("进来歇歇"), _("门锁着、东西坏了，也扫这里告诉我们")),
        ]
        top = y + 9
        for number, (title, note) in enumerate(steps, 1):
            sheets.fill(x, top + 0.8, 8.4, 8.4, RED)
            look = {"points": 17, "bold": True}
            sheets.text_at(x, top + 0.8, 8.4, str(number), align="C", height=8.4, colour=WHITE, **look)
            sheets.text_at(x + 10, top, room - 10, title, height=10, **look)
            top = sheets.paragraph(x + 10, top + 10.5, room - 10, note, points=12.5, line_height=6, colour=GREY) + 6
        sheets.text_at(x - PADDING, y + box - 12, room + 4, _("不用下载，不用注册"), points=13, height=6, bold=True)
        lines, points = sheets.fitted(self.poster.url, room + 6, 8, shrink_to=0.6)
        for place, line in enumerate(lines[:2]):
            at = y + box - 5.4 + 3 * place
            sheets.text_at(x - PADDING, at, room + 6, line, points=points, height=3.4, colour=GREY)
        return y + box

    def _way_in(self, y):
        if not self.poster.way_in:
            return y - 5
        text = _("怎么进门：%(way_in)s") % {"way_in": self.poster.way_in}
        lines, points = self._fitting(text, WAY_IN_POINTS, self.width - 8)
        step = points * MM_PER_POINT * 1.4
        height = step * len(lines) + 5
        self.sheets.fill(LEFT, y, self.width, height, RED)
        for place, line in enumerate(lines):
            look = {"points": points, "bold": True, "colour": WHITE, "height": step, "align": "C"}
            self.sheets.text_at(LEFT + 4, y + 2.5 + place * step, self.width - 8, line, **look)
        return y + height

    def _details(self, y, limit):
        """Hours and amenities, in the largest letters that leave both above the foot."""
        y += 11
        for points in BESIDE_POINTS:
            setting = self._set_beside(points)
            if setting.height <= limit - y:
                return self._draw_beside(y, setting)
        for points in BELOW_POINTS:
            cells = self._set_below(points)
            if self._height(cells) <= limit - y:
                break
        return self._draw_below(y, cells)

    def _headings(self, y, *places):
        for x, text in places:
            look = {"points": 17, "height": 8, "bold": True, "colour": RED}
            self.sheets.text_at(x - PADDING, y - 11, self.column, text, **look)
        self.sheets.rule([(LEFT, y - 2.4, LEFT + self.width, y - 2.4)], width=0.5, colour=GOLD)

    def _hours(self):
        hours = list(self.poster.hours) or [_("还没定，以门口通知为准")]
        return hours + ([self.poster.holidays] if self.poster.holidays and self.poster.hours else [])

    def _set_beside(self, points):
        sheets, step = self.sheets, _step(points)
        hours = [sheets.fit(text, self.column, points=points) for text in self._hours()]
        room = self.column / 2 - _icon_size(points) - 0.6
        amenities = [(icon, sheets.fit(name, room, points=points)) for icon, name in self.poster.amenities]
        rows = (amenities[place : place + 2] for place in range(0, len(amenities), 2))
        right = sum(step * max(len(cell.lines) for _icon, cell in row) + ROW_GAP for row in rows)
        return _Setting(points, hours, amenities, max(self._height(hours), right))

    def _draw_beside(self, y, setting):
        sheets, step, size = self.sheets, _step(setting.points), _icon_size(setting.points)
        right = LEFT + self.column + COLUMN_GAP
        self._headings(y, (LEFT, _("开放时间")), *([(right, _("有什么"))] if setting.amenities else ()))
        self._draw_cells(y, setting.hours, self.column)
        half = self.column / 2
        for place in range(0, len(setting.amenities), 2):
            pair = setting.amenities[place : place + 2]
            height = step * max(len(cell.lines) for _icon, cell in pair)
            for (icon, cell), x in zip(pair, (right, right + half), strict=False):
                sheets.icon(x, y + (step - size) / 2, size, icon, colour=RED)
                sheets.draw_cell(x + size + 0.6, y, half - size, step * len(cell.lines), cell, line_height=step)
            y += height + ROW_GAP

    def _set_below(self, points):
        texts = self._hours()
        if self.poster.amenities:
            names = "、".join(name for _icon, name in self.poster.amenities)
            texts.append(_("有：%(amenities)s") % {"amenities": names})
        return [self.sheets.fit(text, self.width, points=points) for text in texts]

    def _draw_below(self, y, cells):
        self._headings(y, (LEFT, _("开放时间和设施")))
        self._draw_cells(y, cells, self.width)

    def _draw_cells(self, y, cells, width):
        for cell in cells:
            step = _step(cell.points)
            height = step * len(cell.lines)
            self.sheets.draw_cell(LEFT - PADDING, y, width, height, cell, line_height=step)
            y += height + ROW_GAP

    @staticmethod
    def _height(cells):
        return sum(_step(cell.points) * len(cell.lines) + ROW_GAP for cell in cells)

    # --- at the bottom -----------------------------------------------------------------------------------------------
    def _foot(self):
        """Where it is and whom to call; returns how far down the rest may go."""
        sheets = self.sheets
        phones = "　".join(f"{label} {phone}" for label, phone in self.poster.phones)
        lines = [*sheets.fitted(self.poster.address, self.width, 12.5)[0], *filter(None, [phones])]
        y = BOTTOM - 6.4 * len(lines)
        sheets.rule([(LEFT, y - 2, LEFT + self.width, y - 2)], width=0.5, colour=GOLD)
        for place, line in enumerate(lines):
            look = {"points": 12.5, "height": 6.4, "align": "C", "bold": place == len(lines) - 1 and bool(phones)}
            sheets.text_at(LEFT, y + place * 6.4, self.width, line, colour=INK, **look)
        return y - 2

    def _fitting(self, text, sizes, room):
        """The text in the largest of `sizes` in which it takes one line, else two, else as many as it takes."""
        for most_lines in (1, 2):
            for points in sizes:
                lines, set_in = self.sheets.fitted(text, room, points, shrink_to=1)
                if len(lines) <= most_lines:
                    return lines, set_in
        return lines, set_in


def _step(points):
    """From line to line, in millimetres."""
    return points * MM_PER_POINT * LEADING


def _icon_size(points):
    return points * MM_PER_POINT * 1.25
