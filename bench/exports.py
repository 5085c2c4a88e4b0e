"""A long roster as Excel against XlsxWriter given the same cells, in one process: seconds, ratio, peak memory.

The floor is XlsxWriter's own constant_memory mode with ``write_row``, every cell already in memory. Ours starts at the
database: it reads the rows, decrypts and masks the phones, takes the digest, and records the copy.
"""

import os
import resource
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

ROWS = 100_000
ROUNDS = 3
RATIO_BUDGET, MEMORY_BUDGET_MB = 1.3, 60
MADE_AT_ONCE = 5000


def main():
    """Make the rows, then print the line, each in a process of its own: memory is a high-water mark."""
    for step in ("fill", "measure"):
        subprocess.run([sys.executable, "-m", "bench.exports", step], check=True)


def fill(community, rows):
    """Workers in bulk, half of them with an employer."""
    grids = list(community.grids.all())
    employers = list(Enterprise.objects.filter(community=community)[:3])
    jobs = list(Occupation)
    for start in range(0, rows, MADE_AT_ONCE):
        Worker.objects.bulk_create(
            Worker(
                number=f"X-{number:07}",
                community=community,
                grid=grids[number % len(grids)],
                name="欧阳建国" if number % 3 else "李䶮",
                sex="male" if number % 4 else "female",
                phone=f"197{number:08}",
                occupation=jobs[number % len(jobs)],
                platform="暖风外卖",
                site="建设路站",
                employer=employers[number % len(employers)] if number % 2 else None,
                last_confirmed_on=date(2026, 9, 1) + timedelta(days=number % 60),
            )
            for number in range(start, min(start + MADE_AT_ONCE, rows))
        )


def megabytes_now():
    """Resident memory of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def megabytes_at_most():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def seconds(job):
    """Processor time, children not counted: another process on the machine does not disturb it."""
    start = time.process_time()
    job()
    return time.process_time() - start


def export(path, community):
    """The roster of the workers as the product lets it out."""
    with path.open("wb") as file:
        make_printout(
            WORKERS, "xlsx", community=community, write=partial(write_xlsx, file=file), by=None, reason="测速"
        )


def raw(path, cells):
    """The same cells by XlsxWriter alone."""
    book = Workbook(path, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet()
    for number, row in enumerate(cells):
        sheet.write_row(number, 0, row)
    book.close()


def plain(value):
    """A cell as XlsxWriter takes it: a row of another table is its name."""
    return value if value is None or isinstance(value, (str, int, float, date)) else str(value)


def measure(community):
    """Print seconds, ratio and memory of the community's whole roster."""
    with TemporaryDirectory() as folder:
        ours, theirs = Path(folder) / "ours.xlsx", Path(folder) / "raw.xlsx"
        floor = megabytes_now()
        export(ours, community)
        peak = megabytes_at_most() - floor
        copy = RosterCopy(WORKERS, community, WORKERS.rows(community), "0", timezone.now(), None, "测速")
        cells = [[plain(value) for value in line] for line in copy.lines()]
        pairs = [
            (seconds(lambda: export(ours, community)), seconds(lambda: raw(theirs, cells))) for _round in range(ROUNDS)
        ]
    ratio = median(our / their for our, their in pairs)
    print(f"{'export':<24}{'rows':>8}{'s':>8}{'raw s':>8}{'ratio':>8}{'MB':>6}")
    print(
        f"{'workers as xlsx':<24}{len(cells):>8}{median(p[0] for p in pairs):>8.2f}{median(p[1] for p in pairs):>8.2f}"
        f"{ratio:>8.2f}{peak:>6.0f}   (budget {RATIO_BUDGET}, {MEMORY_BUDGET_MB} MB)"
    )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "station.settings")
    import django

    django.setup()
    from functools import partial

    from django.utils import timezone
    from xlsxwriter import Workbook

    from ledger.exports import write_xlsx
    from ledger.models import Enterprise, Worker
    from ledger.operations.printouts import make_printout
    from ledger.rosters import WORKERS, RosterCopy
    from station.models import Community, Occupation

    demo = Community.objects.order_by("pk").first()
    if sys.argv[1] == "fill":
        fill(demo, int(sys.argv[2]) if len(sys.argv) > 2 else ROWS)
    else:
        measure(demo)
