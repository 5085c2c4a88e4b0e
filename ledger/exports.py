"""A roster as a spreadsheet: Excel or CSV, with who, when and why above the table."""

from collections.abc import Iterator
from typing import BinaryIO

from django.utils import timezone
from django.utils.translation import gettext as _

from ledger.rosters import RosterCopy
from ledger.summary import summary_of
from station.lib.tables import Column, Sheet
from station.lib.tables import write_csv as write_csv_file
from station.lib.tables import write_xlsx as write_xlsx_file

ORDINAL_CHARS = 6
SIGNING_ROOM = "\u3000" * 8


def header_lines(copy: RosterCopy) -> list[str]:
    """What stands above every exported table."""
    filters = [_("筛选：%(filters)s") % {"filters": "；".join(copy.shown_filters)}] if copy.shown_filters else []
    return [copy.title, *filters, *made_lines(copy), copy.mask_note + _("内部资料，用完请删除。")]


def made_lines(copy: RosterCopy) -> list[str]:
    """Who exported it, when and why; and where to ask whether it is genuine."""
    return [
        _("%(at)s　%(by)s 导出　用途：%(reason)s")
        % {
            "at": timezone.localtime(copy.at).strftime("%Y-%m-%d %H:%M"),
            "by": copy.by_name,
            "reason": copy.reason,
        },
        _("流水号 %(serial)s　核验：%(url)s") % {"serial": copy.serial, "url": copy.check_url},
    ]


def _columns(copy: RosterCopy) -> list[Column]:
    return [Column(_("序号"), ORDINAL_CHARS), *(Column(str(c.title), c.chars) for c in copy.columns)]


def footer_lines(copy: RosterCopy) -> Iterator[str]:
    """What stands below an Excel table, known once its rows have been read: subtotals by group, a place to sign.

    Not among the rows, where a subtotal would be taken for an entry when the file is sorted, filtered or read back in.
    """
    for name, rows in copy.groups.items():
        yield _("%(group)s：%(n)d %(unit)s") % {
            "group": name,
            "n": rows,
            "unit": copy.roster.unit,
        }
    if copy.groups:
        yield _("合计：%(n)d %(unit)s") % {"n": copy.count, "unit": copy.roster.unit}
    if copy.layout.signatures:
        yield SIGNING_ROOM.join(_("%(label)s：") % {"label": label} for label in copy.layout.signatures)


def sheet_of(copy: RosterCopy) -> Sheet:
    """The copy as one sheet of a workbook."""
    return Sheet(
        str(copy.roster.title),
        _columns(copy),
        copy.lines(),
        header_lines(copy),
        footer_lines(copy),
        portrait=copy.layout.portrait,
    )


def write_xlsx(copy: RosterCopy, file: BinaryIO) -> None:
    """Write the copy as an Excel workbook of one sheet."""
    write_xlsx_file(file, [sheet_of(copy)])


def write_workbook(copies: list[RosterCopy], file: BinaryIO) -> None:
    """Write the whole ledger: the summary first, then one sheet for each of the three copies."""
    first = copies[0]
    title = _("%(community)s台账汇总") % {"community": first.community.name}
    if first.as_of is not None:
        title = _("%(title)s（截至 %(day)s）") % {"title": title, "day": first.as_of.isoformat()}
    about = [
        title,
        *made_lines(first),
        _("只数在册的，没有姓名和号码；后面三张表各按所选的表样。"),
    ]
    columns = [Column(_("统计项"), 20), Column(_("分类"), 24), Column(_("数量"), 10), Column(_("占比"), 10)]
    rows = (line.cells for line in summary_of(first.community, first.as_of, seen_at=first.at))
    summary = Sheet(_("汇总"), columns, rows, about, portrait=True)
    write_xlsx_file(file, [summary, *map(sheet_of, copies)])


def write_csv(copy: RosterCopy, file: BinaryIO) -> None:
    """Write the copy as CSV: its groups stand together, and nothing below the rows would be taken for one."""
    write_csv_file(file, _columns(copy), copy.lines(), header_lines(copy))
