"""Whose rows a list shows: the choice in the address, its words, and the tabs above the list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from django.http import HttpRequest

from paydesk.foundation.assignments.queries import LATE, MINE, NEEDED, NOBODYS

WHOSE = {MINE: "mine", NOBODYS: "nobody's", NEEDED: "needs an owner", LATE: "late"}
TABS = {"": "All", MINE: "Mine", NOBODYS: "Nobody’s", NEEDED: "Needs an owner", LATE: "Late"}
VIEW = "view"  # in the address of a tab, so that the view seen first does not take its place
NOT_FILTERS = (VIEW, "page", "open", "at", "v")


@dataclass(frozen=True, slots=True)
class Tab:
    """One view above a list. `number` is that of a saved view, None for those every list has."""

    label: str
    url: str
    here: bool
    count: int = 0
    why: str = ""
    number: int | None = None
    is_first: bool = False
    is_shared: bool = False
    may_delete: bool = False


def filters_in(query: Mapping[str, str], named_by: str = VIEW) -> dict[str, str]:
    """The terms of an address that narrow or order a list; `named_by` is the one that names a saved view."""
    left_out = {*NOT_FILTERS, named_by} - ({VIEW} - {named_by})
    return {name: value for name, value in query.items() if value and name not in left_out}


def own_tabs(request: HttpRequest) -> list[Tab]:
    """The views every list has: all, mine, nobody's, needs an owner, late."""
    now = filters_in(request.GET.dict())
    tabs = []
    for whose, label in TABS.items():
        wanted = {"whose": whose} if whose else {}
        query = urlencode(wanted or {VIEW: "all"})
        tabs.append(Tab(label, f"{request.path}?{query}", here=now == wanted))
    return tabs


def filters_of(query: str, named_by: str = VIEW) -> dict[str, str]:
    """The filters of a saved view's address."""
    return filters_in(dict(parse_qsl(query)), named_by)
