"""Two entries side by side, to be made one: which number stays, and field by field which value."""

from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext_lazy as _

from ledger.duplicates import Line, comparable_fields, last_written, lines
from ledger.operations.merging import JOINED_BY, Take, can_keep, state_after

ONE, OTHER, BOTH = "one", "other", "both"
SIDES = (ONE, OTHER)
BLANK = _("没填")
LONG = {"note", "needs"}  # texts of which both can be kept, one after the other
OLDER = {"source"}  # how somebody first became known stays so
TOGETHER = (  # what makes sense only as one of the two entries has it
    ("id_number", "id_purpose"),
    ("worker_count", "member_count", "party_organisation", "no_party_reason"),
    ("has_activity_card", "card_number"),
)


@dataclass(frozen=True)
class Row:
    """One line of the page: the two values, and the field in which to choose where they differ."""

    line: Line
    field: forms.BoundField | None = None

    @property
    def options(self):
        """The choices as they stand in the row: the one's, the other's."""
        return list(self.field)[:2]

    @property
    def both(self):
        """The choice to keep both texts, or None."""
        return next(iter(list(self.field)[2:]), None)


class MergeForm(forms.Form):
    """Chooses, for two entries and for their party members where both have one, what the survivor looks like.

    `masks` and `hidden` are those of the register's own form. A field nobody may see takes its usual value: the one
    that was written last, unless it is blank.
    """

    keep = forms.ChoiceField(label=_("留哪个编号"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("说明"),
        max_length=100,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("写进历史，例如：同一个人，换了手机号又登记了一次"),
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=60)

    def __init__(self, *args, one, other, masks, hidden, member_masks=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.sides = {ONE: one, OTHER: other}
        able = [side for side, rival in ((ONE, other), (OTHER, one)) if can_keep(self.sides[side], rival)]
        self.fields["keep"].choices = [(side, self.sides[side].number) for side in able]
        self.fields["keep"].initial = able[0]
        self.fields["reason"].initial = _("重复登记")
        self.entries = _Choices(self, "", one, other, masks, hidden)
        members = [getattr(row, "party_member", None) for row in (one, other)]
        self.members = _Choices(self, "member-", *members, member_masks or {}, ()) if all(members) else None

    @property
    def outcome(self):
        """The state in which the survivor will stand."""
        one, other = self.sides.values()
        return one.State(state_after(one, other)).label

    def add_refusal(self, error):
        """Show why the operation refused, beside its field where the form has it; on a bound form."""
        for name, field in self.fields.items():
            self.data.setdefault(name, field.initial)  # the two differ in more than they did when it was asked
        named = error.error_dict if hasattr(error, "error_dict") else {None: error.error_list}
        for name, errors in named.items():
            self.add_error(name if name in self.fields else None, errors)

    def arguments(self):
        """What the operation wants to know."""
        data = self.cleaned_data
        keep = data["keep"]
        keeper, other = (self.sides[side] for side in (keep, OTHER if keep == ONE else ONE))
        found = {"keeper": keeper, "other": other, "reason": data["reason"], "seen": data["seen"]}
        found["take"] = self.entries.take(data, keep)
        if self.members:
            found["take_member"] = self.members.take(data, keep)
        return found


class _Choices:
    """The fields of one pair of rows in the form: a choice for each that differs."""

    def __init__(self, form, prefix, one, other, masks, hidden):
        self.prefix, self.usual = prefix, usual_sides(one, other)
        self.rows = []
        for line in lines(one, other, masks=masks, hidden=hidden):
            if line.name in self.usual:
                choices = [(ONE, line.one or BLANK), (OTHER, line.other or BLANK)]
                if can_join(one, other, line.name):
                    choices.append((BOTH, _("两个都留")))
                form.fields[prefix + line.name] = forms.ChoiceField(
                    label=line.label,
                    choices=choices,
                    widget=forms.RadioSelect,
                    initial=self.usual[line.name],
                    required=False,  # unanswered it takes the usual side
                )
            self.rows.append(Row(line, form[prefix + line.name] if line.name in self.usual else None))

    def take(self, data, keep):
        """What the row that stays, on the side `keep`, takes from the other."""
        chosen = {name: data.get(self.prefix + name) or usual for name, usual in self.usual.items()}
        return Take(
            other=tuple(name for name, side in chosen.items() if side not in (keep, BOTH)),
            both=tuple(name for name, side in chosen.items() if side == BOTH),
        )


def is_blank(value):
    return value in (None, "")


def can_join(one, other, name):
    """Whether both texts can be kept, one after the other."""
    texts = getattr(one, name), getattr(other, name)
    if name not in LONG or not all(texts):
        return False
    return len(JOINED_BY.join(texts)) <= one._meta.get_field(name).max_length


def usual_sides(one, other):
    """{field: side} for every field in which the two differ, the one being the entry registered first.

    The value written last, unless it is blank; of long texts both.
    """
    rows = {ONE: one, OTHER: other}
    written = {side: last_written(row) for side, row in rows.items()}
    values = {
        field.name: {side: getattr(row, field.attname) for side, row in rows.items()}
        for field in comparable_fields(type(one))
    }

    def newest(names):
        """The side on which any of these fields was filled in last; of two in one bulk the entry registered later."""
        filled = [(written[side][name], side == OTHER) for side in SIDES for name in names if not blank[name][side]]
        return OTHER if max(filled, default=(None, False))[1] else ONE

    blank = {name: {side: is_blank(value) for side, value in sides.items()} for name, sides in values.items()}
    usual = {}
    for name, sides in values.items():
        if sides[ONE] != sides[OTHER]:
            kept = ONE if name in OLDER and not blank[name][ONE] else newest([name])
            usual[name] = BOTH if can_join(one, other, name) else kept
    for group in TOGETHER:
        if names := [name for name in group if name in usual]:
            usual |= dict.fromkeys(names, newest([name for name in group if name in values]))
    return usual
