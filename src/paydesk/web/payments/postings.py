"""Journal entries as people read them: accounts with whose they are, two columns, a total that balances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from paydesk.domain.ledger.queries import EntryRow, PostingRow
from paydesk.domain.payments.queries import SubAccount, sub_accounts
from paydesk.kernel.money import Money
from paydesk.web.addresses import PAGES, code_in, page_of
from paydesk.web.payments.trail import Names
from paydesk.web.sight import Looking

Owners = Mapping[tuple[str, int], SubAccount]
KIND_WORDS = {
    "contract.activated": "Sale booked",
    "payment.received": "Received",
    "payment.identified": "Payer named",
    "payment.allocated": "Applied",
    "payment.unallocated": "Taken off",
    "payment.unidentified": "Back to suspense",
    "payment.moved": "Moved to another customer",
    "payment.credited": "Kept as credit",
    "payment.reversed": "Taken back",
    "payment.reinstated": "Reversal undone: stands again",
    "payment.charged_back": "Charged back",
    "payment.reversal_undone": "Has its money again",
    "provider.reversal": "Recoverable until it is explained",
    "provider.explained": "Explained by two people",
    "provider.explained_undone": "Not explained any more",
    "provider.reversal_matched": "Its payment is known",
    "provider.swept": "Both ends of money in transit",
    "provider.swept_apart": "Two ends taken apart",
    "payment.unposted": "Un-posted with its file",
    "payment.credit_returned": "Credit back to unapplied cash",
    "refund.approved": "Refund payable",
    "refund.cancelled": "Refund given up",
    "refund.sent": "Refund sent",
    "refund.paid": "Refund paid",
    "refund.failed": "Refund failed",
    "refund.bounced": "Refund came back",
    "market.order_paid": "Order of a seller paid",
    "market.order_available": "Part of a seller free",
    "market.held": "Held back from a seller",
    "market.released": "Held money free again",
    "market.withdrawal_requested": "Withdrawal on its way",
    "market.withdrawal_paid": "Withdrawal paid",
    "market.withdrawal_failed": "Withdrawal came back",
    "goodwill.given": "Goodwill given",
    "goodwill.applied": "Goodwill credited",
    "goodwill.taken_off": "Goodwill taken off",
    "goodwill.undone": "Goodwill undone",
    "refund.confirmed": "Shown by a row of the provider",
    "due_item.written_off": "Small difference written off",
    "due_item.write_off_undone": "Write-off undone: owed again",
}


@dataclass(frozen=True, slots=True)
class ShownPosting:
    """One leg: account, whose sub-account it is (with its page), debit or credit."""

    code: str
    name: str
    owner: str
    owner_url: str
    debit: Money | None
    credit: Money | None


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """One journal entry with both totals per currency."""

    code: str
    words: str
    booked_on: date
    value_on: date
    posted_at: datetime
    by: str
    postings: list[ShownPosting]
    totals: list[tuple[Money, Money]]


def shown_entries(
    entries: Sequence[EntryRow], names: Names, eyes: Looking, owners: Owners | None = None
) -> list[ShownEntry]:
    """`entries` with the names of their sub-accounts; at most three queries unless they are handed in."""
    owners = sub_accounts(entries) if owners is None else owners

    def posting(leg: PostingRow) -> ShownPosting:
        owner = owners[leg.code, leg.key_id]
        if owner.kind in PAGES and not owner.id:  # of nobody known, such as a reversal without its payment
            return ShownPosting(leg.code, leg.name, "", "", leg.debit, leg.credit)
        url = page_of(owner.kind, owner.id)
        name = owner.name
        if owner.kind in ("customer", "seller"):
            name = eyes.name(owner.name, (owner.kind, owner.id) if owner.kind == "customer" else None)
        if not name and owner.kind in PAGES:  # what is known by its code alone, such as a refund
            name = code_in(owner.kind, owner.id)
        return ShownPosting(leg.code, leg.name, name, url, leg.debit, leg.credit)

    return [
        ShownEntry(
            code=entry.code,
            words=KIND_WORDS.get(entry.kind, entry.kind),
            booked_on=entry.booked_on,
            value_on=entry.value_on,
            posted_at=entry.posted_at,
            by=names[entry.actor],
            postings=[posting(leg) for leg in entry.postings],
            totals=_totals(entry.postings),
        )
        for entry in entries
    ]


def _totals(postings: Sequence[PostingRow]) -> list[tuple[Money, Money]]:
    sums: dict[str, tuple[Money, Money]] = {}
    for leg in postings:
        side = leg.debit or leg.credit
        if side is None:
            continue
        debit, credit = sums.get(side.currency, (Money(0, side.currency), Money(0, side.currency)))
        sums[side.currency] = (debit + leg.debit, credit) if leg.debit else (debit, credit + side)
    return list(sums.values())
