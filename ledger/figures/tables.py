"""The figures of the ledger, each a table with its picture: screen, paper and spreadsheet show the same cells."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ledger.figures.counts import summed, summed_by
from ledger.figures.shares import FRESH_DAYS, Freshness, Share
from station.lib.charts import bar_chart, two_way_chart
from station.lib.figure_table import FigureTable
from station.lib.shares import percent, portions
from station.models import Occupation

MOST_BARS = 40  # a picture of more says nothing; the table has them all


PER_CENT = gettext_lazy("占比（%）")
ALL = gettext_lazy("合计")


def _bars(rows, value):
    """The first rows as bars; `value` is the place of the figure in the row."""
    return bar_chart((row[0], row[value], row[value]) for row in rows[:MOST_BARS])


def _per_cent_bars(rows, value):
    return bar_chart(((row[0], row[value], f"{row[value]}%") for row in rows[:MOST_BARS]), most=100)


# --- where they are --------------------------------------------------------------------------------------------------
def by_grid(counted):
    """A row for each grid he looks after: enterprises, workers and their share, members if he may know, stale."""
    if not counted.grids or counted.enterprises is None or counted.workers is None:
        return None

    def place(row):
        return row["community"], row["grid"]

    registers = [summed_by(rows or (), place) for rows in (counted.enterprises, counted.workers, counted.members)]
    enterprises, workers, members = registers
    places = [
        (community, grid, label)
        for community, grid, label in counted.grids
        if grid is not None or any(figures[community, None]["count"] for figures in registers)
    ]
    shares = portions([workers[community, grid]["count"] for community, grid, _label in places])
    with_members = counted.members is not None and all(
        counted.counts_members_in(community, grid) for community, grid, _label in places
    )
    rows = []
    for (community, grid, label), share in zip(places, shares, strict=True):
        key = (community, grid)
        known = (members[key]["count"],) if with_members else ()
        stale = enterprises[key]["stale"] + workers[key]["stale"]
        rows.append((label, enterprises[key]["count"], workers[key]["count"], share, *known, stale))
    heads = (_("网格"), _("企业"), _("人员"), str(PER_CENT), *((_("流动党员"),) if with_members else ()), _("久未核实"))
    return FigureTable("grids", _("各网格"), heads, tuple(rows), _total(rows), bars=_bars(rows, 2), pictured=_("人员"))


def by_community(counted):
    """A row for each community: enterprises and how they are covered, workers and their share, members, stale."""
    if not counted.shows_communities or None in (counted.enterprises, counted.workers):
        return None
    enterprises, workers = _of_communities(counted.enterprises), _of_communities(counted.workers)
    members = _of_communities(counted.members or ())
    with_members = counted.members is not None
    shares = portions([workers[key]["count"] for key, _name in counted.communities])

    def cells(label, firms, people, share, party):
        covered = (percent(firms["organised"], firms["count"]), percent(firms["reached"], firms["count"]))
        known = (party["count"],) if with_members else ()
        stale = firms["stale"] + people["stale"]
        return (label, firms["count"], *covered, people["count"], share, *known, stale)

    rows = tuple(
        cells(name, enterprises[key], workers[key], share, members[key])
        for (key, name), share in zip(counted.communities, shares, strict=True)
    )
    total = cells(
        str(ALL), summed(counted.enterprises), summed(counted.workers), sum(shares), summed(counted.members or ())
    )
    heads = (
        _("社区"),
        _("企业"),
        _("组织覆盖（%）"),
        _("工作覆盖（%）"),
        _("人员"),
        str(PER_CENT),
        *((_("流动党员"),) if with_members else ()),
        _("久未核实"),
    )
    return FigureTable("communities", _("各社区"), heads, rows, total, bars=_bars(rows, 4), pictured=_("人员"))


def _of_communities(rows):
    return summed_by(rows, lambda row: row["community"])


def _total(rows):
    """The sums of all columns, under the names of the rows."""
    return (str(ALL), *(sum(column) for column in list(zip(*rows, strict=True))[1:])) if rows else ()


# --- what they do ----------------------------------------------------------------------------------------------------
def by_occupation(counted):
    """A row for each occupation anybody has, the largest first."""
    if counted.workers is None:
        return None
    people = summed_by(counted.workers, lambda row: row["occupation"])
    jobs = sorted((job for job in Occupation if people[job]["count"]), key=lambda job: -people[job]["count"])
    shares = portions([people[job]["count"] for job in jobs])
    rows = [(str(job.label), people[job]["count"], share) for job, share in zip(jobs, shares, strict=True)]
    heads = (_("职业"), _("人员"), str(PER_CENT))
    return FigureTable(
        "occupations", _("各职业"), heads, tuple(rows), _total(rows), bars=_bars(rows, 1), pictured=_("人员")
    )


def occupations_by_community(counted):
    """A row for each community, a column for each occupation anybody has."""
    if not counted.shows_communities or counted.workers is None:
        return None
    people = summed_by(counted.workers, lambda row: (row["community"], row["occupation"]))
    used = {row["occupation"] for row in counted.workers if row["count"]}
    jobs = [job for job in Occupation if job in used]
    rows = []
    for key, name in counted.communities:
        numbers = [people[key, job]["count"] for job in jobs]
        rows.append((name, *numbers, sum(numbers)))
    heads = (_("社区"), *(str(job.label) for job in jobs), str(ALL))
    title = _("各社区的各职业")
    return FigureTable(
        "community-occupations", title, heads, tuple(rows), _total(rows), bars=_bars(rows, -1), pictured=_("人员")
    )


# --- how well, how fresh, how far ------------------------------------------------------------------------------------
def coverage_shares(counted):
    """The two coverages; empty where he may not count enterprises."""
    if counted.enterprises is None:
        return ()
    firms = summed(counted.enterprises)
    return (
        Share(_("组织覆盖"), firms["organised"], firms["count"], _("单独或联合建了党组织的企业")),
        Share(_("工作覆盖"), firms["reached"], firms["count"], _("再加上派了党建指导员的企业")),
    )


def coverage(counted):
    """The two coverages of the active enterprises."""
    shares = coverage_shares(counted)
    if not shares:
        return None
    rows = tuple((str(share.label), share.part, share.whole, share.percent) for share in shares)
    heads = (_("覆盖"), _("已覆盖"), _("企业"), str(PER_CENT))
    note = _("组织覆盖：单独或联合建了党组织。工作覆盖：再加上派了党建指导员的。都除以在册企业。")
    return FigureTable(
        "coverage", _("两个覆盖"), heads, rows, note=note, bars=_per_cent_bars(rows, 3), pictured=heads[3]
    )


def freshness_of(counted):
    """The Freshness of what he may count."""
    both = [summed(rows) for rows in (counted.enterprises, counted.workers) if rows is not None]
    return sum((Freshness.of(figures) for figures in both), Freshness())


def freshness(counted):
    """How long ago enterprises and workers were confirmed."""
    if counted.enterprises is None and counted.workers is None:
        return None
    parts = freshness_of(counted).parts
    rows = [(str(part.label), part.part, part.percent) for part in parts]
    heads = (_("最近核实"), _("企业和人员"), str(PER_CENT))
    bars = bar_chart(((label, part, f"{share}%") for label, part, share in rows), most=sum(row[1] for row in rows))
    return FigureTable("freshness", _("最近核实"), heads, tuple(rows), _total(rows), bars=bars, pictured=heads[2])


def freshness_by_community(counted):
    """A row for each community: recent, ageing, stale, and how much is recent."""
    if not counted.shows_communities or None in (counted.enterprises, counted.workers):
        return None
    figures = _of_communities([*counted.enterprises, *counted.workers])

    def cells(label, fresh):
        return (label, *(part.part for part in fresh.parts), fresh.total, percent(fresh.recent, fresh.total))

    rows = tuple(cells(name, Freshness.of(figures[key])) for key, name in counted.communities)
    labels = [str(part.label) for part in Freshness().parts]
    heads = (_("社区"), *labels, str(ALL), _("近 %(days)d 天（%%）") % {"days": FRESH_DAYS})
    total = cells(str(ALL), freshness_of(counted))
    title = _("各社区最近核实")
    return FigureTable(
        "community-freshness", title, heads, rows, total, bars=_per_cent_bars(rows, 5), pictured=heads[5]
    )


def round_progress(counted):
    """The running rounds: a row for each grid of those he may open, else one for the whole."""
    if not counted.rounds:
        return None
    several, rows = len(counted.rounds) > 1, []
    for survey in counted.rounds:  # a community has one at a time
        for share in survey.grids or [survey.whole]:
            label = share.label if survey.grids else survey.community
            name = f"{survey.community} {label}" if several and survey.grids else str(label)
            rows.append((name, share.part, share.whole, share.percent))
    title = _("摸排进度") if several else _("摸排进度：%(round)s") % {"round": counted.rounds[0].title}
    done, whole = (sum(row[place] for row in rows) for place in (1, 2))
    heads = (_("在哪里"), _("查过"), _("一共"), _("完成（%）"))
    total = (str(ALL), done, whole, percent(done, whole))
    return FigureTable("rounds", title, heads, tuple(rows), total, bars=_per_cent_bars(rows, 3), pictured=heads[3])


# --- who came and who went -------------------------------------------------------------------------------------------
def _moves():
    return (_("新登记"), _("返回"), _("离开"), _("净增"))


def _flow_table(name, title, found):
    if found is None:
        return None
    movements = [(month, found.of(month=month)) for month in found.months]
    rows = tuple(
        (_("%(year)d年%(month)d月") % {"year": month.year, "month": month.month}, *movement.cells)
        for month, movement in movements
    )
    chart = two_way_chart(
        ((str(month.month), (movement.registered, movement.returned), movement.left) for month, movement in movements),
        marked=len(movements) - 1,
    )
    registered, returned, left, _net = _moves()
    note = _("新登记按登记的日子算，离开按离开的日子算，返回按记下的日子算；合并掉的重复登记不算。")
    total = (str(ALL), *found.of().cells)
    return FigureTable(
        name,
        title,
        (_("月份"), *_moves()),
        rows,
        total,
        note=note,
        columns=chart,
        pictured=_("向上是新登记和返回，向下是离开"),
        series=(registered, returned, left),
    )


def worker_flow(counted):
    """Twelve months of workers who came and went."""
    return _flow_table("worker-flow", _("人员进出（12 个月）"), counted.worker_flow)


def enterprise_flow(counted):
    """Twelve months of enterprises that came and went."""
    return _flow_table("enterprise-flow", _("企业进出（12 个月）"), counted.enterprise_flow)


def flow_by_community(counted):
    """A row for each community: workers who came and went in twelve months."""
    if not counted.shows_communities or counted.worker_flow is None:
        return None
    rows = tuple((name, *counted.worker_flow.of(community=key).cells) for key, name in counted.communities)
    heads = (_("社区"), *_moves())
    title = _("各社区人员进出（12 个月）")
    return FigureTable("community-flow", title, heads, rows, _total(rows), bars=_bars(rows, 1), pictured=heads[1])


FIGURES = {
    "communities": by_community,
    "grids": by_grid,
    "occupations": by_occupation,
    "community-occupations": occupations_by_community,
    "coverage": coverage,
    "freshness": freshness,
    "community-freshness": freshness_by_community,
    "rounds": round_progress,
    "worker-flow": worker_flow,
    "community-flow": flow_by_community,
    "enterprise-flow": enterprise_flow,
}


def figure_tables(counted, names=tuple(FIGURES)):
    """The figures of these `names` that there are for him, in order."""
    return [table for name in names if (table := FIGURES[name](counted)) is not None]
