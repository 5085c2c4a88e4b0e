"""The staff's ledger: three registers, survey rounds, letters."""

from ledger.admin import enterprises, members, printouts, surveys, templates, workers

__all__ = ["enterprises", "members", "printouts", "surveys", "templates", "workers"]
