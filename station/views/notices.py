"""What the community has to say: the letter, policies and news, the privacy notice."""

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.core.validators import slug_re
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from station.models import Notice
from station.privacy import PRIVACY_TEXT_VERSION

NOTICES_A_PAGE = 20


@require_safe
@login_not_required
def letter(request):
    """The newest published letter; with `?c=<code of a community>` that community's, where it has written one."""
    letters = Notice.objects.published().filter(kind=Notice.Kind.LETTER).select_related("community")
    letters = letters.order_by("-published_at")
    code = request.GET.get("c", "")
    own = letters.filter(community__code=code).first() if slug_re.match(code) else None
    newest = own or letters.first()
    context = {"letter": newest, "community_code": newest.community.code if newest else ""}
    return render(request, "station/letter.html", context)


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
