"""What every template may rely on. Nothing here costs a query."""

from django.conf import settings


def site(request):
    return {"DEMO": settings.DEMO, "SITE_NAME": settings.SITE_NAME}
