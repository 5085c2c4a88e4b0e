"""What happens around every request: its size, language, session ages, second factor, no caching."""

import ipaddress
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers, patch_vary_headers

STARTED_AT = "started_at"
SEEN_AT = "seen_at"
SEEN_STEPS = 15  # the idle clock is written so often within the idle time: a session write per request is waste


class Compression(GZipMiddleware):
    """Django's, but for pictures, which are compressed already."""

    def process_response(self, request, response):
        kind = response.headers.get("Content-Type", "")
        if kind.startswith("image/") and not kind.startswith("image/svg"):
            return response
        return super().process_response(request, response)


def client_address(request):
    """The visitor's address as text, for limits only; "0.0.0.0" when nothing believable is there.

    X-Forwarded-For is read only behind TRUSTED_PROXY_COUNT proxies of our own, from the right: what stands further left
    is the visitor's own claim. Of an IPv6 address only the network counts, for one line may hold all its 2**64 hosts.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXY_COUNT:
        claimed = [part for part in map(str.strip, request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")) if part]
        if len(claimed) >= settings.TRUSTED_PROXY_COUNT:
            address = claimed[-settings.TRUSTED_PROXY_COUNT]
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "0.0.0.0"  # noqa: S104 - an address to count by, nothing binds to it
    if parsed.version == 4:
        return str(parsed)
    return str(parsed.ipv4_mapped or ipaddress.IPv6Address(int(parsed) >> 64 << 64))


def bounded_requests(get_response):
    """Refuses a request that announces more than settings.REQUEST_MAX_BYTES, before anything of it is read.

    Forms have tighter limits, with words beside the field; this one keeps a body of gigabytes off the disk. A body
    without a length is none to Django, which reads no further than the length says.
    """

    def middleware(request):
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) > settings.REQUEST_MAX_BYTES:
            response = render(request, "413.html", {"megabytes": settings.REQUEST_MAX_BYTES // 10**6}, status=413)
            response.headers["Connection"] = "close"  # the rest of the body is not waited for
            return response
        return get_response(request)

    return middleware


def chosen_language(get_response):
    """Chinese, unless the visitor chose otherwise on the page.

    Django's LocaleMiddleware would follow the browser's Accept-Language; cheap phones are often left on English by
    owners who read Chinese. So only the cookie counts.
    """
    known = dict(settings.LANGUAGES)

    def middleware(request):
        language = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        language = language if language in known else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ["Cookie"])
        return response

    return middleware


def session_limits(get_response):
    """Ends a session that idled or lasted too long: settings.SESSION_LIMITS, by staff or rider."""

    def middleware(request):
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            now = timezone.now().timestamp()
            idle, whole = settings.SESSION_LIMITS["staff" if request.user.is_staff else "rider"]
            started = request.session.setdefault(STARTED_AT, now)
            seen = request.session.get(SEEN_AT, now)
            if now - seen > idle.total_seconds() or now - started > whole.total_seconds():
                logout(request)
            elif now - seen > idle.total_seconds() / SEEN_STEPS or SEEN_AT not in request.session:
                request.session[SEEN_AT] = now
        return get_response(request)

    return middleware


def staff_second_factor(get_response):
    """Where settings.STAFF_SECOND_FACTOR is on, staff without a verified device reach only the page that sets it up."""

    def middleware(request):
        if (
            settings.STAFF_SECOND_FACTOR
            and settings.SESSION_COOKIE_NAME in request.COOKIES
            and request.user.is_authenticated
            and request.user.is_staff
            and not request.user.is_verified()
        ):
            names = ("second-factor", "sign-out", "admin:logout", "admin:jsi18n", "set_language")
            if request.path not in map(reverse, names) and not request.path.startswith(settings.STATIC_URL):
                onwards = f"?{urlencode({'next': request.get_full_path()})}" if request.method == "GET" else ""
                return redirect(reverse("second-factor") + onwards)
        return get_response(request)

    return middleware


def private_pages(get_response):
    """Pages answered to somebody signed in are not kept by any cache."""

    def middleware(request):
        response = get_response(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES and "Cache-Control" not in response.headers:
            add_never_cache_headers(response)
            response.headers["Cache-Control"] = "no-store, private"
        return response

    return middleware
