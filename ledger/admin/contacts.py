"""Who is to be contacted this week, what was said, who reported in: the staff's side of keeping in touch."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import F
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from ledger.forms.contacts import ContactForm, ReportInForm
from ledger.models import ContactNote, PartyMember
from ledger.operations import contacts, members
from station.admin.base import ObjectAction
from station.forms.staff import ReasonForm
from station.lib.moments import day_text

A_PAGE = 50  # members on one page of the list
LATEST = 100  # notes on a member's page
BACK = "to-contact"  # the value of the hidden field that leads back to the list


def in_touch(member):
    """For ObjectAction.available: the community looks after him."""
    return member.state in (PartyMember.State.MOBILE, PartyMember.State.LOST)


def for_member(member):
    """For ObjectAction.form_kwargs."""
    return {"member": member}


def end_of_week(day):
    """The Sunday on `day` or after it."""
    return day + timedelta(days=6 - day.weekday())


@dataclass(frozen=True)
class ToContact:
    """One line of the follow-up list."""

    member: PartyMember
    last: ContactNote | None
    today: date

    @property
    def is_overdue(self):
        day = self.member.next_contact_on
        return day is not None and day < self.today

    @property
    def when(self):
        """When he is due, in words."""
        day = self.member.next_contact_on
        if day is None:
            return gettext("没定日期")
        late = (self.today - day).days
        if late > 0:
            return ngettext("过了 %(n)d 天", "过了 %(n)d 天", late) % {"n": late}
        return day_text(day, self.today)


class ContactsAdmin:
    """For the register of party members: the follow-up list, the notes on a member's page, the buttons."""

    change_list_template = "admin/ledger/member_change_list.html"
    change_form_template = "admin/ledger/member_change_form.html"
    contact_actions = [
        ObjectAction(
            "contact", _("记一次联系"), contacts.note_contact,
            form=ContactForm, form_kwargs=for_member, available=in_touch,
        ),
        ObjectAction(
            "report-in", _("到站报到"), contacts.report_in,
            form=ReportInForm, form_kwargs=for_member, available=in_touch,
        ),
        ObjectAction("reveal-phone", _("查看手机号"), members.reveal_phone, action="reveal", form=ReasonForm),
    ]  # fmt: skip

    def get_urls(self):
        page = self.admin_site.admin_view(self.to_contact_view)
        return [path("to-contact/", page, name="ledger_partymember_to_contact"), *super().get_urls()]

    # --- this week's list --------------------------------------------------------------------------------------------
    def to_contact_view(self, request):
        """Those due by Sunday, the longest overdue first, those without a date last."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        today = timezone.localdate()
        due = (
            self.get_queryset(request)
            .due(end_of_week(today))
            .with_contacts()
            .select_related("worker__grid")
            .order_by(F("next_contact_on").asc(nulls_last=True), "number")
        )
        page = Paginator(due, A_PAGE).get_page(request.GET.get("p"))
        notes = self.notes_of(request).defer("note").in_bulk([row.last_note for row in page if row.last_note])
        context = {
            **self.admin_site.each_context(request),
            "title": _("本周要联系"),
            "opts": self.opts,
            "page": page,
            "rows": [ToContact(row, notes.get(row.last_note), today) for row in page],
            "may_note": self.may(request, "change"),
            "may_reveal": self.may(request, "reveal"),
            "back": BACK,
        }
        return TemplateResponse(request, "admin/ledger/to_contact.html", context)

    def notes_of(self, request):
        return ContactNote.objects.visible_to(request.user).select_related("by")

    # --- one member --------------------------------------------------------------------------------------------------
    def change_view(self, request, object_id, form_url="", extra_context=None):
        member = self.get_object(request, object_id)
        notes = list(self.notes_of(request).filter(member=member)[: LATEST + 1])
        context = {
            "notes": notes[:LATEST],
            "more_notes": len(notes) > LATEST,
            "suggested": PartyMember.objects.with_contacts().get(pk=member.pk).suggested_state,
        }
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def answer_to(self, request, obj, action, result):
        """Back to where the button was. Messages travel in a cookie: the number, never the name."""
        if action.name == "reveal-phone":
            response = super().answer_to(request, obj, action, result)
            response.template_name = "admin/ledger/member_phone.html"
            response.context_data |= {"may_note": in_touch(obj) and self.may(request, "change", obj), "back": BACK}
            response.context_data["noted"] = obj.contact_notes.count()
            return response
        if action.name != "contact":
            return super().answer_to(request, obj, action, result)
        said = {"number": result.number, "day": day_text(result.next_contact_on, timezone.localdate())}
        messages.success(request, gettext("%(number)s 记好了，下次联系：%(day)s。") % said)
        if request.POST.get("back") == BACK:
            return redirect(reverse("admin:ledger_partymember_to_contact"))
        return redirect(self.url_of(obj))
