"""The addresses of this app."""

from django.urls import path

from ledger.views import join, printouts

urlpatterns = [
    path("join/", join.join, name="join"),
    path("join/thanks/", join.thanks, name="join-thanks"),
    path("v/<str:serial>/", printouts.check, name="printout-check"),
]
