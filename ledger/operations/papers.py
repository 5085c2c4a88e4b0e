"""Letting the letter and the survey sheets out on paper: never without a reason, always on record."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ledger.models import Printout, SurveyRound
from ledger.operations.printouts import new_serial
from ledger.operations.surveys import require_open
from ledger.papers import LetterPaper, SurveyPaper
from ledger.printables import PRINTABLES, ranges_text
from station.lib.db import save_checked
from station.models import Community, Grid, Notice
from station.operations import audit

MAX_COPIES = 9999


def newest_letter(community: Community) -> Notice:
    """The letter that stands in force. Raises ValidationError where the community has written none."""
    letters = Notice.objects.published().filter(kind=Notice.Kind.LETTER, community=community, station=None)
    letter = letters.order_by("-published_at").first()
    if letter is None:
        raise ValidationError(_("信还没写。请先在“公告”里写一篇，类别选“一封信”。"), code="no_letter")
    return letter


@transaction.atomic
def print_letter(
    community: Community,
    *,
    write: Callable[[LetterPaper], Any],
    by,
    reason: str,
    letter: Notice | None = None,
    copies: int | None = None,
) -> Printout:
    """Let `write` make the letter (the newest, or the one named) and record it, with how many `copies` are planned.

    Raises ValidationError without a reason or a letter, and whatever `write` raises: then nothing is recorded.
    """
    reason = _checked(reason)
    letter = letter or newest_letter(community)
    if letter.kind != Notice.Kind.LETTER or letter.community_id != community.pk:
        raise ValidationError(_("这不是本社区的信。"), code="foreign_letter")
    paper = LetterPaper(community, new_serial(), timezone.now(), by, reason, letter)
    write(paper)
    return _record(paper, roster="letter", filters={"letter": letter.pk}, said={"copies": copies} if copies else {})


@transaction.atomic
def print_sheets(
    survey: SurveyRound,
    *,
    write: Callable[[SurveyPaper], Any],
    by,
    reason: str,
    grid: Grid | None = None,
    checked_too: bool = False,
) -> Printout:
    """Let `write` make the survey sheets of one grid or of all and record them, one row an entry.

    Raises ValidationError without a reason, for a round that is over or a grid of another community, and whatever
    `write` raises: then nothing is recorded.
    """
    reason = _checked(reason)
    require_open(survey)
    if grid is not None and grid.community_id != survey.community_id:
        raise ValidationError(_("这个网格不属于本社区，请重新选。"), code="foreign_grid")
    paper = SurveyPaper(survey.community, new_serial(), timezone.now(), by, reason, survey, grid, checked_too)
    write(paper)
    entries = {
        "enterprises": ranges_text(sorted(paper.enterprises)),
        "workers": ranges_text(sorted(paper.workers)),
    }
    return _record(
        paper,
        roster="sheets",
        rows=paper.count,
        filters=entries,
        said={"round": survey.pk, "grid": grid.number if grid else None},
    )


def _checked(reason):
    reason = " ".join(reason.split())
    if not reason:
        raise ValidationError({"reason": _("请写明打印或导出的用途。")})
    return reason


def _record(paper, *, roster, filters, said, rows=0):
    printout = Printout(
        serial=paper.serial,
        roster=roster,
        form=Printout.Form.PDF,
        community=paper.community,
        rows=rows,
        filters=filters,
        by=paper.by,
        reason=paper.reason,
        at=paper.at,
    )
    printout.sha256 = PRINTABLES[roster].digest(printout)
    save_checked(printout)
    audit.record(
        f"print {roster}", printout, by=paper.by, reason=paper.reason, community=paper.community, rows=rows, **said
    )
    return printout
