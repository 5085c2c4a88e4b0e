"""Who asks: one phone among others for a day, a rider who signed in, or staff who sign in at the desk."""

from secrets import token_urlsafe

from django.conf import settings

DEVICE = "device"  # the cookie that holds the phone's random word
DEVICE_AGE_S = 86400  # marks are swept after a day, so a longer life would serve nobody


def kept_device(request):
    """The random word this phone brings along, or None."""
    return request.get_signed_cookie(DEVICE, None, salt=DEVICE, max_age=DEVICE_AGE_S)


def device_token(request):
    """The phone's random word, a fresh one where it brings none."""
    return kept_device(request) or token_urlsafe(16)


def keep_device(response, token):
    """Let the phone keep the word `token` for a day; returns the response."""
    response.set_signed_cookie(
        DEVICE,
        token,
        salt=DEVICE,
        max_age=DEVICE_AGE_S,
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


def at_the_desk(view):
    """Mark a page of staff: whoever is not signed in is sent to their sign-in and not to the riders' phone code."""
    view.login_url = "admin:login"
    return view
