"""The addresses of this app."""

from django.urls import path

from ledger.views import figures, join, printouts

urlpatterns = [
    path("join/", join.join, name="join"),
    path("join/thanks/", join.thanks, name="join-thanks"),
    path("admin/figures/", figures.overview, name="ledger-figures"),
    path("admin/figures/print/", figures.paper, name="ledger-figures-print"),
    path("admin/figures/<slug:name>.xlsx", figures.workbook, name="ledger-figures-xlsx"),
    path("v/<str:serial>/", printouts.check, name="printout-check"),
]
