"""Lists whose price does not grow with their tables."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils.functional import cached_property

from peoplesync.core.staff.theme import ThemedChangeList


class BoundedPaginator(Paginator):
    """Counts at most ten thousand rows: the price of a page does not grow with the table. Filters reach the rest."""

    most = 10_000
    template_name = "admin/page_numbers.html"

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[: self.most].count())


class ChangeList(ThemedChangeList):
    """A list that offers “Show all” only where something is filtered away."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if not self.query and not self.get_filters_params():
            self.full_result_count = self.result_count

    @property
    def counted(self) -> str:
        """How many rows it found, as far as they were counted."""
        more = " or more" if self.result_count >= BoundedPaginator.most else ""
        return f"{self.result_count:,}{more}"
