"""Who came by, for staff: the figures of a period on the screen and as a spreadsheet."""

from tempfile import TemporaryFile

from django.contrib import admin
from django.contrib.admin.views.decorators import staff_member_required
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from station.forms.period import USUAL, PeriodForm
from station.models import Community
from station.operations.figures import export_figures
from station.visit_figures import VisitFigures, figure_tables


def for_who_may_count(view):
    """The decorators of these pages: staff only, and only who may count visits; others are sent to sign in."""

    def counting(request):
        form = PeriodForm(request.GET)
        figures = VisitFigures(request.user, *form.dates)
        if not figures.counts_anything:
            raise PermissionDenied
        return view(request, form, figures)

    return require_safe(never_cache(login_not_required(staff_member_required(counting))))


@for_who_may_count
def overview(request, form, figures):
    """All figures of the period."""
    context = admin.site.each_context(request) | {
        "title": _("到站统计"),
        "form": form,
        "usual": [(name, label, name == form.chosen) for name, label in USUAL.items()],
        "since": form["since"].value() or f"{figures.first}",
        "until": form["until"].value() or f"{figures.last}",
        "figures": figures,
        "tables": figure_tables(figures),
    }
    return render(request, "admin/visits/overview.html", context, status=422 if form.errors else 200)


@for_who_may_count
def workbook(request, form, figures):
    """The same figures as one Excel file, a sheet each."""
    tables = figure_tables(figures)
    if form.errors or not tables:  # nothing to write; the page says why
        return overview(request)
    words = {"first": figures.first, "last": figures.last}
    communities = Community.objects.filter(pk__in=figures.communities)
    file = TemporaryFile()  # noqa: SIM115 - FileResponse closes it
    try:
        export_figures(
            tables,
            file=file,
            by=request.user,
            community=communities[0] if len(communities) == 1 else None,
            about=_("到站统计　%(first)s 到 %(last)s") % words,
        )
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename="visits-{first}-{last}.xlsx".format(**words))
