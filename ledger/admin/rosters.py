"""What the three registers of the admin share: print, export and download what the list shows."""

from functools import partial
from tempfile import TemporaryFile

from django import forms
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ALL_VAR, ERROR_FLAG, ORDER_VAR, PAGE_VAR, SEARCH_VAR
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from ledger.exports import write_csv, write_xlsx
from ledger.forms.printouts import CopyForm
from ledger.models import Printout
from ledger.operations.printouts import Selection, make_printout
from ledger.prints import HtmlPage, write_pdf
from ledger.rosters import ROSTERS
from station.admin.base import OperationAdmin
from station.models import Community

Form = Printout.Form

WAYS_OUT = {  # form → address below the list, label of the button, permission verb
    Form.HTML: ("print", _("打印"), "print"),
    Form.PDF: ("print/pdf", _("下载 PDF"), "print"),
    Form.XLSX: ("export/xlsx", _("导出 Excel"), "export"),
    Form.CSV: ("export/csv", _("导出 CSV"), "export"),
}

WHOLE_CHARACTERS = 5


def import_url(kind):
    """Where a file for this register is chosen."""
    return f"{reverse('admin:ledger_importbatch_add')}?kind={kind}"


class PrintoutForm(CopyForm):
    """What must be said before a roster leaves the system."""

    anyway = forms.BooleanField(label=_("照样打印，缺的字我会在纸上补"), required=False, widget=forms.HiddenInput)

    def __init__(self, *args, roster, **kwargs):
        self.layouts = {roster.kind: ("template", _("表样"))}
        self.kind = roster.kind
        super().__init__(*args, **kwargs)

    @property
    def layout(self):
        return self.chosen[self.kind]

    def offer_anyway(self):
        """Ask whether to print although some characters are in no font."""
        self.fields["anyway"].widget = forms.CheckboxInput()


