"""The refused rows of a file as a file of their own: as they came, and why; mended, it can be imported again."""

from typing import BinaryIO

from django.utils import timezone
from django.utils.translation import gettext as _

from ledger.rosters import ROSTERS
from station.lib.tables import Column, Sheet, write_xlsx

REASON_CHARS = 60


def write_refused(file: BinaryIO, batch, rows, *, by) -> None:
    """Write `rows`, each (cells, reasons), as an Excel workbook with who, when and why above the table."""
    columns = [*(Column(title, 14) for title in batch.headers), Column(_("不能导入的原因"), REASON_CHARS)]
    lines = [
        _("%(roster)s：不能导入的行") % {"roster": ROSTERS[batch.kind].title},
        _("%(at)s　%(by)s 下载　用途：%(reason)s")
        % {
            "at": timezone.localtime().strftime("%Y-%m-%d %H:%M"),
            "by": by.get_full_name() or by.get_username() if by else _("系统命令"),
            "reason": batch.reason,
        },
        _("照“不能导入的原因”改好，就可以直接再导入。内部资料，用完请删除。"),
    ]
    padded = ([*cells, *[""] * (len(batch.headers) - len(cells)), "；".join(reasons)] for cells, reasons in rows)
    write_xlsx(file, [Sheet(_("不能导入的行"), columns, padded, lines)])
