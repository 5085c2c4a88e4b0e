"""Which entries of the ledger are probably the same: pairs to look at, side by side, and how many there are.

What may be seen is decided by whoever asks: every function takes the rows `within` which it looks.
"""

from dataclasses import dataclass

from django.core.cache import cache
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Model
from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.translation import gettext as _

from ledger.models import DistinctPair, Enterprise, PartyMember, Worker
from ledger.models.likeness import reasons
from station.models import AuditEvent

RELATED = {Enterprise: ("community", "grid"), Worker: ("community", "grid", "employer", "user")}
BESIDE = 5  # of the entries that one may be, so many are shown
RECENT = 2000  # the newest entries of each register, over which the dashboard counts
COUNT_LASTS_S = 15 * 60
HISTORY_READ = 100  # states of an entry, to find out when a value was written
UNASKED = {"community", "worker"}  # the same for both, or settled by the merge itself


@dataclass(frozen=True)
class Pair:
    """Two entries that are probably one: the one registered first, the other, and what speaks for it."""

    one: Model
    other: Model
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """One field of two entries as it may be read."""

    name: str
    label: str
    one: str
    other: str
    differs: bool


# --- finding ---------------------------------------------------------------------------------------------------------
def lookalikes(entry, within):
    """The `BESIDE` newest pairs of `entry` with entries it may be a second time, or the first. Three queries."""
    rows = within.like(entry).exclude(pk=entry.pk).select_related(*RELATED[type(entry)]).order_by("-pk")
    return _not_known_distinct(_pair(entry, row) for row in rows)[:BESIDE]


def likely_pairs(within, *, start, size):
    """The pairs of `size` entries from position `start` on, the newest first, and whether there are more entries.

    Each entry is paired with those registered before it. Four queries however many rows.
    """
    related = RELATED[within.model]
    newest = within.with_earlier_lookalike().select_related(*related).order_by("-pk")[start : start + size + 1]
    later = list(newest)
    more, later = len(later) > size, later[:size]
    rows = list(within.like(*later).select_related(*related).order_by("-pk"))
    found = _not_known_distinct(_pair(row, entry) for entry in later for row in rows if row.pk < entry.pk)
    return [pair for entry in later for pair in [p for p in found if p.other == entry][:BESIDE]], more


def _pair(row, other):
    one, other = sorted((row, other), key=lambda entry: entry.pk)
    return Pair(one, other, tuple(reasons(one, other)))


def _not_known_distinct(pairs):
    """Those with a reason, without those somebody found to be two. One query."""
    found = [pair for pair in pairs if pair.reasons]
    known = DistinctPair.objects.naming(*{row.number for pair in found for row in (pair.one, pair.other)})
    distinct = {frozenset(numbers) for numbers in known.values_list("first", "second")}
    return [pair for pair in found if frozenset((pair.one.number, pair.other.number)) not in distinct]


def count_likely(user):
    """{model: how many of the newest entries that `user` may merge look like an earlier one}, without those of none.

    Counted over the newest `RECENT` of a register, so that the dashboard costs the same however long it is, and
    remembered until something is done in his communities: each operation seals an audit event.
    """
    permissions = {model: f"ledger.merge_{model._meta.model_name}" for model in (Enterprise, Worker)}
    permissions = {model: permission for model, permission in permissions.items() if user.has_perm(permission)}
    if not permissions:
        return {}
    scope = user.scope_for(next(iter(permissions.values())))
    events = AuditEvent.objects.filter(scope.q(community="community")).order_by("-number")
    key = f"likely-duplicates-{user.pk}-{events.values_list('seal', flat=True).first()}"

    def count():
        counts = {
            model: _recent(model.objects.visible_to(user, permission)).with_earlier_lookalike().count()
            for model, permission in permissions.items()
        }
        return {model: number for model, number in counts.items() if number}

    return cache.get_or_set(key, count, COUNT_LASTS_S)


def _recent(queryset):
    """The newest `RECENT` of these entries."""
    since = queryset.order_by("-pk").values_list("pk", flat=True)[RECENT - 1 : RECENT]
    return queryset.filter(pk__gte=next(iter(since), 0))


# --- refusals --------------------------------------------------------------------------------------------------------
def by_number(other):
    """How an entry is named where nothing else is said."""
    return other.number


def explained(error, entry, user, *, mention=by_number):
    """`error` as `user` may read it: an entry that stands in the way of `entry` is named only if he may see it.

    Such refusals bear the code "duplicate", whether a row's `clean` raised them or, when two people saved at the same
    moment, a constraint, which knows no numbers. `mention(other)` names a visible entry: text, or safe HTML.
    """
    named = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
    if not any(one.code == "duplicate" for errors in named.values() for one in errors):
        return error
    others = entry.in_the_way()
    rows = type(entry).objects.visible_to(user).filter(pk__in=[other.pk for other in others.values()])
    visible = set(rows.values_list("pk", flat=True))

    def texts(errors, name):
        for one in errors:
            if one.code != "duplicate":
                yield one
            elif not others:  # it went away meanwhile
                yield ValidationError(_("刚才有人改过，请再保存一次。"), code="changed_meanwhile")
            else:
                for field, other in others.items():
                    if name in (field, NON_FIELD_ERRORS):
                        yield _refusal(entry, field, other, mention if other.pk in visible else None)

    found = {name: list(texts(errors, name)) for name, errors in named.items()}
    return ValidationError(found if hasattr(error, "error_dict") else found[NON_FIELD_ERRORS])


def _refusal(entry, name, other, mention):
    if mention:
        before, _number, after = str(entry.TAKEN[name]).partition("%(number)s")
        message = format_html("{}{}{}", before, mention(other), after)
    else:
        field = entry._meta.get_field(name).verbose_name
        message = _("这个%(field)s已在别的网格登记，请找社区管理员。") % {"field": field}
    return ValidationError(message, code="duplicate")


# --- side by side ----------------------------------------------------------------------------------------------------
def lines(one, other, *, masks, hidden):
    """The fields in which either entry says something, masked by `masks`, without those `hidden` from the reader."""
    found = []
    for field in comparable_fields(type(one), hidden):
        differs = getattr(one, field.attname) != getattr(other, field.attname)
        mask = masks.get(field.name)
        texts = [shown(row, field, mask) for row in (one, other)]
        if any(texts):
            found.append(Line(field.name, str(field.verbose_name), *texts, differs))
    return found


def comparable_fields(model, hidden=()):
    """What people say of an entry, in the order of the table: what they type in, and a party member's state."""
    said = {"state"} if model is PartyMember else set()
    return [
        field
        for field in model._meta.concrete_fields
        if (field.editable or field.name in said)
        and not field.primary_key
        and field.name not in UNASKED
        and field.name not in hidden
    ]


def shown(row, field, mask=None):
    """A value as people read it; blank as ""."""
    value = getattr(row, field.name)
    if value in (None, ""):
        return ""
    if mask:
        return mask(value)
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return str(localize(value))


def last_written(row):
    """{field: when it got the value it has}, as far as the newest states of its history tell. One query."""
    states = list(row.history.all()[:HISTORY_READ])
    found = {}
    for field in comparable_fields(type(row)):
        value = getattr(row, field.attname)
        when = row.created_at
        for state in states:
            if getattr(state, field.attname) != value:
                break
            when = state.history_date
        found[field.name] = when
    return found