class RosterAdmin(OperationAdmin):
    """A register whose list can be printed, exported and downloaded, as filtered, within the user's scope."""

    roster_kind = None
    change_list_template = "admin/ledger/roster_change_list.html"

    @property
    def roster(self):
        return ROSTERS[self.roster_kind]

    def get_urls(self):
        routes = [
            path(
                f"{address}/",
                self.admin_site.admin_view(partial(self.way_out_view, form=form)),
                name=f"{self.opts.app_label}_{self.opts.model_name}_{form}",
            )
            for form, (address, _label, _verb) in WAYS_OUT.items()
        ]
        return [*routes, *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        query = request.GET.copy()
        for name in (PAGE_VAR, ORDER_VAR, ALL_VAR, ERROR_FLAG):
            query.pop(name, None)
        ways_out = [
            {"label": label, "url": f"{self._url(form)}?{query.urlencode()}"}
            for form, (_address, label, verb) in WAYS_OUT.items()
            if self.may(request, verb)
        ]
        if all(request.user.has_perm(roster.permission("export")) for roster in ROSTERS.values()):
            ways_out.append({"label": _("整本台账 Excel"), "url": reverse("admin:ledger_printout_workbook")})
        if self.may(request, "import"):
            ways_out.append({"label": _("导入"), "url": import_url(self.roster_kind)})
        return super().changelist_view(request, {"ways_out": ways_out, **(extra_context or {})})

    def _url(self, page):
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}")

    def way_out_view(self, request, form):
        """Ask the reason on GET; on POST hand out the page or the file."""
        _address, label, verb = WAYS_OUT[form]
        permission = self.roster.permission(verb)
        communities = list(Community.objects.visible_to(request.user, permission).select_related("street"))
        if not self.may(request, verb) or not communities:
            raise PermissionDenied
        try:
            changelist = self._checked_changelist(request)
        except IncorrectLookupParameters:
            return redirect(
                f"{reverse(f'admin:{self.opts.app_label}_{self.opts.model_name}_changelist')}?{ERROR_FLAG}=1"
            )
        asked = PrintoutForm(
            request.POST if request.method == "POST" else None,
            roster=self.roster,
            communities=communities,
            user=request.user,
            may_reveal=self.may(request, "reveal"),
        )
        if request.method == "POST" and asked.is_valid():
            try:
                return self._hand_out(request, form, asked, self._selection(request, changelist, asked, permission))
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
            "shown_filters": self._shown_filters(changelist),
            "query": request.GET.urlencode(),
            "may_make_layouts": request.user.has_perm("ledger.add_formtemplate"),
        }
        status = 422 if request.method == "POST" else 200
        return TemplateResponse(request, "admin/ledger/roster_ask.html", context, status=status)

    # --- which rows --------------------------------------------------------------------------------------------------
    def _checked_changelist(self, request):
        """The list as the screen shows it. Raises IncorrectLookupParameters rather than showing more than was asked."""
        if any("\0" in text for name, values in request.GET.lists() for text in (name, *values)):
            raise IncorrectLookupParameters  # PostgreSQL cannot compare with a NUL
        request.every_match = True  # the screen stops at a thousand, a roster does not
        changelist = self.get_changelist_instance(request)
        if request.GET.get(SEARCH_VAR, "").strip() and not changelist.query.strip():
            raise IncorrectLookupParameters
        return changelist

    def _selection(self, request, changelist, asked, permission):
        """The rows asked for; None where that is the whole roster of the community."""
        roster, community = self.roster, asked.community
        rows = roster.every_row(community).visible_to(request.user, permission)
        if changelist.query or changelist.has_active_filters:
            rows = rows.filter(pk__in=changelist.queryset.order_by().values("pk"))
            named = any(name.partition("__")[0] == "state" for name in changelist.params)
            if not named and not asked.layout.chooses_states:
                rows = roster.only_current(rows)
            return Selection(rows, self._shown_filters(changelist))
        if not asked.layout.chooses_states:
            rows = roster.only_current(rows)
        if roster.rows(community).exclude(pk__in=rows.values("pk")).exists():
            return Selection(rows, (str(_("本人管辖范围")),))
        return Selection(rows) if asked.layout.chooses_states else None

    def _shown_filters(self, changelist):
        """The filters in words of the choices; of a search only that there was one, for it may hold a name or phone."""
        shown = [
            f"{spec.title}：{choice['display']}"
            for spec in changelist.filter_specs
            if spec.used_parameters
            for choice in spec.choices(changelist)
            if choice.get("selected")
        ]
        if changelist.query:
            shown.append(str(_("按关键词查找")))
        return tuple(shown)

    # --- handing out -------------------------------------------------------------------------------------------------
    def _hand_out(self, request, form, asked, selection, as_of=None):
        arguments = {
            **asked.copy_arguments,
            "by": request.user,
            "selection": selection,
            "as_of": as_of,
            "layout": asked.layout,
        }
        if form == Form.HTML:
            page = HtmlPage()
            make_printout(self.roster, form, write=page.read, **arguments)
            return TemplateResponse(request, "ledger/roster_print.html", page.context())
        # Without a name in any folder, gone when the answer has been sent.
        file = TemporaryFile()  # noqa: SIM115 - FileResponse closes it
        try:
            writers = {
                Form.PDF: partial(write_pdf, anyway=asked.cleaned_data["anyway"]),
                Form.XLSX: write_xlsx,
                Form.CSV: write_csv,
            }
            printout = make_printout(self.roster, form, write=partial(writers[form], file=file), **arguments)
        except BaseException:
            file.close()
            raise
        file.seek(0)
        of_day = f"-{as_of.isoformat()}" if as_of else ""
        name = f"{self.roster.title_of(asked.community)}{of_day}-{printout.serial}.{form}"
        return FileResponse(file, as_attachment=True, filename=name)


def cell_of(text):
    """A cell's text, and whether it stays on one line: numbers, dates and the shortest words."""
    return text, len(text) <= WHOLE_CHARACTERS or text.isascii()
