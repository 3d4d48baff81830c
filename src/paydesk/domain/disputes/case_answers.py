"""What disputes answer when a case asks: what is contested, by when it is answered, what blocks resolving."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from paydesk.domain.cases.asks import (
    Compensation,
    Fact,
    Link,
    Owner,
    Reference,
    blocks_resolving,
    clock_counts,
    codes_in,
    finds_references,
    tells_amount,
    tells_compensations,
    tells_facts,
    tells_owner,
)
from paydesk.domain.disputes.models import Dispute
from paydesk.domain.disputes.queries import CODE_PREFIX, amount_of, code
from paydesk.domain.disputes.states import OPEN, UNANSWERED, WON
from paydesk.domain.disputes.steps import SUBJECT
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.one_reading import read_once


def register() -> None:
    """Make the answers known to cases."""
    finds_references("disputes", references_in)
    tells_facts(SUBJECT, facts_of_dispute)
    tells_owner(SUBJECT, owner_of_dispute)
    tells_amount(SUBJECT, amount_of_dispute)
    blocks_resolving(SUBJECT, blocks_of_dispute)
    blocks_resolving("payment", blocks_of_payment)
    tells_compensations(SUBJECT, compensations)
    clock_counts(SUBJECT)


def references_in(text: str, by: Actor, market: str) -> Iterator[Reference]:
    """Disputes by our code; one query, none where the text bears no such code."""
    known = codes_in(CODE_PREFIX, text)
    found = Dispute.objects.filter(pk__in=known, market=market).select_related("payment")
    for dispute in in_markets(found, by) if known else ():
        yield Reference(
            (SUBJECT, dispute.pk), "our code", known[dispute.pk], True, dispute.payment.customer_id
        )


def facts_of_dispute(dispute_id: int, now: datetime) -> Iterator[Fact]:
    """How much is contested. What we answer with is nothing for a letter."""
    dispute = _dispute(dispute_id)
    if dispute is not None:
        yield Fact("dispute.amount", "Contested", str(amount_of(dispute)), now)


def owner_of_dispute(dispute_id: int) -> Owner | None:
    dispute = _dispute(dispute_id)
    known = dispute.payment.customer_id if dispute is not None else None
    return ("customer", known) if known is not None else None


def amount_of_dispute(dispute_id: int) -> Money | None:
    dispute = _dispute(dispute_id)
    return amount_of(dispute) if dispute is not None else None


@read_once
def _dispute(dispute_id: int) -> Dispute | None:
    return Dispute.objects.select_related("payment").filter(pk=dispute_id).first()


def compensations(links: Sequence[Link], now: datetime) -> Iterator[Compensation]:
    """What of these payments is contested, or may be again; nothing is given while it is open. One query.

    What was lost tells its payment: it was taken back.
    """
    paid = [number for kind, number in links if kind == "payment"]
    found = Dispute.objects.filter(payment_id__in=paid, state__in=(*OPEN, *WON))
    for dispute in found if paid else ():
        is_open = dispute.state in OPEN
        yield Compensation(
            (SUBJECT, dispute.pk), code(dispute), "dispute", amount_of(dispute),
            "not decided yet" if is_open else "decided for us", dispute.finished_at or dispute.opened_at,
            is_open, stops=is_open,
        )  # fmt: skip


def blocks_of_dispute(dispute_id: int) -> Sequence[str]:
    """A scheme that waits for us keeps the case open; what waits for the scheme does not."""
    return _sentences(Dispute.objects.filter(pk=dispute_id, state__in=("opened", *UNANSWERED)))


def blocks_of_payment(payment_id: int) -> Sequence[str]:
    return _sentences(Dispute.objects.filter(payment_id=payment_id, state__in=("opened", *UNANSWERED)))


def _sentences(found: Iterable[Dispute]) -> list[str]:
    return [f"The scheme has no answer of ours yet to {code(each)}, {amount_of(each)}." for each in found]
