"""A page of a long list: fetched with one row more than it shows, so that no count is needed to go on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

from django.http import HttpRequest

T = TypeVar("T")
PAGE_SIZE = 50
LAST_PAGE = 2000  # further down one filters; a deep offset reads everything before it


def page_number(request: HttpRequest) -> int:
    """The page asked for in the address, 1 when it is not a number between 1 and LAST_PAGE."""
    text = request.GET.get("page", "")
    number = int(text) if text.isascii() and text.isdigit() else 1
    return min(max(number, 1), LAST_PAGE)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Rows of page `number`; `total` is None where counting all rows would cost too much."""

    rows: list[T]
    number: int
    has_next: bool
    total: int | None = None
    size: int = PAGE_SIZE

    @classmethod
    def of(
        cls, rows: Iterable[T], number: int, *, total: int | None = None, size: int = PAGE_SIZE
    ) -> Page[T]:
        """A page from rows that start at its first and may run on; at most one row more is read."""
        found = list(islice(rows, size + 1))
        return cls(found[:size], number, len(found) > size, total, size)

    def __iter__(self) -> Iterator[T]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def first(self) -> int:
        """The place of the first row in the whole list, counted from 1; 0 when the page is empty."""
        return (self.number - 1) * self.size + 1 if self.rows else 0

    @property
    def last(self) -> int:
        return (self.number - 1) * self.size + len(self.rows)
