"""Files as people send them in, and imports of them, made the way the product makes them."""

import csv
import json
from io import BytesIO, StringIO

from xlsxwriter import Workbook

from ledger.exports import write_csv, write_xlsx
from ledger.models import ImportBatch
from ledger.operations.imports import commit_import, draft_import
from ledger.rosters import ROSTERS, Layout
from tests.ledger.roster_rows import copy_of

WORKER_HEAD = ["姓名", "手机号", "职业"]
CONSENT_MISSING = "政治面貌、身份证号要本人同意才能登记：有签字的同意书，请勾上“本人同意已取得（纸质）”再导入。"


def csv_of(rows, encoding="utf-8"):
    text = StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode(encoding)


def xlsx_of(rows, *, sheet="Sheet1", merges=(), before=()):
    """A workbook as XlsxWriter writes Python values; `before` are sheets of other rows in front."""
    file = BytesIO()
    book = Workbook(file, {"default_date_format": "yyyy-mm-dd", "strings_to_formulas": False})
    for number, others in enumerate(before):
        page = book.add_worksheet(f"说明{number}")
        for place, row in enumerate(others):
            page.write_row(place, 0, row)
    page = book.add_worksheet(sheet)
    for place, row in enumerate(rows):
        for column, value in enumerate(row):
            page.write(place, column, value)
    for merge in merges:
        page.merge_range(*merge)
    book.close()
    return file.getvalue()


def exported(kind, community, form="xlsx", *, all_columns=False, **values):
    """The bytes of a roster's export, masked unless ``full=True``; with ``all_columns`` those of `more` too."""
    file = BytesIO()
    if all_columns:
        values["layout"] = Layout(columns=tuple(ROSTERS[kind].catalogue.values()))
    {"xlsx": write_xlsx, "csv": write_csv}[form](copy_of(kind, community, **values), file)
    return file.getvalue()


def drafted(kind, community, data, *, by=None, mode="update", **values):
    """A draft of the file `data`; rows are a CSV of workers."""
    if isinstance(data, list):
        data = csv_of(data)
    values = {"file_name": "名单.csv", "reason": "街道下发名单"} | values
    return draft_import(ImportBatch(community=community, kind=kind, mode=mode, **values), data, by=by)


def workers(place, *rows, head=WORKER_HEAD, **values):
    """A draft of workers of this place, one list a row."""
    return drafted("workers", place.community, [head, *rows], **values)


def imported(kind, community, data, **values):
    """The same, committed."""
    batch = drafted(kind, community, data, **values)
    return commit_import(batch, by=values.get("by"))


def counts(batch):
    return batch.new, batch.changed, batch.unchanged, batch.refused


def outcomes(batch):
    """(line, outcome, number, reasons) of every row."""
    return [(row.line, row.outcome, row.number, row.problems) for row in batch.rows.order_by("line")]


def changes(batch, line=2):
    """{field: [before, after]} of one row."""
    return json.loads(batch.rows.get(line=line).changes)


def refusals(batch):
    return {row.line: row.problems for row in batch.rows.filter(outcome="refused").order_by("line")}
