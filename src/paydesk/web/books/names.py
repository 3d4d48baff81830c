"""Names on the controller's screens, exports and statements: all of them come through here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from paydesk.foundation.people.masking import sight_of
from paydesk.kernel.actor import Actor
from paydesk.reporting.books.queries.keys import key_names
from paydesk.web.addresses import page_of


def name_for(actor: Actor, name: str) -> str:
    """A customer's or payer's name as `actor` may see it."""
    return sight_of(actor).name(name) if name else ""


@dataclass(frozen=True, slots=True)
class ShownKey:
    """A sub-ledger key in words, with the page of what it stands for."""

    code: str
    name: str
    url: str


def shown_keys(actor: Actor, market: str, kind: str, ids: Iterable[int]) -> Mapping[int, ShownKey]:
    """The keys of one kind in a market as `actor` may see them; at most one query."""
    return {
        id_: ShownKey(
            key.code,
            name_for(actor, key.name) if key.is_personal else key.name,
            page_of(key.page_kind, key.page_id) if key.page_kind else "",
        )
        for id_, key in key_names(market, kind, ids).items()
    }
