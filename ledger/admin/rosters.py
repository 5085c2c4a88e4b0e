"""What the three registers of the admin share: print, export and download what the list shows."""

from base64 import b64encode
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
from ledger.models import Printout
from ledger.operations.printouts import Selection, make_printout
from ledger.prints import MASK_NOTE, write_pdf
from ledger.rosters import ROSTERS, text_of
from station.admin.base import OperationAdmin
from station.forms.staff import ReasonForm
from station.lib.qr import qr_png_bytes
from station.models import Community

Form = Printout.Form

WAYS_OUT = {  # form → address below the list, label of the button, permission verb
    Form.HTML: ("print", _("打印"), "print"),
    Form.PDF: ("print/pdf", _("下载 PDF"), "print"),
    Form.XLSX: ("export/xlsx", _("导出 Excel"), "export"),
    Form.CSV: ("export/csv", _("导出 CSV"), "export"),
}


WHOLE_CHARACTERS = 5


class PrintoutForm(ReasonForm):
    """What must be said before a roster leaves the system."""

    reason = forms.CharField(
        label=_("用途"), max_length=100, help_text=_("会印在每一页上，也记进审计记录，例如：报送街道办第四季度台账")
    )
    anyway = forms.BooleanField(label=_("照样打印，缺的字我会在纸上补"), required=False, widget=forms.HiddenInput)

    def __init__(self, *args, communities, **kwargs):
        super().__init__(*args, **kwargs)
        self.communities = communities
        if len(communities) > 1:
            choices = [(community.pk, community.name) for community in communities]
            self.fields["community"] = forms.TypedChoiceField(label=_("社区"), choices=choices, coerce=int)

    @property
    def community(self):
        """The one community whose roster this is."""
        chosen = self.cleaned_data.get("community", self.communities[0].pk)
        return next(community for community in self.communities if community.pk == chosen)

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
        asked = PrintoutForm(request.POST if request.method == "POST" else None, communities=communities)
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
            if not any(name.partition("__")[0] == "state" for name in changelist.params):
                rows = roster.only_current(rows)
            return Selection(rows, self._shown_filters(changelist))
        rows = roster.only_current(rows)
        if roster.rows(community).exclude(pk__in=rows.values("pk")).exists():
            return Selection(rows, (str(_("本人管辖范围")),))
        return None

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
    def _hand_out(self, request, form, asked, selection):
        arguments = {
            "community": asked.community,
            "by": request.user,
            "reason": asked.cleaned_data["reason"],
            "selection": selection,
        }
        if form == Form.HTML:
            page = _HtmlPage()
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
        name = f"{self.roster.title_of(asked.community)}-{printout.serial}.{form}"
        return FileResponse(file, as_attachment=True, filename=name)


class _HtmlPage:
    """Keeps a copy for the browser's own print."""

    def read(self, copy):
        self.copy = copy
        self.rows = [[self._cell(text_of(value)) for value in line] for line in copy.lines()]

    @staticmethod
    def _cell(text):
        """A cell's text, and whether it stays on one line: numbers, dates and the shortest words."""
        return text, len(text) <= WHOLE_CHARACTERS or text.isascii()

    def context(self):
        code = b64encode(qr_png_bytes(self.copy.check_url, scale=3)).decode()
        return {"copy": self.copy, "rows": self.rows, "qr": f"data:image/png;base64,{code}", "mask_note": MASK_NOTE}
