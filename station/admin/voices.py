"""What riders said and wished for: answered here, and then public."""

from django.contrib import admin
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from station.admin.base import ObjectAction, ReadOnlyAdmin
from station.forms.staff import ReasonForm
from station.forms.voices import GrantForm, HideForm, ReplyForm
from station.lib.states import can_move
from station.models import Voice
from station.operations import voices

REVEAL = "reveal-contact"


@admin.register(Voice)
class VoiceAdmin(ReadOnlyAdmin):
    """Voices come from the public page and change by buttons only; a contact is masked until revealed with a reason."""

    list_display = ["short_text", "kind", "station", "community", "state", "said_at", "replied_at"]
    list_filter = ["state", "kind", ("station", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["station", "community"]
    search_fields = ["text", "reply"]
    search_help_text = _("按说的话、答复找")
    fields = readonly_fields = [
        "kind",
        "community",
        "station",
        "occupation",
        "text",
        "left_contact",
        "said_at",
        "state",
        "reply",
        "replied_at",
        "replied_by",
    ]
    object_actions = [
        ObjectAction(
            "answer",
            _("答复并公开"),
            voices.answer_voice,
            action="answer",
            form=ReplyForm,
            available=can_move(Voice.State.ANSWERED),
        ),
        ObjectAction(
            "grant",
            _("心愿已实现"),
            voices.grant_voice,
            action="answer",
            form=GrantForm,
            form_kwargs=lambda voice: {"voice": voice},
            available=lambda voice: voice.kind == Voice.Kind.WISH and can_move(Voice.State.GRANTED)(voice),
        ),
        ObjectAction(
            "hide",
            _("不公开"),
            voices.hide_voice,
            action="answer",
            form=HideForm,
            available=can_move(Voice.State.HIDDEN),
        ),
        ObjectAction(
            REVEAL,
            _("查看联系方式"),
            voices.reveal_contact,
            action="reveal",
            form=ReasonForm,
            available=lambda voice: bool(voice.contact),
        ),
    ]

    @admin.display(description=_("说了什么"))
    def short_text(self, voice):
        return voice.text if len(voice.text) <= 40 else f"{voice.text[:40]}…"

    @admin.display(description=_("联系方式"))
    def left_contact(self, voice):
        return voice.masked_contact or "–"

    def answer_to(self, request, obj, action, result):
        if action.name != REVEAL:
            return super().answer_to(request, obj, action, result)
        context = {
            **self.admin_site.each_context(request),
            "title": action.label,
            "opts": self.opts,
            "original": obj,
            "values": result,
        }
        return TemplateResponse(request, "admin/revealed.html", context, headers={"Cache-Control": "no-store"})
