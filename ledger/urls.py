"""The addresses of this app."""

from django.urls import path

from ledger.views import printouts

urlpatterns = [
    path("v/<str:serial>/", printouts.check, name="printout-check"),
]
