"""`/grid/`: the pages of whoever walks from door to door. Staff only, on a phone, without a script."""

import re
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import Http404, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from ledger.beats import KINDS, Beat
from ledger.models.entries import Channel
from station.admin.search import SEARCH_VAR

CHANNEL = "grid_channel"  # in the session: through which channel he is checking now
DONE = "grid_done"  # in the session: what was done last, for the strip in the list that says so
KEPT = ("kind", "show", "grid", "page", SEARCH_VAR)  # what of a list's address leads back to the same place
LONGEST_KEPT = 1000  # characters; sealed search words are the longest
ANCHOR = re.compile(r"(?:worker|enterprise)-[0-9]{1,18}")


def for_walkers(view):
    """A page for staff who look after part of the ledger; others get 403, and who is nobody the staff's sign-in."""

    @wraps(view)
    @require_http_methods(["GET", "HEAD", "POST"])
    def guarded(request, *args, **kwargs):
        if not request.user.is_staff or not request.user.has_perm("ledger.view_worker"):
            raise PermissionDenied
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store, private"
        return response

    guarded.login_url = "admin:login"
    return guarded


def beat_of(request):
    return Beat(request.user, request.GET.get("grid", ""))


def kind_or_404(name):
    try:
        return KINDS[name]
    except KeyError as error:
        raise Http404 from error


def then_of(request):
    """The row of the list that follows the one at hand, as its anchor; empty if the address does not say."""
    then = request.GET.get("then", "")
    return then if ANCHOR.fullmatch(then) else ""


def kept_query(request, then=None):
    """The part of the address that says which list one came from, and where in it, as a query string."""
    query = QueryDict(mutable=True)
    for name in KEPT:
        value = request.GET.get(name, "")
        if 0 < len(value) <= LONGEST_KEPT:
            query[name] = value
    if then := then_of(request) if then is None else then:
        query["then"] = then
    return query.urlencode()


def with_query(request, name, *args, then=None, anchor=""):
    """The address of another page of this walk that remembers the list one came from."""
    query = kept_query(request, then)
    return f"{reverse(name, args=args)}{'?' if query else ''}{query}{'#' if anchor else ''}{anchor}"


def list_url(request, anchor=""):
    """The list one came from."""
    return with_query(request, "grid", then="", anchor=anchor)


def back_to_list(request, kind, pk, text, *, tone="success", undo=False):
    """Back to the same place of the list, where a strip says once what was done to whom.

    Django's messages live in a cookie: no place for a name. The session keeps the key, the page looks up the name.
    """
    request.session[DONE] = {"kind": kind.name, "pk": pk, "text": str(text), "tone": tone, "undo": undo}
    request.session[DONE]["then"] = then_of(request)
    return redirect(list_url(request, "done"))


def back_to_row(request, row):
    return redirect(with_query(request, "grid-row", row.kind.name, row.subject.pk))


def channel_for(request, survey):
    """The channel of this visit, where `survey` (a round, or None) goes through it; else the round's usual one."""
    chosen = request.session.get(CHANNEL, Channel.DOOR)
    if survey is None:
        return chosen
    return chosen if chosen in survey.channels else survey.usual_channel


def channel_of_row(request, beat, row):
    return channel_for(request, beat.rounds.get(row.subject.community_id))
