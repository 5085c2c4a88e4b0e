"""What the community has to say: the letter, policies and news, the privacy notice."""

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from station.models import Notice
from station.privacy import PRIVACY_TEXT_VERSION

NOTICES_A_PAGE = 20


@require_safe
@login_not_required
def letter(request):
    """The newest published letter."""
    newest = Notice.objects.published().filter(kind=Notice.Kind.LETTER).order_by("-published_at").first()
    return render(request, "station/letter.html", {"letter": newest})


@require_safe
@login_not_required
def notice_list(request):
    notices = Notice.objects.published().news().select_related("community").order_by("-pinned", "-published_at", "-pk")
    page = Paginator(notices, NOTICES_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "station/notice_list.html", {"page": page})


@require_safe
@login_not_required
def notice_detail(request, pk):
    notices = Notice.objects.published().news().select_related("community", "station")
    return render(request, "station/notice_detail.html", {"notice": get_object_or_404(notices, pk=pk)})


@require_safe
@login_not_required
def privacy(request):
    return render(request, "station/privacy.html", {"version": PRIVACY_TEXT_VERSION})
