"""The ledger at a glance (台账一览): every figure with its table, on the screen, on paper, as a spreadsheet."""

from tempfile import TemporaryFile

from django.contrib import admin
from django.contrib.admin.views.decorators import staff_member_required
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ledger.figures import FIGURES, Counted, figure_tables
from station.operations.figures import export_figures

ALL = "all"


def for_who_may_count(view):
    """The decorators of these pages: staff only, and only who may count something; others are sent to sign in."""

    def counting(request, *args, **kwargs):
        counted = Counted(request.user)
        if not counted.counts_anything:
            raise PermissionDenied
        return view(request, counted, *args, **kwargs)

    return require_safe(never_cache(login_not_required(staff_member_required(counting))))


@for_who_may_count
def overview(request, counted):
    """All figures in full."""
    context = admin.site.each_context(request) | {"title": _("台账一览"), "tables": figure_tables(counted)}
    return render(request, "admin/figures/overview.html", context)


@for_who_may_count
def paper(request, counted):
    """The same on A4."""
    context = {"tables": figure_tables(counted), "at": timezone.now(), "by": request.user}
    return render(request, "admin/figures/paper.html", context)


@for_who_may_count
def workbook(request, counted, name):
    """One figure, or all of them, as an Excel file."""
    if name != ALL and name not in FIGURES:
        raise Http404
    tables = figure_tables(counted) if name == ALL else figure_tables(counted, (name,))
    if not tables:
        raise Http404
    file = TemporaryFile()  # noqa: SIM115 - FileResponse closes it
    try:
        export_figures(tables, file=file, by=request.user, community=counted.only_community)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}-{counted.today}.xlsx")
