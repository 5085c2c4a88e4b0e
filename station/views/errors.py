"""The pages for when something is not right. Each says what happened and what to do; none needs the database."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.urls import reverse


def at_desk(request):
    """Whether the address belongs to the pages of staff: then the way on leads back there."""
    return request.path.startswith(reverse("admin:index"))


@login_not_required
def bad_request(request, exception=None):
    return render(request, "400.html", status=400)


@login_not_required
def permission_denied(request, exception=None):
    return render(request, "403.html", {"at_desk": at_desk(request)}, status=403)


@login_not_required
def not_found(request, exception=None):
    return render(request, "404.html", {"at_desk": at_desk(request)}, status=404)


@login_not_required
def server_error(request):
    return render(request, "500.html", status=500)


@login_not_required
def csrf_failure(request, reason=""):
    return render(request, "403_csrf.html", status=403)
