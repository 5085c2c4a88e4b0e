"""A roster as a spreadsheet: Excel or CSV, with who, when and why above the table."""

from typing import BinaryIO

from django.utils import timezone
from django.utils.translation import gettext as _

from ledger.rosters import RosterCopy
from station.lib.tables import Column, Sheet
from station.lib.tables import write_csv as write_csv_file
from station.lib.tables import write_xlsx as write_xlsx_file

ORDINAL_CHARS = 6


def header_lines(copy: RosterCopy) -> list[str]:
    """What stands above every exported table."""
    lines = [
        copy.title,
        _("%(at)s　%(by)s 导出　用途：%(reason)s")
        % {
            "at": timezone.localtime(copy.at).strftime("%Y-%m-%d %H:%M"),
            "by": copy.by_name,
            "reason": copy.reason,
        },
        _("流水号 %(serial)s　核验：%(url)s") % {"serial": copy.serial, "url": copy.check_url},
        _("手机号中间四位已隐去。内部资料，用完请删除。"),
    ]
    if copy.shown_filters:
        lines.insert(1, _("筛选：%(filters)s") % {"filters": "；".join(copy.shown_filters)})
    return lines


def _columns(copy: RosterCopy) -> list[Column]:
    return [Column(_("序号"), ORDINAL_CHARS), *(Column(str(c.title), c.chars) for c in copy.columns)]


def write_xlsx(copy: RosterCopy, file: BinaryIO) -> None:
    """Write the copy as an Excel workbook of one sheet."""
    write_xlsx_file(file, [Sheet(str(copy.roster.title), _columns(copy), copy.lines(), header_lines(copy))])


def write_csv(copy: RosterCopy, file: BinaryIO) -> None:
    """Write the copy as CSV."""
    write_csv_file(file, _columns(copy), copy.lines(), header_lines(copy))
