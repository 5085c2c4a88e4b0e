"""Who asks, as far as a public page may know: one phone among others for a day, or a rider who signed in."""

from secrets import token_urlsafe

from django.conf import settings

from station.views.door import COOKIE, COOKIE_AGE_S


def device_token(request):
    """The phone's random token, a fresh one where it brings none."""
    return request.get_signed_cookie(COOKIE, None, salt=COOKIE, max_age=COOKIE_AGE_S) or token_urlsafe(16)


def keep_device(response, token):
    """Let the phone keep `token` for a day; returns the response."""
    response.set_signed_cookie(
        COOKIE,
        token,
        salt=COOKIE,
        max_age=COOKIE_AGE_S,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


def signed_in_rider(request):
    """The rider who is signed in, or None; costs a visitor without a session nothing."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    return request.user if request.user.is_authenticated and not request.user.is_staff else None
