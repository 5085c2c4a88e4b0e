"""The addresses of this app."""

from django.urls import path, register_converter

from services.hazards import views


class ReportNumberConverter:
    """A report's number as it was given out, such as JSL-S-000012; anything else is no address of ours."""

    regex = "[A-Z]{2,6}-S-[0-9]{6,12}"

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value


class PhotoSizeConverter(ReportNumberConverter):
    regex = "image|thumbnail"


register_converter(ReportNumberConverter, "report_number")
register_converter(PhotoSizeConverter, "photo_size")

urlpatterns = [
    path("report/", views.report_new, name="report-new"),
    path("report/photo/<int:pk>/<photo_size:size>/", views.report_photo, name="report-photo"),
    path("report/<report_number:number>/", views.report_detail, name="report-detail"),
    path("report/<report_number:number>/withdraw/", views.withdraw, name="report-withdraw"),
    path("report/<report_number:number>/fixed/", views.confirm_fixed, name="report-fixed"),
    path("report/<report_number:number>/not-fixed/", views.not_fixed, name="report-not-fixed"),
]
