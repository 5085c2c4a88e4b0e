"""A roster as PDF: CPU seconds and peak memory of a process, against a bare fpdf2 ``cell()`` loop over the same cells.

Every document is made in a process of its own that has Django and the product loaded; the peak includes both, `over`
is what the document added. Reading the rows counts as ours, not as the floor's.
"""

import gc
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from importlib import import_module
from pathlib import Path
from random import Random
from statistics import median

from django.utils import timezone

from ledger.models import Worker
from ledger.prints import write_pdf
from ledger.rosters import WORKERS, RosterCopy, text_of
from station.lib.paper import SANS
from station.models import Community, Occupation

SIZES = [(30, 0.3, None, 5), (10_000, 4, 120, 3), (100_000, 45, 200, 1)]  # rows, budget CPU s, MB, how often
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
RARE = "䶮㛃𬱟𫖯"
COLUMNS = tuple(column for column in WORKERS.columns if column.key not in {"freshness", "sex", "state"})  # nine and
ROW_HEIGHT_MM, POINTS = 6.4, 9  # the running number: ten


def prepare(rows):
    """`rows` workers on the roster of the demo's community."""
    random = Random(rows)
    community = Community.objects.get()
    grids = list(community.grids.all())
    names = [chr(0x4E00 + random.randrange(5000)) for _character in range(1500)]
    have = Worker.objects.count()
    batch = []
    for number in range(have + 1, rows + 1):
        rare = RARE if number % 500 == 0 else ""
        batch.append(
            Worker(
                community=community,
                grid=random.choice(grids),
                number=f"JSL-B{number:06d}",
                name=random.choice(SURNAMES) + "".join(random.choices(names, k=random.choice([1, 2, 2]))) + rare,
                phone=f"137{number:08d}",
                occupation=random.choice(Occupation.values),
                platform=random.choice(["暖风外卖", "晓塘快递", "霞光出行", ""]),
                site=random.choice(["建设路站", "商贸城站", "晓塘路网点", "芙蓉路沿线临时集散点（后门进）"]),
                last_confirmed_on=date(2026, 1, 1) + timedelta(days=random.randrange(300)),
            )
        )
        if len(batch) == 5000 or number == rows:
            Worker.objects.bulk_create(batch)
            batch = []


def copy_of(rows):
    community = Community.objects.select_related("street").get()
    queryset = WORKERS.rows(community)
    queryset = queryset.filter(pk__in=queryset.order_by("pk").values("pk")[:rows])
    copy = RosterCopy(WORKERS, community, queryset, "7K3MQ-9XD2A", timezone.now(), None, "对比")
    copy.columns = COLUMNS
    return copy


def ours(rows, file):
    write_pdf(copy_of(rows), file)


def floor(lines, file):
    """The least one would write with fpdf2: a cell() per cell, a new page where one is full."""
    pdf = import_module("fpdf").FPDF("landscape", "mm", "A4")
    pdf.set_auto_page_break(False)
    pdf.add_font("main", fname=str(SANS))
    pdf.add_page()
    pdf.set_font("main", size=POINTS)
    widths = [9, *(column.width_mm for column in COLUMNS)]
    for line in lines:
        if pdf.y + ROW_HEIGHT_MM > pdf.h - 14:
            pdf.add_page()
        for width, text in zip(widths, line, strict=True):
            pdf.cell(width, ROW_HEIGHT_MM, text, border=1)
        pdf.ln(ROW_HEIGHT_MM)
    pdf.output(file)


def peak_mb():
    """The high-water mark of this process; getrusage would report the parent's, who had made the rows."""
    return int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]) / 1024


def measure(what, rows):
    """In a process of its own: make one document and print what it took."""
    if what == "floor":
        known = [column.title for column in COLUMNS]
        lines = [[text_of(value) for value in line] for line in copy_of(rows).lines()]
        drawn = [["".join(c for c in text if c not in RARE) for text in line] for line in [["序号", *known], *lines]]
        import_module("fpdf")  # only here: it is no part of the product, and its import takes memory
        gc.collect()
    else:
        Worker.objects.exists()  # the connection is there in a running server
    at_rest = peak_mb()
    with tempfile.TemporaryFile() as file:
        began = time.process_time()
        if what == "floor":
            floor([[str(text) for text in line] for line in drawn], file)
        else:
            ours(rows, file)
        spent = time.process_time() - began
    peak = peak_mb()
    print(json.dumps({"cpu": spent, "peak": peak, "over": peak - at_rest}))


def measured(what, rows):
    code = f"import django; django.setup(); from bench import paper; paper.measure({what!r}, {rows})"
    out = subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, env=os.environ).stdout
    return json.loads(out.splitlines()[-1])


def main(sizes=SIZES):
    """Print the table: medians of interleaved runs."""
    print(f"{'rows':>8}{'CPU s':>8}{'budget':>8}{'peak MB':>9}{'budget':>8}{'over MB':>9}{'floor s':>9}{'ratio':>7}")
    for rows, seconds, megabytes, times in sizes:
        prepare(rows)
        pairs = [(measured("ours", rows), measured("floor", rows)) for _time in range(times)]
        cpu, peak, over = (median(mine[key] for mine, _floor in pairs) for key in ("cpu", "peak", "over"))
        bare = median(floor["cpu"] for _mine, floor in pairs)
        ratio = median(mine["cpu"] / floor["cpu"] for mine, floor in pairs)
        figures = f"{rows:>8}{cpu:>8.2f}{seconds:>8}{peak:>9.0f}{megabytes or '':>8}{over:>9.0f}"
        print(f"{figures}{bare:>9.2f}{ratio:>7.2f}", flush=True)
