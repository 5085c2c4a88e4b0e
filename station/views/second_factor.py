"""Where staff set up and pass their second factor, in the look of the admin."""

import base64

from django.contrib import admin
from django.contrib.admin.views.decorators import staff_member_required
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods
from django_otp import login as remember_device

from station.forms.accounts import SecondFactorForm
from station.lib.qr import qr_svg
from station.operations import second_factor as operations
from station.views.accounts import next_page


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("code")
@sensitive_variables("codes", "device", "form")
@login_not_required  # the decorator below sends everybody else to the staff's own sign-in page
@staff_member_required
def second_factor(request):
    """Set up, pass, or look after the second factor, whichever is due."""
    if request.user.is_verified():
        return _look_after(request)
    return _pass(request) if operations.confirmed_device(request.user) else _set_up(request)


def _page(request, template, title, *, form=None, **context):
    context |= admin.site.each_context(request) | {
        "title": title,
        "form": form,
        "onwards": next_page(request, reverse("admin:index")),
        "is_nav_sidebar_enabled": False,
        "available_apps": [],
    }
    return render(request, f"accounts/{template}.html", context, status=422 if form and form.errors else 200)


def _trust(request, device):
    """From here on this session has passed the second factor; its key changes as it does at sign-in."""
    remember_device(request, device)
    request.session.cycle_key()


def _set_up(request):
    form = SecondFactorForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            device, codes = operations.confirm_enrolment(request.user, form.cleaned_data["code"])
        except ValidationError as error:
            form.add_error("code", error)
        else:
            _trust(request, device)
            return _page(request, "recovery_codes", _("抄下备用码"), codes=codes)
    device = operations.start_enrolment(request.user)
    picture = qr_svg(device.config_url, title=_("绑定验证器的二维码"), scale=5)
    return _page(
        request,
        "second_factor_set_up",
        _("绑定验证器"),
        form=form,
        picture=base64.b64encode(picture.encode()).decode(),
        secret=_in_fours(base64.b32encode(device.bin_key).decode()),
    )


def _pass(request):
    form = SecondFactorForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            _trust(request, operations.verify_second_factor(request.user, form.cleaned_data["code"]))
            return redirect(next_page(request, reverse("admin:index")))
        except ValidationError as error:
            form.add_error("code", error)
    return _page(request, "second_factor_pass", _("第二步验证"), form=form)


def _look_after(request):
    if request.method == "POST" and "renew" in request.POST:
        codes = operations.renew_recovery_codes(request.user)
        return _page(request, "recovery_codes", _("抄下备用码"), codes=codes)
    left = operations.recovery_codes_left(request.user)
    return _page(request, "second_factor_done", _("第二步验证已开启"), left=left)


def _in_fours(text):
    """ABCD EFGH …, as one reads it out."""
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))
