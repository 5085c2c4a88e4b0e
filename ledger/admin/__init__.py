"""The staff's ledger: three registers, imports, survey rounds, letters."""

from ledger.admin import duplicates, enterprises, imports, members, printouts, surveys, templates, workers

__all__ = ["duplicates", "enterprises", "imports", "members", "printouts", "surveys", "templates", "workers"]
