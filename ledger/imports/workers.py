"""How workers are imported: found by number, phone or ID number; without either by name and other contact."""

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
    read_consents,
    read_employers,
    read_grids,
    rows_with,
)
from ledger.models import Worker
from ledger.models.entries import Channel
from ledger.operations.workers import CONSENT_FOR
from ledger.rosters import WORKERS
from station.lib.cells import canonical, is_masked
from station.lib.people import normalize_id_number, normalize_name, normalize_phone

State = Worker.State
PHONE = Worker._meta.get_field("phone_index")
ID_NUMBER = Worker._meta.get_field("id_number_index")
IN_ORDER = by_state([State.ACTIVE, State.PENDING, State.LEFT, State.REFUSED])


def phone_index(text):
    """The blind index of the phone in a cell; empty where there is no whole one."""
    return PHONE.digest(normalized(normalize_phone, text)) or ""


class WorkerRegister(Register):
    roster = WORKERS
    required = ("name", "occupation")
    identifying = ("number", "phone", "id_number", "name")
    normalizers = Worker.NORMALIZERS
    bearers = ("phone", "id_number", "contact")
    unique = ("phone", "id_number")

    def keys_of(self, cells):
        name = normalized(normalize_name, cells.get("name", ""))
        phone = phone_index(cells.get("phone", ""))
        id_number = ID_NUMBER.digest(normalized(normalize_id_number, cells.get("id_number", ""))) or ""
        contact = canonical(cells.get("other_contact", ""))
        return Keys(
            number=ledger_number(cells.get("number", "")),
            name=name,
            phone=phone,
            id_number=id_number,
            # The only way to know somebody without a phone again.
            contact=f"{name}\n{contact}" if contact and not phone and not id_number else "",
        )

    def read_facts(self, community, lines, *, lock):
        facts = Facts()
        joined = Worker.objects.filter(community=community).select_related("grid", "employer", "merged_into")
        rows = locked(joined, lock)
        facts.read("number", rows_with(rows, "number", (line.keys.number for line in lines)), "number")
        facts.read("phone", rows_with(rows, "phone_index", (line.keys.phone for line in lines)), "phone_index")
        indexes = (line.keys.id_number for line in lines)
        facts.read("id_number", rows_with(rows, "id_number_index", indexes), "id_number_index")
        names = (line.keys.name for line in lines if line.keys.contact)
        facts.read("name", rows_with(rows.filter(phone_index__isnull=True), "name", names), "name")
        facts.known.grids = read_grids(community)
        employers = {line.cells["employer"] for line in lines if "employer" in line.cells}
        read_employers(community, employers, facts, lock=lock)
        if any(name in line.cells for line in lines for name in CONSENT_FOR):
            read_consents((row.uid for row in facts.rows_of(Worker)), CONSENT_FOR.values(), facts)
        return facts

    def match(self, line, facts):
        keys, cells = line.keys, line.cells
        if keys.number:
            entry = self.by_number(line, facts)
            if differs(normalize_name, entry.name, keys.name) and differs(
                normalize_phone, entry.phone, cells.get("phone", "")
            ):
                raise ValidationError(
                    _("编号 %(number)s 是另一个人：姓名和手机号都不同，请核对编号。") % {"number": entry.number},
                    "number",
                )
            return entry
        if is_masked(cells.get("phone", "")):
            raise ValidationError(_("手机号打了码，认不出是谁：请保留“编号”一列，或填完整的手机号。"), "masked")
        phone = self._bearer(facts.get("phone", keys.phone), keys)
        person = self._bearer(facts.get("id_number", keys.id_number), keys)
        if phone and person and phone != person:
            raise ValidationError(
                _("手机号是 %(one)s 的，身份证号是 %(other)s 的，请核对。")
                % {"one": phone.number, "other": person.number},
                "two_people",
            )
        entry = phone or person
        if entry is None:
            return self._by_contact(line, facts)
        if differs(normalize_name, entry.name, keys.name):
            raise ValidationError(
                _("这个号码在台账里是另一个名字（%(number)s）：是同一个人请写上编号，不是请核对号码。")
                % {"number": entry.number},
                "other_name",
            )
        return entry

    @staticmethod
    def _bearer(found, keys):
        """Whose number it is. Who left gave the number up: with another name it is another person."""
        for entry in sorted(found, key=IN_ORDER):
            if entry.state in Worker.LISTED or not differs(normalize_name, entry.name, keys.name):
                return entry
        return None

    @staticmethod
    def _by_contact(line, facts):
        if not line.keys.contact:
            return None
        contact = canonical(line.cells["other_contact"])
        found = [entry for entry in facts.get("name", line.keys.name) if canonical(entry.other_contact) == contact]
        return min(found, key=IN_ORDER, default=None)

    def new_entry(self, community, line, facts):
        return Worker(community=community, source=Channel.PLATFORM)

    def advice(self, entry):
        if entry.state == State.PENDING:
            return _("%(number)s 是本人登记的，还没核实：请先核实通过，再导入。") % {"number": entry.number}
        if entry.state == State.LEFT:
            return _("%(number)s 在台账里已离开：回来了请先点“重新入册”，再导入。") % {"number": entry.number}
        if entry.state == State.REFUSED:
            return _("%(number)s 当初没有登记：要登记请先点“重新核实”，再导入。") % {"number": entry.number}
        return super().advice(entry)

    def check(self, entry, line, facts, changed):
        errors = {}
        for name, index in (("phone", line.keys.phone), ("id_number", line.keys.id_number)):
            for other in facts.get(name, index) if name in changed else ():
                if other.pk != entry.pk and other.state in Worker.LISTED:
                    errors[name] = _("台账里已经有这个号码：%(number)s。") % {"number": other.number}
        if errors:
            raise ValidationError(errors)

    def person_of(self, entry):
        return entry.uid

    def purposes_of(self, entry, changed):
        return {purpose.value for name, purpose in CONSENT_FOR.items() if name in changed and getattr(entry, name)}
