"""The radar by money: cases that share a payment, an incident of a provider or a batch of a merchant.

People describe one lost settlement in twenty ways; the money they mean is the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["payment", "provider_incident", "merchant_batch"]


@dataclass(frozen=True, slots=True)
class MoneyLink:
    """A case is about this money; `key` is what tells it from others of its kind."""

    case: int
    kind: Kind
    key: str


@dataclass(frozen=True, slots=True)
class SharedMoney:
    """Cases, by their id, and all that every one of them shares, as (kind, key)."""

    cases: tuple[int, ...]
    shares: tuple[tuple[Kind, str], ...]


def groups_by_money(links: Iterable[MoneyLink], *, least: int = 2) -> list[SharedMoney]:
    """Groups of at least `least` cases that share one thing; the largest first.

    The same cases make one group, whatever they share. A case stands in every group it belongs to: groups
    are not joined by it, because two payments of one customer are not one incident.
    """
    cases_of: dict[tuple[Kind, str], set[int]] = defaultdict(set)
    for link in links:
        cases_of[link.kind, link.key].add(link.case)
    shares_of: dict[frozenset[int], list[tuple[Kind, str]]] = defaultdict(list)
    for shared, cases in cases_of.items():
        if len(cases) >= least:
            shares_of[frozenset(cases)].append(shared)
    kinds = get_args(Kind)
    found = [
        SharedMoney(
            tuple(sorted(cases)), tuple(sorted(shares, key=lambda each: (kinds.index(each[0]), each[1])))
        )
        for cases, shares in shares_of.items()
    ]
    return sorted(found, key=lambda group: (-len(group.cases), group.cases))
