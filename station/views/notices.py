"""What the community has to say: the letter, policies and news with their files, the privacy notice."""

from django.contrib.auth.decorators import login_not_required
from django.core.validators import slug_re
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from station.forms.notices import NoticeSearchForm
from station.lib.attachments import type_of
from station.models import Community, Notice
from station.privacy import PRIVACY_TEXT_VERSION
from station.views.files import stored_file

NOTICES_A_PAGE = 20
MOST_COMMUNITIES = 20  # beyond them nobody picks from a list


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
    """The newest first, below those pinned; of one community, or for the visitors of one station."""
    communities = list(Community.objects.order_by("name")[: MOST_COMMUNITIES + 1])
    form = NoticeSearchForm(request.GET)
    form.is_valid()
    notices, after = form.page(Notice.objects.published().news(), NOTICES_A_PAGE)
    context = {
        "notices": notices,
        "after": after,
        "asked": form.cleaned_data,
        "communities": communities if 1 < len(communities) <= MOST_COMMUNITIES else (),
    }
    return render(request, "station/notice_list.html", context)


@require_safe
@login_not_required
def notice_detail(request, pk):
    notice, preview = _notice(request, pk)
    context = {"notice": notice, "attachments": notice.attachments.all(), "preview": preview}
    return render(request, "station/notice_detail.html", context)


@require_safe
@login_not_required
def notice_file(request, pk, file):
    """An attachment, to be saved and never opened in the page's name."""
    notice, preview = _notice(request, pk)
    attachment = get_object_or_404(notice.attachments, pk=file)
    headers = {"Cache-Control": "private, no-store" if preview else "public, max-age=600"}
    return stored_file(
        lambda: attachment.file.open("rb"),
        as_attachment=True,
        filename=attachment.name,
        content_type=type_of(attachment.file.name),
        headers=headers,
    )


def _notice(request, pk):
    """A notice and whether it is only a preview: staff may look at theirs before and after it is public."""
    notices = Notice.objects.news().select_related("community", "station")
    notice = notices.published().filter(pk=pk).first()
    if notice is not None:
        return notice, False
    # Only now is the session looked at: it costs an anonymous reader nothing.
    if not (request.user.is_authenticated and request.user.is_staff):
        raise Http404
    return get_object_or_404(notices.visible_to(request.user), pk=pk), True


@require_safe
@login_not_required
def privacy(request):
    return render(request, "station/privacy.html", {"version": PRIVACY_TEXT_VERSION})
