"""The list of whom to check, and the page of one of them."""

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from ledger.beats import ALL, KINDS, SHOWS, STALE, STALEST_FIRST, TO_CHECK, WAITING, WORKER
from ledger.forms.grid import ChannelForm
from ledger.views.grid import (
    CHANNEL,
    DONE,
    beat_of,
    channel_for,
    channel_of_row,
    for_walkers,
    kept_query,
    kind_or_404,
    list_url,
)
from station.admin.search import SearchWords, sealed_query, searched_words

ROWS_A_PAGE = 20


@for_walkers
def walk(request):
    """Whom to check, the stalest first; the search box posts here, so that no name stands in an address."""
    if request.method == "POST":
        return search(request)
    try:
        words = searched_words(request)
    except IncorrectLookupParameters:
        messages.warning(request, _("请在查找框里输入：网址里不放姓名和号码，别人的查找链接也打不开。"))
        return redirect("grid")
    beat, kind = beat_of(request), KINDS.get(request.GET.get("kind"), WORKER)
    show = SHOWS.get(request.GET.get("show"), TO_CHECK if beat.rounds else STALE)
    if show is WAITING and kind is not WORKER:
        show = TO_CHECK if beat.rounds else STALE
    page = Paginator(found(request, beat, kind, words) if words else beat.listed(kind, show), ROWS_A_PAGE)
    page = page.get_page(request.GET.get("page"))
    page.object_list = followed(request, beat.dressed(kind, page.object_list))
    context = {
        "beat": beat,
        "kind": kind,
        "kinds": KINDS.values(),
        "show": show,
        "chips": chips(beat, kind, show),
        "words": words,
        "page": page,
        "kept": kept_query(request, then=""),
        "done": just_done(request, page),
        "channels": channels(request, beat),
        "tab": "me",
    }
    return render(request, "ledger/grid/walk.html", context)


def search(request):
    typed = SearchWords(request.POST)
    if not typed.is_valid():
        messages.error(request, _("查找的内容太长，或者有看不见的字符，请重新输入。"))
        return redirect(list_url(request))
    query = sealed_query(request, typed.cleaned_data["q"].strip())
    return redirect(f"{request.path}?{query}" if query else request.path)


def found(request, beat, kind, words):
    """Who is found, exactly as the admin finds him, wherever he stands in the list."""
    rows, _may_repeat = admin.site.get_model_admin(kind.model).get_search_results(request, beat.rows(kind), words)
    return rows.select_related("grid").order_by(*STALEST_FIRST)


def chips(beat, kind, now):
    """(Show, how many) of the choices that lead somewhere, and of the one shown now."""
    counts = beat.counts(kind)
    kept = {now.name, TO_CHECK.name, ALL.name} if beat.rounds else {now.name, ALL.name}
    return [(show, counts[show.name]) for show in SHOWS.values() if show.name in kept or counts[show.name]]


def followed(request, rows):
    """Each row with the anchor of the next and a query string that remembers it, to come back to the same place."""
    anchors = [row.anchor for row in rows]
    return [
        {"row": row, "query": kept_query(request, then)}
        for row, then in zip(rows, [*anchors[1:], *anchors[-2:-1], ""], strict=False)
    ]


def just_done(request, page):
    """What was done a moment ago, once: to whom, and before which row of the page to say so (empty: at its top)."""
    done = request.session.pop(DONE, None)
    if done is None:
        return None
    kind = kind_or_404(done["kind"])
    subject = kind.model.objects.visible_to(request.user).filter(pk=done["pk"]).first()
    if subject is None:
        return None
    own, anchors = f"{kind.name}-{subject.pk}", {item["row"].anchor for item in page.object_list}
    before = next((anchor for anchor in (own, done["then"]) if anchor in anchors), "")
    return done | {"name": subject.name, "before": before}


def channels(request, beat):
    """(value, label, whether it is the one of this visit) of the channels to check through; empty without a choice."""
    if len(beat.progress) != 1:  # of several communities each has its own, and falls back to its usual one
        return []
    survey = beat.progress[0].survey
    now = channel_for(request, survey)
    return [(value, label, value == now) for value, label in survey.channel_choices]


@for_walkers
def choose_channel(request):
    """Chosen once, kept for the visit."""
    form = ChannelForm(request.POST)
    if request.method == "POST" and form.is_valid():
        request.session[CHANNEL] = form.cleaned_data["channel"]
    return redirect(list_url(request))


@for_walkers
def row_detail(request, kind, pk):
    """One enterprise or worker: what the ledger says, and what can be done at this door."""
    beat = beat_of(request)
    row = beat.row_or_404(kind_or_404(kind), pk)
    survey = beat.rounds.get(row.subject.community_id)
    context = {
        "row": row,
        "survey": survey,
        "channel": dict(survey.channel_choices)[channel_of_row(request, beat, row)] if survey else "",
        "query": kept_query(request),
        "list_url": list_url(request, row.anchor),
        "tab": "me",
    }
    return render(request, "ledger/grid/row.html", context)
