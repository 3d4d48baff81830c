"""What refunds answer when a case asks: what is true of a refund, and what of it blocks resolving."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import Q

from paydesk.domain.cases.asks import (
    Compensation,
    Fact,
    Link,
    Owner,
    Reference,
    blocks_resolving,
    codes_in,
    finds_accounts,
    finds_references,
    tells_amount,
    tells_compensations,
    tells_facts,
    tells_owner,
)
from paydesk.domain.cases.placeholders import names_places
from paydesk.domain.refunds.models import Refund
from paydesk.domain.refunds.queries import CODE_PREFIX
from paydesk.foundation.attached.queries import hangs_on, has_any
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.account_ends import FOUND_AS, ONLY_ONE, Told
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money, minor_digits
from paydesk.kernel.one_reading import read_once
from paydesk.kernel.public_codes import code_of

TOLD = {
    "requested": "it is being looked at",
    "under_review": "it is being looked at",
    "approved": "it is agreed and will be sent",
    "released": "it is on its way to the provider",
    "sent": "it was sent, and the provider has not confirmed it yet",
    "unknown": "the provider has not told us whether it arrived; we are asking",
    "paid": "it was paid",
    "failed": "it could not be paid; we are looking for another way",
    "rejected": "it was not agreed",
    "cancelled": "it was called off",
}
# How a refund stands, for somebody who is about to give something a second time.
STANDS = {
    "requested": "waits for a second person",
    "under_review": "waits for a second person",
    "approved": "agreed",
    "released": "on its way",
    "sent": "on its way",
    "unknown": "without an answer of the provider",
    "paid": "paid",
    "failed": "failed, and still owed",
}
MOST_READ, MOST_TOLD = 50, 3
UNDECIDED = ("requested", "under_review", "failed", "unknown")
OF_THE_CUSTOMER = """
    SELECT FROM refunds_refund r JOIN cases_case c ON c.customer_id = r.customer_id WHERE c.id = %(id)s
"""


def register() -> None:
    """Make the answers known to cases."""
    finds_references("refunds", references_in)
    finds_accounts("refunds", paid_out_to)
    tells_facts("refund", facts_of_refund)
    tells_owner("refund", owner_of_refund)
    tells_amount("refund", amount_of_refund)
    names_places({"refund.amount": "Refund", "refund.state": "Where the refund is"})
    blocks_resolving("refund", blocks_of_refund)
    blocks_resolving("payment", blocks_of_payment)
    tells_compensations("refund", compensations)
    hangs_on("case", Refund, OF_THE_CUSTOMER)
    hangs_on("payment", Refund)


def references_in(text: str, by: Actor, market: str) -> Iterator[Reference]:
    """Refunds by our code; one query, none where the text bears no such code."""
    known = codes_in(CODE_PREFIX, text)
    found = in_markets(Refund.objects.filter(pk__in=known, market=market), by) if known else ()
    for refund in found:
        yield Reference(("refund", refund.pk), "our code", known[refund.pk], True, refund.customer_id)


def paid_out_to(told: Told, customer_id: int | None, by: Actor, market: str) -> Iterator[Reference]:
    """Refunds to a bank account that is named: of the case's customer by its end, of anybody by the whole."""
    whole = {each.whole for each in told.accounts if each.whole}
    theirs = Q(payee_account__in=whole)
    if customer_id is not None:
        theirs |= Q(customer_id=customer_id)
    if customer_id is None and not whole:
        return
    to_banks = Refund.objects.filter(theirs, rail="bank", market=market).order_by("-requested_at")
    found = {
        refund: named
        for refund in in_markets(to_banks, by)[:MOST_READ]
        for named in told.accounts
        if named.may_be(refund.payee_account)
    }
    says_amount = {refund: _major(refund) in told.amounts for refund in found}
    for refund in [each for each in found if says_amount[each] or not any(says_amount.values())][:MOST_TOLD]:
        named = found[refund]
        is_only_one = bool(named.whole) and len(found) == 1 and not says_amount[refund]
        words = ONLY_ONE if is_only_one else FOUND_AS[bool(named.whole), says_amount[refund], False]
        yield Reference(
            ("refund", refund.pk),
            words,
            named.text,
            says_amount[refund] and len(found) == 1,
            refund.customer_id,
        )


def _major(refund: Refund) -> Decimal:
    return Decimal(refund.amount_minor).scaleb(-minor_digits(refund.currency))


def facts_of_refund(refund_id: int, now: datetime) -> Iterator[Fact]:
    """Amount and where it stands, in words for whoever waits for it."""
    refund = _refund(refund_id)
    if refund is not None:
        yield Fact("refund.amount", "Refund", str(Money(refund.amount_minor, refund.currency)), now)
        yield Fact("refund.state", "Where the refund is", TOLD[refund.state], now)


def owner_of_refund(refund_id: int) -> Owner | None:
    """The customer of its payment when it was asked for; None where nobody knew one."""
    refund = _refund(refund_id)
    known = refund.customer_id if refund is not None else None
    return ("customer", known) if known is not None else None


def amount_of_refund(refund_id: int) -> Money | None:
    refund = _refund(refund_id)
    return Money(refund.amount_minor, refund.currency) if refund is not None else None


@read_once
def _refund(refund_id: int) -> Refund | None:
    return Refund.objects.filter(pk=refund_id).first()


def compensations(links: Sequence[Link], now: datetime) -> Iterator[Compensation]:
    """Refunds of these payments that were not turned down or called off; at most one query."""
    paid = [number for kind, number in links if kind == "payment" and has_any((kind, number), Refund)]
    for refund in Refund.objects.filter(payment_id__in=paid, state__in=STANDS) if paid else ():
        yield Compensation(
            ("refund", refund.pk), code_of(CODE_PREFIX, refund.pk), "refund",
            Money(refund.amount_minor, refund.currency), STANDS[refund.state],
            refund.finished_at or refund.requested_at, refund.state in UNDECIDED,
        )  # fmt: skip


def blocks_of_refund(refund_id: int) -> Sequence[str]:
    """A refund that somebody still has to decide on keeps its case open."""
    return _sentences(Refund.objects.filter(pk=refund_id, state__in=UNDECIDED))


def blocks_of_payment(payment_id: int) -> Sequence[str]:
    if not has_any(("payment", payment_id), Refund):
        return ()
    return _sentences(Refund.objects.filter(payment_id=payment_id, state__in=UNDECIDED))


def _sentences(found: Iterable[Refund]) -> list[str]:
    return [
        f"Refund {code_of(CODE_PREFIX, refund.pk)} of {Money(refund.amount_minor, refund.currency)} "
        "is not decided or not found yet."
        for refund in found
    ]
