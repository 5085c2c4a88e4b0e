"""How mobile party members are imported: the person is found among the workers, whose own fields stay as they are.

Nobody becomes a worker by this way: who is not in the ledger yet is imported there first, with all that belongs to it.
"""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ledger.imports.registers import (
    Facts,
    Keys,
    Register,
    differs,
    ledger_number,
    locked,
    normalized,
    read_consents,
    read_grids,
    rows_with,
)
from ledger.imports.workers import IN_ORDER, phone_index
from ledger.models import PartyMember, Worker
from ledger.operations.members import PARTY
from ledger.rosters import MEMBERS
from station.lib.cells import canonical, is_masked
from station.lib.people import normalize_name, normalize_phone
from station.models import Consent

State = PartyMember.State


class MemberRegister(Register):
    roster = MEMBERS
    required = ("home_branch",)
    identifying = ("number", "phone")
    normalizers = {"home_contact": normalize_name, "home_phone": normalize_phone}

    def keys_of(self, cells):
        return Keys(
            number=ledger_number(cells.get("number", "")),
            name=normalized(normalize_name, cells.get("name", "")),
            phone=phone_index(cells.get("phone", "")),
        )

    def read_facts(self, community, lines, *, lock):
        facts = Facts()
        numbers = [line.keys.number for line in lines]
        workers = locked(Worker.objects.filter(community=community).select_related("grid", "merged_into"), lock)
        facts.read("worker number", rows_with(workers, "number", numbers), "number")
        facts.read("phone", rows_with(workers, "phone_index", (line.keys.phone for line in lines)), "phone_index")
        members = locked(
            PartyMember.objects.filter(worker__community=community).select_related("worker__grid", "merged_into"), lock
        )
        facts.read("number", rows_with(members, "number", numbers), "number")
        people = [worker.pk for worker in facts.rows_of(Worker)]
        facts.read("worker", rows_with(members, "worker_id", people), "worker_id")
        for member in facts.rows_of(PartyMember):
            facts.read("person", [member.worker], "id")
            member.worker = facts.get("person", member.worker_id)[0]
        uids = (worker.uid for worker in facts.rows_of(Worker))
        read_consents(uids, [Consent.Purpose.AFFILIATION], facts)
        facts.known.grids = read_grids(community)
        return facts

    def match(self, line, facts):
        member, worker = None, None
        if line.keys.number:
            if found := facts.get("worker number", line.keys.number):
                worker = found[0]
            else:
                member = self.by_number(line, facts)
                worker = member.worker
            if differs(normalize_name, worker.name, line.keys.name):
                raise ValidationError(
                    _("编号 %(number)s 在台账里是另一个名字：请核对编号；真改了名，先到“新就业群体”里改。")
                    % {"number": line.keys.number},
                    "number",
                )
        else:
            worker = self._by_phone(line, facts)
        line.person = worker
        return member or next(iter(facts.get("worker", worker.pk)), None)

    @staticmethod
    def _by_phone(line, facts):
        if is_masked(line.cells.get("phone", "")):
            raise ValidationError(_("手机号打了码，认不出是谁：请保留“编号”一列，或填完整的手机号。"), "masked")
        if not line.keys.phone:
            raise ValidationError(_("请填手机号或编号，好认出是谁。"), "who")
        found = sorted(facts.get("phone", line.keys.phone), key=IN_ORDER)
        if not found:
            raise ValidationError(_("新就业群体里没有这个手机号：请先把他登记或导入到那里，再导入党员。"), "unknown")
        if differs(normalize_name, found[0].name, line.keys.name):
            raise ValidationError(
                _("这个号码在台账里是另一个名字（%(number)s）：是同一个人请写上编号，不是请核对号码。")
                % {"number": found[0].number},
                "other_name",
            )
        return found[0]

    def new_entry(self, community, line, facts):
        worker = line.person
        if worker.merged_into_id:
            raise ValidationError(super().advice(worker), "merged")
        if worker.state != Worker.State.ACTIVE:
            raise ValidationError(
                _("%(number)s 现在是“%(state)s”：请先办返回或核实，再导入。")
                % {"number": worker.number, "state": worker.get_state_display()},
                "state",
            )
        if worker.affiliation and worker.affiliation not in PARTY:
            raise ValidationError(
                _("%(number)s 登记的政治面貌不是党员，请先核对更正。") % {"number": worker.number}, "affiliation"
            )
        return PartyMember(worker=worker)

    def is_current(self, entry):
        return entry.state in (State.MOBILE, State.LOST)

    def advice(self, entry):
        if entry.merged_into_id:
            return super().advice(entry)
        return _("%(number)s 在台账里是“%(state)s”：请先在台账里改变状态，再导入。") % {
            "number": entry.number,
            "state": entry.get_state_display(),
        }

    def check(self, entry, line, facts, changed):
        entry.clean()

    def reminders(self, entry, line, facts, changed):
        """The person's own fields are read, not written: say so where they differ."""
        different = [
            str(column.title)
            for column in self.roster.catalogue.values()
            if column.person
            and (text := line.cells.get(column.key))
            and not self._says_the_same(column, entry, text, facts)
        ]
        if not different:
            return []
        return [_("%(columns)s和台账里的不同，没有改：请到“新就业群体”里改。") % {"columns": "、".join(different)}]

    @staticmethod
    def _says_the_same(column, entry, text, facts):
        if canonical(text) == canonical(str(column.value(entry) or "")):
            return True
        try:
            said = column.read(text, facts.known)
        except ValidationError:
            return False
        return all(
            canonical(str(getattr(entry.worker, name) or "")) == canonical(str(value)) for name, value in said.items()
        )

    def along_with(self, entry):
        """Where his affiliation was not known, it is now, as when he is registered by hand."""
        return {} if entry.worker.affiliation else {"worker.affiliation": ["", Worker.Affiliation.MEMBER.value]}

    def person_of(self, entry):
        return entry.worker.uid

    def purposes_of(self, entry, changed):
        return {Consent.Purpose.AFFILIATION.value}
