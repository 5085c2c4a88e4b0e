"""The ledger's tables, one noun a file."""

from ledger.models.duplicates import DistinctPair
from ledger.models.enterprises import Enterprise
from ledger.models.imports import ImportBatch, ImportRow
from ledger.models.members import ContactNote, PartyMember
from ledger.models.names import EnterpriseNamePart, WorkerNamePart
from ledger.models.printouts import Printout
from ledger.models.surveys import LetterHandout, SurveyEntry, SurveyRound
from ledger.models.templates import FormColumn, FormTemplate
from ledger.models.workers import Worker

__all__ = [
    "ContactNote",
    "DistinctPair",
    "Enterprise",
    "EnterpriseNamePart",
    "FormColumn",
    "FormTemplate",
    "ImportBatch",
    "ImportRow",
    "LetterHandout",
    "PartyMember",
    "Printout",
    "SurveyEntry",
    "SurveyRound",
    "Worker",
    "WorkerNamePart",
]
