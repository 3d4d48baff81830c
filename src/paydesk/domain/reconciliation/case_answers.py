"""What reconciliation answers when a case asks: what is true of an exception, whose it is, what it blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from paydesk.domain.cases.asks import (
    Fact,
    Owner,
    blocks_resolving,
    tells_amount,
    tells_facts,
    tells_owner,
)
from paydesk.domain.cases.placeholders import names_places
from paydesk.domain.reconciliation.models import ReconciliationException
from paydesk.domain.reconciliation.queries import code
from paydesk.domain.reconciliation.states import UNSOLVED
from paydesk.kernel.money import Money
from paydesk.kernel.one_reading import read_once

TOLD = {
    "open": "what the provider says and what we have differ; we are finding out why",
    "timing": "the provider confirms it later; we look for it every day",
    "provider": "we asked the provider about it and wait for the answer",
    "resolved": "it was cleared up",
}


def register() -> None:
    """Make the answers known to cases."""
    tells_facts("exception", facts_of_exception)
    names_places({"exception.amount": "Amount in question", "exception.state": "What became of it"})
    tells_owner("exception", owner_of_exception)
    tells_amount("exception", amount_of_exception)
    blocks_resolving("exception", blocks_of_exception)


@read_once
def _exception(number: int) -> ReconciliationException | None:
    return ReconciliationException.objects.select_related("payment").filter(pk=number).first()


def facts_of_exception(number: int, now: datetime) -> Iterator[Fact]:
    """How much it is about and where it stands, in words for whoever waits for it."""
    found = _exception(number)
    if found is not None:
        amount = Money(abs(found.amount_minor), found.currency)
        yield Fact("exception.amount", "Amount in question", str(amount), now)
        yield Fact("exception.state", "What became of it", TOLD[found.waits_for or found.state], now)


def owner_of_exception(number: int) -> Owner | None:
    """The customer of its payment; None for a row that made no payment."""
    found = _exception(number)
    known = found.payment.customer_id if found is not None and found.payment is not None else None
    return ("customer", known) if known is not None else None


def amount_of_exception(number: int) -> Money | None:
    found = _exception(number)
    return Money(found.amount_minor, found.currency) if found is not None else None


def blocks_of_exception(number: int) -> Sequence[str]:
    """What nobody has explained yet keeps its case open."""
    found = _exception(number)
    if found is None or found.state not in UNSOLVED:
        return []
    return [f"Exception {code(found)} is not explained yet."]
