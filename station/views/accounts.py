"""Signing in by phone and code, signing out, and what is mine."""

import json
from dataclasses import asdict, dataclass
from datetime import timedelta
from urllib.parse import urlencode
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from station.forms.accounts import CodeForm, NameForm, PhoneForm
from station.lib.crypto import DecryptionError, decrypt, encrypt
from station.lib.people import mask_phone
from station.middleware import client_address
from station.operations import people, signin

PENDING_COOKIE = "sign_in"
PENDING_AGE = timedelta(minutes=30)  # longer than a code lives, so that a late one still finds its page
PENDING_LABEL = "sign-in.pending"
MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True)
class Pending:
    """A sign-in under way, known to this browser only: kept in its cookie, encrypted, and nowhere on the server."""

    browser: str
    phone: str
    demo_code: str = ""  # filled in demo mode only

    @classmethod
    def of(cls, request):
        """The one of this browser, or None."""
        cookie = request.get_signed_cookie(PENDING_COOKIE, default="", max_age=PENDING_AGE)
        browser, _blank, token = cookie.partition(" ")
        try:
            return cls(**json.loads(decrypt(token, label=PENDING_LABEL, uid=browser)))
        except (DecryptionError, ValueError, TypeError):
            return None

    def keep_in(self, response):
        token = encrypt(json.dumps(asdict(self)), label=PENDING_LABEL, uid=self.browser)
        response.set_signed_cookie(
            PENDING_COOKIE,
            f"{self.browser} {token}",
            max_age=PENDING_AGE,
            path=reverse("sign-in"),
            secure=settings.HTTPS,
            httponly=True,
            samesite="Lax",
        )
        return response

    @property
    def masked_phone(self):
        return mask_phone(self.phone)


def next_page(request, default):
    """Where ``?next=`` leads if that is the path of a page of ours, else `default`."""
    url = request.GET.get("next", "")
    ours = url.startswith("/") and url_has_allowed_host_and_scheme(url, {request.get_host()})
    return url if ours else default


def _send_code(request, phone):
    """Send a code and go where it is entered. Raises ValidationError."""
    browser = str(uuid4())
    code = signin.ask_for_code(phone, browser=browser, address=client_address(request))
    url, onwards = reverse("enter-code"), next_page(request, "")
    response = redirect(f"{url}?{urlencode({'next': onwards})}" if onwards else url)
    return Pending(browser, phone, code if settings.DEMO else "").keep_in(response)


def _status(form):
    """429 for one request too many, 422 for anything else refused, 200 for a form not yet sent."""
    if form.has_error("__all__", "limit"):
        return 429
    return 422 if form.errors else 200


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("phone")
@sensitive_variables("form")
@login_not_required
def sign_in(request):
    """Ask for the phone, send the code."""
    if request.user.is_authenticated:
        return redirect(next_page(request, settings.LOGIN_REDIRECT_URL))
    form = PhoneForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            return _send_code(request, form.cleaned_data["phone"])
        except ValidationError as error:
            form.add_error(None, error)
    return render(
        request, "accounts/sign_in.html", {"form": form, "pending": Pending.of(request)}, status=_status(form)
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("code")
@sensitive_variables("form", "pending")
@login_not_required
def enter_code(request):
    """Take the code, or send another one."""
    pending = Pending.of(request)
    if request.user.is_authenticated:
        return redirect(next_page(request, settings.LOGIN_REDIRECT_URL))
    if pending is None:
        return redirect("sign-in")
    resend = "resend" in request.POST
    form = CodeForm(request.POST if request.method == "POST" else None)
    try:
        if resend:
            return _send_code(request, pending.phone)
        if form.is_valid():
            return _enter(request, pending, form.cleaned_data["code"])
    except ValidationError as error:
        if resend:  # what stands in the empty code field was not asked for, and is no error
            form = CodeForm({}, empty_permitted=True, use_required_attribute=False)
        form.add_error(None, error)
    return render(request, "accounts/enter_code.html", {"form": form, "pending": pending}, status=_status(form))


def _enter(request, pending, code):
    user = signin.enter_code(pending.phone, code, browser=pending.browser)
    login(request, user, backend=MODEL_BACKEND)
    response = redirect(next_page(request, settings.LOGIN_REDIRECT_URL))
    response.delete_cookie(PENDING_COOKIE, path=reverse("sign-in"), samesite="Lax")
    return response


@require_POST
@login_not_required
def sign_out(request):
    """End the session."""
    logout(request)
    messages.success(request, _("已退出登录。"))
    return redirect(settings.LOGOUT_REDIRECT_URL)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def me(request):
    """Who I am here, and what is mine; the name can be changed."""
    sent = request.method == "POST"
    if sent and request.user.is_staff:
        raise PermissionDenied  # a colleague's name stands on rosters: the community changes it
    form = NameForm(request.POST if sent else None, initial={"name": request.user.name})
    if form.is_valid():
        try:
            people.change_name(request.user, form.cleaned_data["name"], by=request.user)
        except ValidationError as error:
            form.add_error("name", error.messages)
        else:
            messages.success(request, _("名字改好了。"))
            return redirect("me")
    return render(request, "accounts/me.html", {"form": form}, status=_status(form))
