"""Refunds that risk stops: their customer or contract is under a hold, a block or a limit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from paydesk.domain.refunds.models import Refund
from paydesk.domain.refunds.queries import code
from paydesk.domain.refunds.steps import RefundRefused
from paydesk.domain.risk.queries import Party, each_stopped
from paydesk.kernel.money import Money


def stopped_among(refunds: Sequence[Refund], now: datetime) -> dict[int, str]:
    """Why each of these does not go out, by id, where risk stops it; one query, their payments loaded."""
    asked: dict[int, tuple[list[Party], Money]] = {}
    for refund in refunds:
        owners = (("customer", refund.customer_id), ("contract", refund.payment.contract_id))
        parties: list[Party] = [(kind, number) for kind, number in owners if number is not None]
        asked[refund.pk] = parties, Money(refund.amount_minor, refund.currency)
    return each_stopped(asked, "refund", now=now)


def refuse_stopped(refunds: Sequence[Refund], now: datetime) -> None:
    """No money goes to a party that risk holds, blocks or limits. Raises RefundRefused with every reason."""
    if why := stopped_among(refunds, now):
        raise RefundRefused(
            " ".join(f"{code(each)} cannot go out: {why[each.pk]}" for each in refunds if each.pk in why),
            refund_ids=sorted(why),
        )
