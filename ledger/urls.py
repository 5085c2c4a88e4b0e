"""The addresses of this app."""

from django.urls import path

from ledger.views import join

urlpatterns = [
    path("join/", join.join, name="join"),
    path("join/thanks/", join.thanks, name="join-thanks"),
]
