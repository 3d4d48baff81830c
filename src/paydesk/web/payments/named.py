"""Which payment somebody means who holds a notice in the hand: our code, or the provider's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paydesk.domain.payments.queries import payments
from paydesk.kernel.actor import Actor
from paydesk.web.addresses import number_in

if TYPE_CHECKING:
    from paydesk.domain.payments.models import Payment

MOST = 10


def payments_named(actor: Actor, text: str) -> list[Payment]:
    """Those that bear it, of the actor's markets, MOST at most; one query."""
    number, found = number_in("payment", text), payments(actor)
    if number is not None:
        found = found.filter(pk=number if number < 2**63 else -1)
    else:
        found = found.filter(statement_line__provider_ref=text)
    return list(found[:MOST])
