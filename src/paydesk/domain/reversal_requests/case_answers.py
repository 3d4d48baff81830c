"""What reversal requests answer when a case asks: what the payer asked back from their provider."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from paydesk.domain.cases.asks import Compensation, Link, tells_compensations
from paydesk.domain.reversal_requests.models import ReversalRequest
from paydesk.domain.reversal_requests.states import OPEN
from paydesk.foundation.attached.queries import hangs_on, has_any
from paydesk.kernel.money import Money
from paydesk.kernel.public_codes import code_of


def register() -> None:
    """Make the answer known to cases."""
    tells_compensations("reversal_request", compensations)
    hangs_on("payment", ReversalRequest)


def compensations(links: Sequence[Link], now: datetime) -> Iterator[Compensation]:
    """Requests about these payments that are open: the provider may give the money back itself. At most one
    query.
    """
    asked_of = [link for link in links if link[0] == "payment" and has_any(link, ReversalRequest)]
    paid = [number for _, number in asked_of]
    for asked in ReversalRequest.objects.filter(payment_id__in=paid, state__in=OPEN) if paid else ():
        yield Compensation(
            ("reversal_request", asked.pk), code_of("RVR", asked.pk), "reversal asked of the provider",
            Money(asked.amount_minor, asked.currency), "not ended", asked.requested_at, True,
        )  # fmt: skip
