"""The staff's ledger: three registers, imports, survey rounds, letters."""

from ledger.admin import enterprises, imports, members, printouts, surveys, templates, workers

__all__ = ["enterprises", "imports", "members", "printouts", "surveys", "templates", "workers"]
