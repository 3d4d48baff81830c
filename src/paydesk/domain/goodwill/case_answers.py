"""What goodwill answers when a case asks: what was given already, what is true, what blocks resolving."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from paydesk.domain.cases.asks import (
    Fact,
    Owner,
    blocks_resolving,
    tells_compensations,
    tells_facts,
    tells_owner,
)
from paydesk.domain.cases.rules import Level
from paydesk.domain.goodwill.models import Goodwill
from paydesk.domain.goodwill.queries import amount_of, code, compensations
from paydesk.kernel.one_reading import read_once

TOLD = {
    "requested": "it is being decided",
    "given": "it was given",
    "rejected": "it was not agreed",
    "cancelled": "it was called off",
    "undone": "it was taken back",
}


def register() -> None:
    """Make the answers known to cases."""
    tells_compensations("goodwill", compensations)
    tells_facts("goodwill", facts_of_goodwill)
    tells_owner("goodwill", owner_of_goodwill)
    blocks_resolving("goodwill", blocks_of_goodwill)


def facts_of_goodwill(goodwill_id: int, now: datetime) -> Iterator[Fact]:
    """Amount and where it stands; whoever only asked hears nothing before it is decided."""
    given = _goodwill(goodwill_id)
    if given is not None:
        yield Fact("goodwill.amount", "Goodwill", str(amount_of(given)), now, Level.TWO_FACTS)
        yield Fact("goodwill.state", "Where the goodwill is", TOLD[given.state], now, Level.TWO_FACTS)


def owner_of_goodwill(goodwill_id: int) -> Owner | None:
    given = _goodwill(goodwill_id)
    return ("customer", given.customer_id) if given is not None else None


@read_once
def _goodwill(goodwill_id: int) -> Goodwill | None:
    return Goodwill.objects.filter(pk=goodwill_id).first()


def blocks_of_goodwill(goodwill_id: int) -> Sequence[str]:
    """What somebody still decides on keeps its case open: the answer depends on it."""
    waits = Goodwill.objects.filter(pk=goodwill_id, state="requested")
    return [f"Goodwill {code(each)} of {amount_of(each)} is not decided yet." for each in waits]
