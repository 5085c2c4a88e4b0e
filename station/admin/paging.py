"""Pages of long lists: to count a million rows takes longer than to show fifty, and nobody turns to page 900."""

from django.core.paginator import Paginator
from django.utils.functional import cached_property

MOST = 10_000


class CappedPaginator(Paginator):
    """Counts up to MOST rows and pages through so many; `cut` tells that there are more, for a filter to find."""

    @cached_property
    def _counted(self):
        return self.object_list.order_by()[: MOST + 1].count()

    @cached_property
    def count(self):
        return min(self._counted, MOST)

    @property
    def cut(self):
        return self._counted > MOST
