"""The public map. Printed QR codes outlive redesigns: these addresses are a contract."""

from django.contrib import admin
from django.urls import include, path

from station.views import (
    accounts,
    board,
    counter,
    counter_faults,
    counter_voices,
    door,
    errors,
    faults,
    health,
    home,
    language,
    notices,
    offline,
    pictures,
    second_factor,
    stations,
    visits,
    voices,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("stations/", stations.station_list, name="station-list"),
    path("api/stations/", stations.station_api, name="station-api"),
    path("stations/<slug:code>/", stations.station_detail, name="station-detail"),
    path("stations/<slug:code>/qr.svg", stations.station_qr, name="station-qr"),
    path("stations/<slug:code>/report/", faults.fault_new, name="fault-new"),
    path("stations/<slug:code>/voices/", voices.station_voices, name="station-voices"),
    path("voices/mine/", voices.my_voices, name="my-voices"),
    path("voices/<slug:code>/", voices.community_voices, name="community-voices"),
    path("faults/<uuid:key>/", faults.fault, name="fault"),
    path("faults/<uuid:key>/photos/<int:pk>/", faults.fault_photo, {"size": "image"}, name="fault-photo"),
    path(
        "faults/<uuid:key>/photos/<int:pk>/small/", faults.fault_photo, {"size": "thumbnail"}, name="fault-photo-small"
    ),
    path("counter/faults/<uuid:key>/", counter_faults.counter_fault, name="counter-fault"),
    path("counter/voices/", counter_voices.counter_voices, name="counter-voices"),
    path("counter/voices/<uuid:uid>/", counter_voices.counter_voice, name="counter-voice"),
    path("stations/<slug:code>/photos/", pictures.station_photos, name="station-photos"),
    path("stations/<slug:code>/photos/<str:name>", pictures.station_photo, name="station-photo"),
    path("stations/<slug:code>/share.png", pictures.station_share, name="station-share"),
    path("s/<slug:code>/", door.door, name="door"),
    path("s/<slug:code>/thanks/", door.door_thanks, name="door-thanks"),
    path("counter/", counter.chooser, name="counter"),
    path("counter/<slug:code>/", counter.counter, name="counter-station"),
    path("counter/<slug:code>/open/", counter.say_open, name="counter-open"),
    path("counter/<slug:code>/closed/", counter.say_closed, name="counter-closed"),
    path("counter/<slug:code>/amenities/", counter.amenities, name="counter-amenities"),
    path("counter/<slug:code>/amenities/<int:pk>/", counter.amenity, name="counter-amenity"),
    path("counter/<slug:code>/tally/", counter.tally, name="counter-tally"),
    path("letter/", notices.letter, name="letter"),
    path("notices/", notices.notice_list, name="notice-list"),
    path("notices/<int:pk>/", notices.notice_detail, name="notice-detail"),
    path("notices/<int:pk>/files/<int:file>/", notices.notice_file, name="notice-file"),
    path("privacy/", notices.privacy, name="privacy"),
    path("board/<slug:code>/", board.board, name="board"),
    path("sign-in/", accounts.sign_in, name="sign-in"),
    path("sign-in/code/", accounts.enter_code, name="enter-code"),
    path("sign-out/", accounts.sign_out, name="sign-out"),
    path("me/", accounts.me, name="me"),
    path("language/", language.set_language, name="set_language"),
    path("sw.js", offline.service_worker, name="service-worker"),
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("", include("services.bookings.urls")),
    path("", include("services.volunteering.urls")),
    path("", include("services.hazards.urls")),
    path("", include("ledger.urls")),
    path("admin/visits/", visits.overview, name="visit-figures"),
    path("admin/visits/visits.xlsx", visits.workbook, name="visit-figures-xlsx"),
    path("admin/second-factor/", second_factor.second_factor, name="second-factor"),
    path("admin/", admin.site.urls),
]

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.not_found
handler500 = errors.server_error
