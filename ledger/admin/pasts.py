"""The registers as of a past day: to be read, compared with today, printed and exported."""

from functools import partial

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ledger.admin.rosters import WAYS_OUT, PrintoutForm, RosterAdmin, cell_of
from ledger.differences import differences
from ledger.forms.pasts import PastForm
from ledger.rosters import text_of
from station.models import Community

ROWS_A_PAGE = 50
CHANGES = "changes"  # the parameter that asks for what changed instead of the roster


class PastAdmin(RosterAdmin):
    """A register with a box for a date: its roster as it stood that evening."""

    change_list_template = "admin/ledger/past_change_list.html"

    def get_urls(self):
        view, named = self.admin_site.admin_view, f"{self.opts.app_label}_{self.opts.model_name}_past"
        routes = [
            path(f"past/{address}/", view(partial(self.past_way_out_view, form=form)), name=f"{named}_{form}")
            for form, (address, _label, _verb) in WAYS_OUT.items()
        ]
        return [path("past/", view(self.past_view), name=named), *routes, *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        box = {"past_url": self._url("past"), "today": timezone.localdate()}
        return super().changelist_view(request, {**box, **(extra_context or {})})

    # --- looking -----------------------------------------------------------------------------------------------------
    def past_view(self, request):
        """The roster of a day, or with ``?changes`` what reads otherwise today."""
        permission = self.permission("view")
        communities = list(Community.objects.visible_to(request.user, permission))
        if not self.has_view_permission(request) or not communities:
            raise PermissionDenied
        form = PastForm(request.GET if "on" in request.GET else None, roster=self.roster, communities=communities)
        context = {
            **self.admin_site.each_context(request),
            "title": _("%(roster)s · 看过去某一天") % {"roster": self.roster.title},
            "opts": self.opts,
            "form": form,
            "roster": self.roster,
        }
        if form.is_valid():
            context |= self._day(request, form)
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/ledger/past.html", context, status=status)

    def _day(self, request, form):
        """What the page says of the day chosen."""
        rows = form.rows(request.user)
        query = request.GET.copy()
        query.pop("p", None)
        query.pop(CHANGES, None)
        by_grid = rows.by_grid()
        context = {
            "title": _("%(community)s%(roster)s（截至 %(day)s）")
            % {"community": form.community, "roster": self.roster.title, "day": rows.day.isoformat()},
            "day": rows.day,
            "by_grid": by_grid,
            "total": sum(count for _grid, count in by_grid),
            "query": query.urlencode(),
            "ways_out": self._past_ways_out(request, form.community, query),
        }
        listed = self._changes(request, rows) if CHANGES in request.GET else self._lines(request, rows)
        return context | listed

    def _changes(self, request, rows):
        """One page of what reads otherwise today."""
        found = differences(rows, request.user)
        kinds = {"new": found.new, "gone": found.gone, "changed": found.changed}
        changes = [(kind, change) for kind, some in kinds.items() for change in some]
        page = Paginator(changes, ROWS_A_PAGE).get_page(request.GET.get("p"))
        return {"found": found, "page": page, "linked": self._still_in_sight(request, [c.row for _kind, c in page])}

    def _lines(self, request, rows):
        """One page of the roster; the first one also says how it compares with today."""
        page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("p"))
        columns = self.roster.columns_for(request.user)
        return {
            "columns": columns,
            "lines": [(row, [cell_of(text_of(column.value(row))) for column in columns]) for row in page],
            "page": page,
            "linked": self._still_in_sight(request, page),
            "found": differences(rows, request.user) if page.number == 1 else None,
        }

    def _past_ways_out(self, request, community, query):
        whole = {verb: community in self._whole_communities(request.user, verb) for verb in ("print", "export")}
        return [
            {"label": label, "url": f"{self._url(f'past_{form}')}?{query.urlencode()}"}
            for form, (_address, label, verb) in WAYS_OUT.items()
            if whole[verb]
        ]

    def _still_in_sight(self, request, rows):
        """The keys of those of `rows` whose own page he may open today."""
        keys = [row.pk for row in rows]
        return set(self.get_queryset(request).filter(pk__in=keys).order_by().values_list("pk", flat=True))

    # --- letting out -------------------------------------------------------------------------------------------------
    def _whole_communities(self, user, verb):
        """The communities whose whole roster he may print or export: a past day is let out whole or not at all."""
        if not user.has_perm(self.permission(verb)):
            return []
        scope = user.scope_for(self.permission(verb))
        return list(Community.objects.filter(scope.q(community="pk")).select_related("street"))

    def past_way_out_view(self, request, form):
        """Ask the reason on GET; on POST hand out the page or the file of that day."""
        _address, label, verb = WAYS_OUT[form]
        communities = self._whole_communities(request.user, verb)
        if not communities:
            raise PermissionDenied
        past = PastForm(request.GET, roster=self.roster, communities=communities)
        if not past.is_valid():
            return redirect(f"{self._url('past')}?{request.GET.urlencode()}")
        asked = PrintoutForm(
            request.POST if request.method == "POST" else None,
            roster=self.roster,
            communities=[past.community],
            user=request.user,
            may_reveal=self.may(request, "reveal"),
        )
        if request.method == "POST" and asked.is_valid():
            try:
                return self._hand_out(request, form, asked, None, as_of=past.cleaned_data["on"])
            except ValidationError as error:
                if getattr(error, "code", None) == "missing_glyph":  # an error of several fields has no code
                    asked.offer_anyway()
                asked.add_error(None, error.messages)
        context = {
            **self.admin_site.each_context(request),
            "title": f"{label} · {self.roster.title}",
            "label": label,
            "opts": self.opts,
            "form": asked,
            "as_of": past.cleaned_data["on"],
            "back_url": f"{self._url('past')}?{request.GET.urlencode()}",
        }
        status = 422 if request.method == "POST" else 200
        return TemplateResponse(request, "admin/ledger/roster_ask.html", context, status=status)
