"""How enterprises are imported: found by number, credit code, then exactly the same name."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ledger.imports.registers import (
    Facts,
    Keys,
    Register,
    by_state,
    differs,
    ledger_number,
    locked,
    normalized,
    read_grids,
    rows_with,
)
from ledger.models import Enterprise
from ledger.rosters import ENTERPRISES
from station.lib.people import credit_code_warning, normalize_credit_code, normalize_name

State = Enterprise.State


class EnterpriseRegister(Register):
    roster = ENTERPRISES
    required = ("name", "kind", "address", "party_organisation")
    identifying = ("number", "credit_code", "name")
    normalizers = Enterprise.NORMALIZERS
    bearers = ("credit_code", "name")
    unique = ("credit_code",)

    def keys_of(self, cells):
        return Keys(
            number=ledger_number(cells.get("number", "")),
            name=normalized(normalize_name, cells.get("name", "")),
            credit_code=normalized(normalize_credit_code, cells.get("credit_code", "")),
        )

    def read_facts(self, community, lines, *, lock):
        facts = Facts()
        rows = locked(Enterprise.objects.filter(community=community).select_related("grid", "merged_into"), lock)
        for key in ("number", "credit_code", "name"):
            facts.read(key, rows_with(rows, key, (getattr(line.keys, key) for line in lines)), key)
        facts.known.grids = read_grids(community)
        return facts

    def match(self, line, facts):
        keys = line.keys
        if keys.number:
            entry = self.by_number(line, facts)
            if differs(normalize_name, entry.name, keys.name) and differs(str, entry.credit_code, keys.credit_code):
                raise ValidationError(
                    _("编号 %(number)s 是另一家：名称和信用代码都不同，请核对编号。") % {"number": entry.number},
                    "number",
                )
            return entry
        order = by_state([State.ACTIVE, State.LEFT])
        if found := sorted(facts.get("credit_code", keys.credit_code), key=order):
            return found[0]
        found = sorted(facts.get("name", keys.name), key=order)
        living = [entry for entry in found if entry.state == State.ACTIVE]
        if len(living or found) > 1:
            numbers = "、".join(entry.number for entry in living or found)
            raise ValidationError(_("台账里同名的不止一家，请写编号：%(numbers)s。") % {"numbers": numbers}, "several")
        if not found:
            return None
        entry = (living or found)[0]
        if entry.credit_code and differs(str, entry.credit_code, keys.credit_code):
            raise ValidationError(
                _("台账里有同名的企业 %(number)s，信用代码不同：是同一家请写上编号，是另一家请在台账里登记。")
                % {"number": entry.number},
                "same_name",
            )
        return entry

    def advice(self, entry):
        if entry.state == State.LEFT:
            return _("%(number)s 在台账里已迁出或注销：回来了请先点“重新入册”，再导入。") % {"number": entry.number}
        return super().advice(entry)

    def check(self, entry, line, facts, changed):
        if "credit_code" in changed:
            for other in facts.get("credit_code", entry.credit_code):
                if other.pk != entry.pk and other.state != State.MERGED:
                    raise ValidationError(
                        {"credit_code": _("台账里已经有这个信用代码：%(number)s。") % {"number": other.number}}
                    )

    def reminders(self, entry, line, facts, changed):
        if "credit_code" in changed and entry.credit_code and (warning := credit_code_warning(entry.credit_code)):
            return [warning]
        return []
