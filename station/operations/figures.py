"""Figures that leave the system: no person is in them, so no reason is asked, but it is on record."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from station.lib.tables import Column, Sheet, write_xlsx
from station.operations import audit

NAME_CHARS, NUMBER_CHARS = 30, 14  # widths of columns


@transaction.atomic
def export_figures(tables, *, file, by, community=None, about=""):
    """Write `tables` (station.lib.figure_table.FigureTable) to the binary `file` as one workbook, a sheet each.

    `community` is whose figures they are, None for those of several; `about` says of what time, where it is not now.
    """
    said = {"at": timezone.localtime().strftime("%Y-%m-%d %H:%M"), "by": by.get_full_name() or by.get_username()}
    who_and_when = _("%(at)s　%(by)s 导出　只有数字，没有个人信息") % said
    write_xlsx(file, [_sheet(table, [*([about] if about else []), who_and_when]) for table in tables])
    audit.record("export figures", by=by, community=community, figure="、".join(table.name for table in tables))


def _sheet(table, said):
    widths = (NAME_CHARS, *(NUMBER_CHARS for _head in table.heads[1:]))
    columns = [Column(head, width) for head, width in zip(table.heads, widths, strict=True)]
    lines = [table.title, *said, *([table.note] if table.note else [])]
    return Sheet(table.title, columns, table.lines, lines)
