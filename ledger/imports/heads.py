"""Where a table begins in a sheet, and which of its columns is which of ours."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ledger.models import FormColumn
from ledger.rosters import Column, Roster
from ledger.rosters.reading import every_language
from station.lib.cells import folded
from station.lib.sheets import MAX_ROWS, Book, Sheet, too_many_rows

LEAST = 1000  # how good a name is that only a form knows
ROWS_SEARCHED = 30  # title, who, when, why: nobody writes more above a table
TITLE_LENGTH = 40  # characters kept of a title
MAX_ROW_LENGTH = 8_000  # characters; half of what a row of an import holds, for quotes take two
ORDINALS = {"序号", "序列", "行号", "no"}
SUMS = {"合计", "总计", "小计", "共计"}
SIGNATURES = ("制表", "填表", "审核", "填报", "单位盖章", "单位（盖章", "负责人签", "注：", "注:", "备注：", "说明：")


@dataclass(frozen=True)
class Table:
    """The table of a file: its titles, its rows with their numbers in the file, how many rows were passed over."""

    titles: list[str]
    rows: list[tuple[int, list[str]]]
    ignored: int
    encoding: str


def importable(roster: Roster, user) -> list[Column]:
    """The columns this user's file may have."""
    return [column for column in roster.catalogue.values() if roster.may_have(column, user)]


def form_titles(roster: Roster, community) -> dict[str, str]:
    """The titles that the community's own forms give to columns, folded → the column's key."""
    columns = FormColumn.objects.filter(template__community=community, template__kind=roster.kind).exclude(title="")
    return {folded(title): key for title, key in columns.values_list("title", "key") if key in roster.catalogue}


def read_table(book: Book, roster: Roster, user, forms: Mapping[str, str] = MappingProxyType({})) -> Table:
    """The table in the sheet whose head has the most titles we know, or the community's `forms` (see `form_titles`).

    Raises ValidationError where no row has two.
    """
    names = _names(roster, user, forms)
    best: tuple[int, Sheet | None, int] = (0, None, 0)
    for sheet in book.sheets:
        for place, (_number, row) in enumerate(sheet.rows[:ROWS_SEARCHED]):
            titles = [folded(cell) for cell in row if cell]
            score = len({names[title][1] for title in titles if title in names})
            if score > best[0] and score >= min(2, len(titles)):
                best = (score, sheet, place)
    _score, sheet, place = best
    if sheet is None:
        raise ValidationError(
            _("没找到表头。表头那一行至少要有两列认得出的名字，例如“%(name)s”。"),
            "no_head",
            {"name": "”“".join(str(column.title) for column in roster.columns[1:4])},
        )
    titles = [cell[:TITLE_LENGTH] for cell in sheet.rows[place][1]]
    rows = [line for line in sheet.rows[place + 1 :] if _is_row(line[1], titles)]
    if len(rows) > MAX_ROWS:
        raise too_many_rows()
    for number, row in rows:
        if sum(map(len, row)) > MAX_ROW_LENGTH:
            raise ValidationError(_("第 %(line)d 行的字太多，请删掉用不着的列。"), "row_too_long", {"line": number})
    if not rows:
        raise ValidationError(_("表头下面没有内容。"), "empty")
    return Table(titles, rows, len(sheet.rows) - place - 1 - len(rows), book.encoding)


def guess_mapping(
    titles: list[str], roster: Roster, user, forms: Mapping[str, str] = MappingProxyType({})
) -> list[str]:
    """For each title the key of the column it names, or ''. Of several for one column the best known wins."""
    names = _names(roster, user, forms)
    best: dict[str, tuple[int, int]] = {}
    for place, title in enumerate(titles):
        if found := names.get(folded(title)):
            rank, key = found
            best[key] = min(best.get(key, (rank, place)), (rank, place))
    mapping = [""] * len(titles)
    for key, (_rank, place) in best.items():
        mapping[place] = key
    return mapping


def unmapped(titles: list[str], mapping: list[str]) -> list[str]:
    """The titles of the columns that are not read; a running number is not worth a word."""
    return [
        title for title, key in zip(titles, mapping, strict=True) if title and not key and folded(title) not in ORDINALS
    ]


def _names(roster: Roster, user, forms: Mapping[str, str]) -> dict[str, tuple[int, str]]:
    allowed = {column.key for column in importable(roster, user)}
    names = {title: (LEAST, key) for title, key in forms.items()} | _all_names(roster)
    return {name: (rank, key) for name, (rank, key) in names.items() if key in allowed}


@lru_cache(maxsize=8)
def _all_names(roster: Roster) -> dict[str, tuple[int, str]]:
    """Every title that names a column, folded → how good a name it is (0 best), and the column's key."""
    names: dict[str, tuple[int, str]] = {}
    for column in roster.catalogue.values():
        own = [(0, title) for title in every_language(lambda column=column: column.title)]
        for rank, title in (*own, *enumerate(column.synonyms, 1)):
            names[folded(title)] = min(names.get(folded(title), (rank, column.key)), (rank, column.key))
    return names


def _is_row(row: list[str], titles: list[str]) -> bool:
    """Not the head again on the next sheet of paper, not a sum, a signature or a number waiting for its row."""
    if row == titles:
        return False
    filled = [cell for cell, title in zip(row, titles, strict=True) if cell and folded(title) not in ORDINALS]
    first = next((cell for cell in row if cell), "")
    return bool(filled) and folded(first) not in SUMS and not first.startswith(SIGNATURES)
