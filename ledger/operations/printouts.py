"""Letting a roster out of the system, on paper or as a file: never without a reason, always on record."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from secrets import choice
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ledger.models import Printout
from ledger.pasts import PastRows, require_day
from ledger.printables import ranges_text
from ledger.rosters import Layout, Roster, RosterCopy
from station.lib.db import save_checked
from station.operations import audit

# Crockford's base 32: no I, L, O, U, which are misread. Ten of them are 50 bits: short to type, hopeless to guess.
SERIAL_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SERIAL_LENGTH = 10
_MISREAD = str.maketrans("ILO", "110")

STANDARD_LAYOUT = Layout()
LEAST_FULL_REASON = 4  # characters: “办理意外险” says something, “工作” does not


def new_serial() -> str:
    """A serial nobody can guess, as ``7K3MQ-9XD2A``: the page it opens is public."""
    characters = "".join(choice(SERIAL_ALPHABET) for _position in range(SERIAL_LENGTH))
    return f"{characters[:5]}-{characters[5:]}"


def normalize_serial(text: str) -> str | None:
    """The serial somebody typed, in the form we store; None where it cannot be one."""
    characters = text.upper().replace("-", "").replace(" ", "").translate(_MISREAD)
    if len(characters) != SERIAL_LENGTH or set(characters) - set(SERIAL_ALPHABET):
        return None
    return f"{characters[:5]}-{characters[5:]}"


@dataclass(frozen=True)
class Selection:
    """Some rows of a roster, chosen by filters. `shown` says so in words of ours, never in what somebody typed."""

    queryset: Any
    shown: tuple[str, ...] = ()

    def as_json(self) -> dict:
        numbers = sorted(self.queryset.order_by().values_list("pk", flat=True))
        return {"shown": list(self.shown), "rows": ranges_text(numbers)}


def narrowed(roster: Roster, community, layout: Layout, selection: Selection | None) -> Selection | None:
    """`selection` (None: the whole roster) as far as the layout's own filters want it."""
    if not layout.filters:
        return selection
    if selection is None:
        every = roster.every_row(community) if layout.chooses_states else roster.rows(community)
        selection = Selection(every)
    return Selection(
        roster.filtered(selection.queryset, layout.filters), (*selection.shown, *roster.words_for(layout.filters))
    )


def stated_reason(reason: str, *, full: bool = False, full_reason: str = "") -> str:
    """The reason as it is printed and recorded; for a full copy with why the masks had to come off.

    Raises ValidationError where either says nothing, or both together too much.
    """
    reason, full_reason = " ".join(reason.split()), " ".join(full_reason.split())
    if not reason:
        raise ValidationError({"reason": _("请写明打印或导出的用途。")})
    if not full:
        return reason
    if len(full_reason) < LEAST_FULL_REASON or full_reason == reason:
        raise ValidationError(
            {"full_reason": _("请另写一句为什么非要完整号码，至少 %(n)d 个字。") % {"n": LEAST_FULL_REASON}}
        )
    reason = _("%(reason)s；要完整号码：%(why)s") % {"reason": reason, "why": full_reason}
    if len(reason) > Printout._meta.get_field("reason").max_length:
        raise ValidationError({"full_reason": _("两句话加起来太长，请写短一点。")})
    return reason


def refuse_full(roster: Roster, community, by) -> None:
    """Raises ValidationError unless `by` (None: a command) may see everything of this community's rows."""
    permission = roster.permission("reveal")
    if by is not None and not type(community).objects.visible_to(by, permission).filter(pk=community.pk).exists():
        raise ValidationError({"full": _("您没有查看完整信息的权限，只能导出打码的。")})


def past_copy(roster: Roster, community, day: date, layout: Layout, *, seen_at) -> dict:
    """What a `RosterCopy` of a past day is made of: the rows that `layout` wants, by what they said on that day."""
    rows = PastRows.of(roster, community, day, seen_at=seen_at).kept(layout.filters)
    return {"queryset": None, "past_rows": rows, "as_of": day, "shown_filters": roster.words_for(layout.filters)}


def copy_of_today(roster: Roster, community, selection: Selection | None) -> dict:
    """What a `RosterCopy` of the ledger as it is now is made of: the rows of a selection, or all."""
    if selection is None:
        return {"queryset": roster.rows(community)}
    return {"queryset": selection.queryset, "shown_filters": selection.shown}


def filters_of_past(roster: Roster, layout: Layout) -> dict:
    """How a printout remembers which rows of a past day it shows: the history will answer the same question again."""
    if not layout.filters:
        return {}
    return {"shown": list(roster.words_for(layout.filters)), "kept": dict(layout.filters)}


@transaction.atomic
def make_printout(
    roster: Roster,
    form: str,
    *,
    community,
    write: Callable[[RosterCopy], Any],
    by,
    reason: str,
    selection: Selection | None = None,
    layout: Layout = STANDARD_LAYOUT,
    full: bool = False,
    full_reason: str = "",
    as_of: date | None = None,
) -> Printout:
    """Let `write` make one copy of the roster (of a `selection`, else of all its rows) and record it.

    The filters of the `layout` narrow the selection. `full` shows what is masked otherwise, to who may reveal it and
    says why. With `as_of` it is the roster as it stood at the end of that past day, or stands at this moment of today.

    Raises ValidationError without a reason or for a day without history, and whatever `write` raises: then nothing is
    recorded, and whoever called must not hand out what was written.
    """
    reason = stated_reason(reason, full=full, full_reason=full_reason)
    if full:
        refuse_full(roster, community, by)
    at = timezone.now()
    if as_of is None:
        selection = narrowed(roster, community, layout, selection)
        shown, filters = copy_of_today(roster, community, selection), selection.as_json() if selection else {}
    elif selection is None:
        require_day(community, as_of, roster)
        shown = past_copy(roster, community, as_of, layout, seen_at=at)
        filters = filters_of_past(roster, layout)
    else:
        raise TypeError("A past day is let out whole, not as a selection.")
    copy = RosterCopy(
        roster=roster,
        community=community,
        serial=new_serial(),
        at=at,
        by=by,
        reason=reason,
        layout=layout,
        full=full,
        **shown,
    )
    write(copy)
    printout = save_checked(
        Printout(
            serial=copy.serial,
            roster=roster.kind,
            form=form,
            community=community,
            rows=copy.count,
            sha256=copy.fingerprint.hexdigest(),
            filters=filters,
            by=by,
            reason=reason,
            as_of=as_of,
            template=layout.name,
            columns=[column.key for column in copy.columns],
            full=copy.full,
            at=copy.at,
        )
    )
    verb = "print" if form in (Printout.Form.HTML, Printout.Form.PDF) else "export"
    audit.record(
        f"{verb} roster",
        printout,
        by=by,
        reason=reason,
        community=community,
        roster=roster.kind,
        form=str(form),
        rows=copy.count,
        filtered=bool(filters),
        **said_of(printout),
    )
    return printout


def said_of(printout: Printout) -> dict:
    """What the audit remembers of one that was not the usual form."""
    as_of = printout.as_of and printout.as_of.isoformat()
    said = {"template": printout.template, "full": printout.full, "as_of": as_of}
    return {name: value for name, value in said.items() if value}
