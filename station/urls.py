"""The public map. Printed QR codes outlive redesigns: these addresses are a contract."""

from django.contrib import admin
from django.urls import include, path

from station.views import board, errors, health, language

urlpatterns = [
    path("language/", language.set_language, name="set_language"),
    path("board/<slug:code>/", board.board, name="board"),
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("", include("services.bookings.urls")),
    path("", include("services.volunteering.urls")),
    path("", include("services.hazards.urls")),
    path("", include("ledger.urls")),
    path("admin/", admin.site.urls),
]

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.not_found
handler500 = errors.server_error
