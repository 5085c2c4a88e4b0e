"""The staff's ledger: three registers, survey rounds, letters."""

from ledger.admin import duplicates, enterprises, members, printouts, surveys, workers

__all__ = ["duplicates", "enterprises", "members", "printouts", "surveys", "workers"]
