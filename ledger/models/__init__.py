"""The ledger's tables, one noun a file."""

from ledger.models.enterprises import Enterprise
from ledger.models.members import PartyMember
from ledger.models.printouts import Printout
from ledger.models.surveys import LetterHandout, SurveyEntry, SurveyRound
from ledger.models.workers import Worker

__all__ = ["Enterprise", "LetterHandout", "PartyMember", "Printout", "SurveyEntry", "SurveyRound", "Worker"]
