"""The public map. Printed QR codes outlive redesigns: these addresses are a contract."""

from django.contrib import admin
from django.urls import include, path

from station.views import accounts, errors, health, language, second_factor

urlpatterns = [
    path("language/", language.set_language, name="set_language"),
    path("sign-in/", accounts.sign_in, name="sign-in"),
    path("sign-in/code/", accounts.enter_code, name="enter-code"),
    path("sign-out/", accounts.sign_out, name="sign-out"),
    path("me/", accounts.me, name="me"),
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("", include("services.bookings.urls")),
    path("", include("services.volunteering.urls")),
    path("", include("services.hazards.urls")),
    path("", include("ledger.urls")),
    path("admin/second-factor/", second_factor.second_factor, name="second-factor"),
    path("admin/", admin.site.urls),
]

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.not_found
handler500 = errors.server_error
