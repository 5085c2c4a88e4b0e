"""Two survey rounds side by side: figures for who may count, lists and a spreadsheet for who may see persons."""

from dataclasses import replace
from tempfile import TemporaryFile

from django import forms
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from ledger.beats import KINDS
from ledger.comparisons import Comparison, Outcome, outcome_text
from ledger.exports import write_xlsx
from ledger.models import Printout, SurveyRound
from ledger.operations.printouts import Selection, make_printout
from ledger.rosters import ENTERPRISES, WORKERS, Column
from station.admin.base import OperationAdmin
from station.figures import countable
from station.forms.staff import ROW_KEY, ReasonForm
from station.models import Community

ROSTER = {"worker": WORKERS, "enterprise": ENTERPRISES}
LISTED_AT_ONCE = 100  # rows of each register on the page; the spreadsheet has all
ROUNDS_OFFERED = 24
VIEW = "ledger.view_surveyround"


class ComparisonForm(ReasonForm):
    """Which of the four lists goes into the spreadsheet, and what for."""

    reason = forms.CharField(
        label=_("用途"), max_length=100, help_text=_("会印在每一页上，也记进审计记录，例如：报送街道办第四季度台账")
    )
    outcome = forms.ChoiceField(label=_("哪些"), required=False, choices=[("", _("全部")), *Outcome.choices])
    field_order = ["outcome", "reason"]


class ComparingAdmin(OperationAdmin):
    """A round's admin with the pages that compare it with another round of its community."""

    def get_urls(self):
        def route(address, view, name):
            name = f"{self.opts.app_label}_{self.opts.model_name}_{name}"
            return path(f"<path:object_id>/{address}", self.admin_site.admin_view(view), name=name)

        return [
            route("compare/", self.compare_view, "compare"),
            route("compare/<slug:kind>/", self.compare_export_view, "compare_export"),
            *super().get_urls(),
        ]

    def _comparison(self, request, object_id, permission_queryset):
        """(the round asked for, all others of its community, the Comparison or None where there is no other)."""
        key = unquote(object_id)
        rounds = permission_queryset.select_related("community")
        survey = rounds.filter(pk=key).first() if ROW_KEY.fullmatch(key) else None
        if survey is None:
            raise Http404
        others = list(rounds.filter(community=survey.community_id).exclude(pk=survey.pk)[:ROUNDS_OFFERED])
        earlier = [one for one in others if (one.starts_on, one.pk) < (survey.starts_on, survey.pk)]
        asked = next((one for one in others if str(one.pk) == request.GET.get("with")), None)
        other = asked or next(iter(earlier or others), None)
        if other is None:
            return survey, others, None
        before, after = sorted((survey, other), key=lambda one: (one.starts_on, one.pk))
        return survey, others, Comparison(before, after, request.user, _("未定网格"))

    def compare_view(self, request, object_id):
        countable_rounds = countable(SurveyRound.objects.all(), request.user, VIEW).distinct()
        survey, others, comparison = self._comparison(request, object_id, countable_rounds)
        may_list = SurveyRound.objects.visible_to(request.user).filter(pk=survey.pk).exists()
        context = {
            **self.admin_site.each_context(request),
            "title": _("两轮对比"),
            "opts": self.opts,
            "survey": survey,
            "others": others,
            "comparison": comparison,
            "may_list": may_list,
        }
        if comparison is not None and may_list:
            show = request.GET.get("show")
            if show not in Outcome.values:
                counts = zip(Outcome.values, comparison.whole.counts, strict=True)
                show = next((value for value, count in counts if count), Outcome.NEW.value)
            context["show"] = Outcome(show)
            context["lists"] = [self._listed(comparison, kind, show) for kind in KINDS.values()]
            context["ways_out"] = self._ways_out(request, comparison, survey)
        return TemplateResponse(request, "admin/ledger/compare.html", context)

    @staticmethod
    def _listed(comparison, kind, show):
        rows = list(comparison.listed(kind, show)[: LISTED_AT_ONCE + 1])
        for row in rows:
            row.outcome_text = outcome_text(row)
        return {
            "kind": kind,
            "url": f"admin:ledger_{kind.name}_change",
            "rows": rows[:LISTED_AT_ONCE],
            "is_cut": len(rows) > LISTED_AT_ONCE,
        }

    def _ways_out(self, request, comparison, survey):
        other = comparison.before if comparison.after == survey else comparison.after
        return [
            {
                "label": _("导出 Excel：%(kind)s") % {"kind": kind.label},
                "url": reverse("admin:ledger_surveyround_compare_export", args=[survey.pk, kind.name])
                + f"?with={other.pk}",
            }
            for kind in KINDS.values()
            if self._may_export(request, kind, survey)
        ]

    @staticmethod
    def _may_export(request, kind, survey):
        permission = kind.permission("export")
        return Community.objects.visible_to(request.user, permission).filter(pk=survey.community_id).exists()

    def compare_export_view(self, request, object_id, kind):
        """Ask the reason on GET; on POST hand out the file, recorded like every export."""
        if kind not in KINDS:
            raise Http404
        kind = KINDS[kind]
        visible = SurveyRound.objects.visible_to(request.user)
        survey, _others, comparison = self._comparison(request, object_id, visible)
        if comparison is None:
            raise Http404
        if not self._may_export(request, kind, survey):
            raise PermissionDenied
        form = ComparisonForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                return self._hand_out(request, comparison, kind, form)
            except ValidationError as error:
                form.add_error(None, error.messages)
        context = {
            **self.admin_site.each_context(request),
            "title": _("导出两轮对比：%(kind)s") % {"kind": kind.label},
            "opts": self.opts,
            "survey": survey,
            "comparison": comparison,
            "form": form,
            "back_url": reverse("admin:ledger_surveyround_compare", args=[survey.pk]) + f"?{request.GET.urlencode()}",
        }
        status = 422 if request.method == "POST" else 200
        return TemplateResponse(request, "admin/ledger/compare_export.html", context, status=status)

    @staticmethod
    def _hand_out(request, comparison, kind, form):
        outcome = form.cleaned_data["outcome"]
        rows = comparison.rows(kind, kind.permission("export"))
        rows = rows.filter(outcome=outcome) if outcome else rows
        titles = {"before": comparison.before.title, "after": comparison.after.title}
        shown = [_("摸排对比：%(before)s → %(after)s") % titles, *([str(Outcome(outcome).label)] if outcome else [])]
        community = comparison.after.community
        roster = compared_roster(kind)
        file = TemporaryFile()  # noqa: SIM115 - FileResponse closes it
        try:
            printout = make_printout(
                roster,
                Printout.Form.XLSX,
                community=community,
                write=lambda copy: write_xlsx(copy, file),
                by=request.user,
                reason=form.cleaned_data["reason"],
                selection=Selection(rows, tuple(map(str, shown))),
            )
        except BaseException:
            file.close()
            raise
        file.seek(0)
        name = f"{roster.title_of(community)}-{printout.serial}.xlsx"
        return FileResponse(file, as_attachment=True, filename=name)


def compared_roster(kind):
    """The roster with what changed beside each row. What is added is no part of the digest that a check reads again."""
    roster = ROSTER[kind.name]
    outcome = Column("outcome", _("变化"), outcome_text, 30, 26, derived=True)
    gone = [replace(roster.catalogue[key], derived=True) for key in ("left_on", "left_reason")]
    return replace(roster, columns=(*roster.columns, outcome, *gone))
