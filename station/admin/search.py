"""Searching lists of people without writing their names and numbers into addresses.

The search box posts; the server answers with a redirect to `?q=` followed by the words encrypted for this user, so
that sorting, paging, filtering and printing go on as Django has them, while the address bar, the history of a shared
computer and every access log keep something only the server can read, and only for who typed it.
"""

from django import forms
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG, PAGE_VAR, SEARCH_VAR, ChangeList

from station.lib.crypto import DecryptionError, decrypt, encrypt

LABEL = "admin.search"
LONGEST = 100  # characters


class SearchWords(forms.Form):
    """What was typed into the box of a list."""

    q = forms.CharField(max_length=LONGEST, required=False)


def sealed_query(request, words):
    """The query string of the list that `request` shows, searched for `words`, from its first page on."""
    query = request.GET.copy()
    for name in (SEARCH_VAR, PAGE_VAR, ERROR_FLAG):
        query.pop(name, None)
    if words:
        query[SEARCH_VAR] = encrypt(words, label=LABEL, uid=request.user.uid)
    return query.urlencode()


def searched_words(request):
    """The words behind the address. Raises IncorrectLookupParameters where they were not sealed for this user."""
    sealed = request.GET.get(SEARCH_VAR, "")
    if not sealed:
        return ""
    try:
        return decrypt(sealed, label=LABEL, uid=request.user.uid)
    except DecryptionError as error:
        raise IncorrectLookupParameters from error


class SealedChangeList(ChangeList):
    """A list whose box shows the words, and whose links keep them sealed."""

    def get_queryset(self, request, exclude_parameters=None):
        self.query = searched_words(request)
        queryset = super().get_queryset(request, exclude_parameters)
        self.more_matches = getattr(request, "more_matches", False)
        return queryset
