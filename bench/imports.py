"""Importing workers: how long 20,000 rows take, whether more rows cost more each, and what is refused how fast.

The floor is django-simple-history's bulk creation of the same workers, already built and checked by nobody. Ours starts
at the bytes of an xlsx: unpacked, read, matched, checked, kept for the preview; then weighed again and written with
numbers, history and audit. The CPU seconds are this process's own: they hold on a machine that others use too.
"""

import time
import zipfile
from io import BytesIO

from django.core.exceptions import ValidationError
from simple_history.utils import bulk_create_with_history
from xlsxwriter import Workbook

from ledger.models import ImportBatch, Worker
from ledger.operations.imports import commit_import, draft_import
from station.lib.sheets import read_book
from station.models import Community

FEW, MANY = 2_000, 20_000
SECONDS_BUDGET, EVENNESS_BUDGET, REFUSAL_BUDGET_S = 60, 0.5, 1
HEAD = ["序号", "姓名", "性别", "手机号", "职业", "平台", "站点", "所属企业", "网格", "需求", "最近核实", "备注"]


def workbook(rows, first, platform="暖风外卖"):
    """An xlsx of `rows` workers with phones from `first` on."""
    file = BytesIO()
    book = Workbook(file, {"constant_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEAD)
    employer = "湘潭暖风即时配送有限公司建设路站"
    for number in range(rows):
        phone = 15_000_000_000 + first + number
        cells = [number + 1, "欧阳建国", "男", phone, "骑手", platform, "建设路站", employer, f"第{number % 4 + 1}网格"]
        sheet.write_row(number + 1, 0, [*cells, "租房", "2026-09-01", "夜班"])
    book.close()
    return file.getvalue()


def bomb():
    """A small zip that says it holds 60 MB."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 60_000_000)
    return file.getvalue()


def timed(work, *arguments, **values):
    """Seconds by the clock, seconds of CPU, and what `work` returned."""
    clock, cpu = time.perf_counter(), time.process_time()
    result = work(*arguments, **values)
    return time.perf_counter() - clock, time.process_time() - cpu, result


def imported(community, data):
    """Seconds for the preview, for the commit, seconds of CPU for both, and how many rows were written."""
    batch = ImportBatch(community=community, kind="workers", mode="update", file_name="a.xlsx", reason="bench")
    looked, cpu, batch = timed(draft_import, batch, data, by=None)
    wrote, more_cpu, batch = timed(commit_import, batch, by=None)
    return looked, wrote, cpu + more_cpu, batch.writes


def floor(community, rows):
    """Seconds of CPU to write so many workers and their history, with nothing read and nothing checked."""
    workers = [
        Worker(
            number=f"X-{number:07}", community=community, name="欧阳建国", phone=f"197{number:08}", occupation="courier"
        )
        for number in range(rows)
    ]
    return timed(bulk_create_with_history, workers, Worker)[1]


def refusal(data):
    def read():
        try:
            read_book(data)
        except ValidationError as error:
            return error.code
        return "read"

    clock, cpu, code = timed(read)
    return clock, cpu, code


def main():
    """Print the tables."""
    community = Community.objects.get()
    few, many = f"{FEW} new", f"{MANY} new"
    files = {few: workbook(FEW, 0), many: workbook(MANY, FEW), f"{MANY} changed": workbook(MANY, FEW, "新平台")}
    print(f"{'import of':<24}{'preview s':>10}{'commit s':>10}{'in all s':>10}{'CPU s':>8}   (budget {SECONDS_BUDGET})")
    spent = {}
    for name, data in files.items():
        looked, wrote, cpu, rows = imported(community, data)
        spent[name] = cpu / rows
        print(f"{name:<24}{looked:>10.1f}{wrote:>10.1f}{looked + wrote:>10.1f}{cpu:>8.1f}")
    print(f"{'rows/s, many to few':<24}{spent[few] / spent[many]:>10.2f}   (budget {EVENNESS_BUDGET})")
    print(f"{'times the floor':<24}{spent[many] * MANY / floor(community, MANY):>10.1f}")
    hostile = {
        "5 MB and a byte": b"a" * 5_000_001,
        "unpacks to 60 MB": bomb(),
        "xlsx of 20,100 rows": workbook(20_100, 0),
        "csv of 2,500,000 rows": b"a\n" * 2_499_999,
        "csv of one row": b"," * 4_999_999,
    }
    print(f"{'answer to':<24}{'s':>10}{'CPU s':>10}   (budget {REFUSAL_BUDGET_S})")
    for name, data in hostile.items():
        clock, cpu, code = refusal(data)
        print(f"{name:<24}{clock:>10.2f}{cpu:>10.2f}   {code}")
