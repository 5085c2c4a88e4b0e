"""The addresses of this app."""

from django.urls import path

from ledger.views import figures, join, printouts
from ledger.views.grid import checks, lists, registers

urlpatterns = [
    path("join/", join.join, name="join"),
    path("join/thanks/", join.thanks, name="join-thanks"),
    path("admin/figures/", figures.overview, name="ledger-figures"),
    path("admin/figures/print/", figures.paper, name="ledger-figures-print"),
    path("admin/figures/<slug:name>.xlsx", figures.workbook, name="ledger-figures-xlsx"),
    path("grid/", lists.walk, name="grid"),
    path("grid/channel/", lists.choose_channel, name="grid-channel"),
    path("grid/letters/", registers.letters, name="grid-letters"),
    path("grid/new/", registers.new, {"kind": "worker"}, name="grid-new"),
    path("grid/new/<slug:kind>/", registers.new, name="grid-new"),
    path("grid/<slug:kind>/<int:pk>/", lists.row_detail, name="grid-row"),
    path("grid/<slug:kind>/<int:pk>/same/", checks.same, name="grid-same"),
    path("grid/<slug:kind>/<int:pk>/undo/", checks.undo, name="grid-undo"),
    path("grid/<slug:kind>/<int:pk>/changed/", checks.changed, name="grid-changed"),
    path("grid/<slug:kind>/<int:pk>/left/", checks.left, name="grid-left"),
    path("grid/<slug:kind>/<int:pk>/back/", checks.back, name="grid-back"),
    path("grid/<slug:kind>/<int:pk>/missed/", checks.missed, name="grid-missed"),
    path("grid/<slug:kind>/<int:pk>/accept/", checks.accept, name="grid-accept"),
    path("grid/<slug:kind>/<int:pk>/refuse/", checks.refuse, name="grid-refuse"),
    path("grid/<slug:kind>/<int:pk>/phone/", checks.phone, name="grid-phone"),
    path("v/<str:serial>/", printouts.check, name="printout-check"),
]
