"""The letter and the survey sheets in the admin: buttons of a survey round, and of the letter itself."""

from functools import partial
from tempfile import TemporaryFile

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from ledger.forms.papers import LetterForm, SheetsForm
from ledger.models import SurveyRound
from ledger.operations.papers import print_letter, print_sheets
from ledger.printables import PRINTABLES
from ledger.prints.letters import write_letter
from ledger.prints.survey_sheets import write_sheets
from station.admin.base import ObjectAction, OperationAdmin
from station.models import Notice

MAX_KEY_DIGITS = 18  # what fits a 64-bit column


def letter_of_round(survey, *, anyway, **how):
    """The letter of the round's community, as a file."""
    return _made(print_letter, survey.community, write_letter, anyway=anyway, **how)


def sheets_of_round(survey, *, anyway, **how):
    return _made(print_sheets, survey, write_sheets, anyway=anyway, **how)


def _made(operation, subject, write, *, anyway, **how):
    """The printout and its file, which has no name in any folder and is gone when it has been sent."""
    file = TemporaryFile()  # noqa: SIM115 - FileResponse closes it
    try:
        printout = operation(subject, write=partial(write, file=file, anyway=anyway), **how)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return printout, file


def _handed_out(printout, file):
    title = f"{printout.community.name}{PRINTABLES[printout.roster].title}"
    return FileResponse(file, as_attachment=True, filename=f"{title}-{printout.serial}.pdf")


PAPER_ACTIONS = [
    ObjectAction(
        "sheets", _("打印摸排表"), sheets_of_round, action="print", form=SheetsForm,
        form_kwargs=lambda survey: {"survey": survey},
        available=lambda survey: survey.state == SurveyRound.State.OPEN,
    ),
    ObjectAction("letter", _("打印一封信"), letter_of_round, action="print", form=LetterForm),
]  # fmt: skip


class PaperAdmin(OperationAdmin):
    """Survey rounds with what goes on paper; whoever may print for a round may print the community's letters."""

    def answer_to(self, request, obj, action, result):
        if action not in PAPER_ACTIONS:
            return super().answer_to(request, obj, action, result)
        return _handed_out(*result)

    def get_urls(self):
        view = self.admin_site.admin_view(self.letter_view)
        return [path("letter/<int:pk>/", view, name="ledger_letter_print"), *super().get_urls()]

    def letter_view(self, request, pk):
        """Print one letter, asked for on its own page."""
        if not self.may(request, "print"):
            raise PermissionDenied
        letters = Notice.objects.visible_to(request.user, self.permission("print")).filter(kind=Notice.Kind.LETTER)
        letter = letters.select_related("community__street").filter(pk=pk).first() if self._fits(pk) else None
        if letter is None:
            raise Http404
        form = LetterForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            how = {"letter": letter, "by": request.user, **form.cleaned_data}
            try:
                return _handed_out(*_made(print_letter, letter.community, write_letter, **how))
            except ValidationError as error:
                form.add_error(None, error.messages)
        context = {
            **self.admin_site.each_context(request),
            "title": f"{_('打印一封信')} · {letter.title}",
            "label": _("打印一封信"),
            "form": form,
            "media": self.media,
            "back": reverse("admin:station_notice_change", args=[letter.pk]),
        }
        status = 422 if request.method == "POST" else 200
        return TemplateResponse(request, "admin/ledger/letter_ask.html", context, status=status)

    @staticmethod
    def _fits(pk):
        return len(str(pk)) <= MAX_KEY_DIGITS
