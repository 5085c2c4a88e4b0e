"""The three registers as an import sees them, by the kind of their roster."""

from ledger.imports.enterprises import EnterpriseRegister
from ledger.imports.members import MemberRegister
from ledger.imports.workers import WorkerRegister

REGISTERS = {register.roster.kind: register for register in (EnterpriseRegister(), WorkerRegister(), MemberRegister())}
