"""The address of the rows behind a figure, on whichever screen shows them."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode


def rows_at(place: str, **filters: object) -> str:
    """The list `place` with `filters` in its address, empty ones left out; "" where it is not."""
    try:
        address = reverse(place)
    except NoReverseMatch:
        return ""
    wanted = {name: value for name, value in filters.items() if value not in (None, "")}
    return f"{address}?{urlencode(wanted)}" if wanted else address
