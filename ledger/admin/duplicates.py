"""Likely duplicates in the admin: found, compared, merged, or remembered as two."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ledger.admin.entries import EntryAdmin
from ledger.duplicates import BESIDE, Pair, likely_pairs, lines, lookalikes
from ledger.forms.merging import MergeForm
from ledger.forms.staff import PartyMemberForm
from ledger.models import DistinctPair
from ledger.models.likeness import reasons
from ledger.operations import merging
from station.admin.base import OperationAdmin

ENTRIES_A_PAGE = 10
LAST_PAGE = 1000  # nobody turns so far, and a number without end would be no offset


class OtherNumberForm(forms.Form):
    """Which entry to compare with, where nothing found it."""

    number = forms.CharField(
        label=gettext_lazy("另一条的编号"),
        max_length=20,
        error_messages={"required": gettext_lazy("请填编号，例如 JSL-R0001。")},
    )


class DuplicatesAdmin(EntryAdmin):
    """A register in which the same one may have been entered twice. `merge_operation` makes one of two."""

    merge_operation = None

    # --- addresses ---------------------------------------------------------------------------------------------------
    def get_urls(self):
        routes = [
            ("duplicates/", self.duplicates_view, "duplicates"),
            ("<path:object_id>/alike/", self.alike_view, "alike"),
            ("<path:object_id>/merge/<path:other_id>/", self.merge_view, "merge"),
            ("<path:object_id>/distinct/<path:other_id>/", self.distinct_view, "distinct"),
        ]
        named = f"{self.opts.app_label}_{self.opts.model_name}"
        ours = [path(route, self.admin_site.admin_view(view), name=f"{named}_{name}") for route, view, name in routes]
        return [*ours, *super().get_urls()]

    def page(self, name, *args):
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{name}", args=args)

    # --- where the pages are reached ---------------------------------------------------------------------------------
    def changelist_view(self, request, extra_context=None):
        url = self.page("duplicates") if self.may(request, "merge") else None
        return super().changelist_view(request, {"duplicates_url": url, **(extra_context or {})})

    def save_model(self, request, obj, form, change):
        """After the entry is in, say whom it may be: a second entry is easier to merge today than in a year."""
        super().save_model(request, obj, form, change)
        if not change and (found := lookalikes(obj, self.get_queryset(request))):
            others = format_html_join("、", "{}（{}）", ((self.mention(p.one), "、".join(p.reasons)) for p in found))
            text = format_html("{}{}", _("登记好了，不过可能以前已经登记过："), others)
            url = self.page("alike", obj.pk)
            messages.warning(request, format_html('{}。<a href="{}">{}</a>', text, url, _("比一比")))

    def beside_form(self, request, obj):
        """With the entries it may be a second time, and what hangs on it."""
        context = super().beside_form(request, obj)
        if not obj.is_merged:
            context["pairs"] = lookalikes(obj, self.get_queryset(request))
            context["alike_url"] = self.page("alike", obj.pk)
        return context | {"sections": list(self.sections(request, obj))}

    def sections(self, request, obj):
        """What hangs on the entry, as sections of ledger.admin.related."""
        return ()

    # --- pages -------------------------------------------------------------------------------------------------------
    def duplicates_view(self, request):
        """The likely pairs of everything he may merge, the newest entries first."""
        if not self.may(request, "merge"):
            raise PermissionDenied
        typed = request.GET.get("page", "1")
        number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 5 else 1
        number = min(max(number, 1), LAST_PAGE)
        within = self.model.objects.visible_to(request.user, self.permission("merge"))
        pairs, more = likely_pairs(within, start=(number - 1) * ENTRIES_A_PAGE, size=ENTRIES_A_PAGE)
        context = {
            "title": _("可能重复的登记"),
            "pairs": [self._shown(request, pair) for pair in pairs],
            "number": number,
            "more": more,
        }
        return self._answer(request, "duplicates", context)

    def alike_view(self, request, object_id):
        """Whom this entry may be a second time, among those he may see; on POST compare with a number he knows."""
        obj = self.get_object(request, unquote(object_id))
        may_merge = self.may(request, "merge", obj)
        form = OtherNumberForm(request.POST if request.method == "POST" else None)
        if request.method == "POST":
            if not may_merge:
                raise PermissionDenied
            if form.is_valid() and (other := self._by_number(request, obj, form)):
                return redirect(self.page("merge", *sorted((obj.pk, other.pk))))
        pairs = [] if obj.is_merged else lookalikes(obj, self.get_queryset(request))
        context = {
            "title": _("查重：%(entry)s") % {"entry": obj},
            "original": obj,
            "pairs": [self._shown(request, pair) for pair in pairs],
            "form": form if may_merge else None,
            "limit": BESIDE if len(pairs) == BESIDE else 0,
            "back": obj.pk,
        }
        return self._answer(request, "duplicates", context, form)

    def merge_view(self, request, object_id, other_id):
        """Choose which number stays and which values; make one of two."""
        pair, gone = self._pair(request, object_id, other_id)
        if gone:
            return redirect(self.url_of(gone))  # where it says into which one it was merged
        form = self._merge_form(request, pair)
        if request.method == "POST" and form.is_valid():
            try:
                keeper = type(self).merge_operation(by=request.user, **form.arguments())
            except ValidationError as error:
                pair, gone = self._pair(request, object_id, other_id)  # as they are now
                if gone:
                    messages.error(request, " ".join(error.messages))
                    return redirect(self.url_of(gone))
                form = self._merge_form(request, pair, refusal=error)
            else:
                away = pair.other if keeper.pk == pair.one.pk else pair.one
                text = _("合并好了：%(away)s 并入了 %(kept)s，历史和往来都在。")
                messages.success(request, text % {"away": away.number, "kept": keeper.number})
                return redirect(self.url_of(keeper))
        context = {"title": _("合并两条登记"), "pair": pair, "form": form, "original": pair.one}
        return self._answer(request, "merge", context, form)

    def distinct_view(self, request, object_id, other_id):
        """Remember that the two are not the same."""
        if request.method != "POST":
            return redirect(self.page("alike", self.get_object(request, unquote(object_id)).pk))
        pair, gone = self._pair(request, object_id, other_id)
        if not request.user.has_perm("ledger.add_distinctpair"):
            raise PermissionDenied
        if not gone:
            self._remember_distinct(request, pair)
        back = request.POST.get("back")
        if back in (str(pair.one.pk), str(pair.other.pk)):  # from the page of one of them
            return redirect(self.page("alike", back))
        return redirect(self.page("duplicates"))

    # --- pieces ------------------------------------------------------------------------------------------------------
    def _pair(self, request, object_id, other_id):
        """Both entries, the older first, and the one of them that is merged away already, or None.

        Two that he may not see both, or that cannot be compared, are not there: 404.
        """
        rows = [self.get_object(request, unquote(key)) for key in (object_id, other_id)]
        if not all(row.is_merged or self.may(request, "merge", row) for row in rows):
            raise PermissionDenied
        one, other = sorted(rows, key=lambda row: row.pk)
        if one.pk == other.pk or one.community_id != other.community_id:
            raise Http404
        return Pair(one, other, tuple(reasons(one, other))), next((row for row in rows if row.is_merged), None)

    def _remember_distinct(self, request, pair):
        try:
            found = merging.mark_distinct(pair.one, pair.other, by=request.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return
        undo = reverse("admin:ledger_distinctpair_changelist")
        text = _("记下了：%(pair)s，以后不再提示。") % {"pair": found}
        messages.success(request, format_html('{}<a href="{}">{}</a>', text, undo, _("要撤销点这里")))

    def _merge_form(self, request, pair, refusal=None):
        """What was typed stays; after a refusal it is asked again about the two as they are now."""
        data = request.POST.copy() if request.method == "POST" else None
        seen = merging.stamp(pair.one, pair.other)
        if refusal:
            data["seen"] = seen
        form = MergeForm(
            data,
            one=pair.one,
            other=pair.other,
            masks=self.form.masks,
            hidden=set(self.get_exclude(request)),
            member_masks=PartyMemberForm.masks,
            initial={"seen": seen},
        )
        if refusal:
            form.add_refusal(refusal)
        return form

    def _by_number(self, request, obj, form):
        """The entry whose number was typed; None, and the form says why, where there is nothing to compare with."""
        number = form.cleaned_data["number"].strip().upper()
        mine = self.model.objects.visible_to(request.user, self.permission("merge")).filter(community=obj.community_id)
        other = mine.filter(number=number).first()
        if other is not None:
            other = other.survivor
        if other is None or other.pk == obj.pk:
            form.add_error("number", _("没找到这个编号的另一条登记，请对照着再看一眼。"))
            return None
        return other

    def _shown(self, request, pair):
        """One pair as the page shows it, and what may be done with it."""
        return {
            "pair": pair,
            "lines": lines(pair.one, pair.other, masks=self.form.masks, hidden=set(self.get_exclude(request))),
            "urls": [self.url_of(pair.one), self.url_of(pair.other)],
            "merge": self.may(request, "merge", pair.one) and self.page("merge", pair.one.pk, pair.other.pk),
            "distinct": self.may(request, "merge", pair.one) and self.page("distinct", pair.one.pk, pair.other.pk),
        }

    def _answer(self, request, name, context, form=None):
        status = 422 if form is not None and form.errors else 200
        context = {**self.admin_site.each_context(request), "opts": self.opts, "media": self.media, **context}
        return TemplateResponse(request, f"admin/ledger/{name}.html", context, status=status)


@admin.register(DistinctPair)
class DistinctPairAdmin(OperationAdmin):
    """Pairs that somebody found to be two. Deleting one makes the ledger ask again."""

    list_display = ["first", "second", "by", "at"]
    list_select_related = ["by"]
    search_fields = ["=first", "=second"]
    fields = readonly_fields = ["first", "second", "reason", "by", "at"]

    def has_add_permission(self, request):
        """They come from the button beside a pair."""
        return False

    def has_change_permission(self, request, obj=None):
        return False
