"""What a file brings or brought, put together for its page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from paydesk.domain.payments.kept_rows import KeptRows
from paydesk.domain.statements.queries import KindTotal, Preview
from paydesk.kernel.money import Money
from paydesk.web.links import rows_at

# Kinds of rows by which a provider pays out to our own bank what the others left.
PAID_OUT = ("sweep",)

HOW = {
    "account_number": "By the account number the payer typed",
    "reference_in_text": "By an account number in the text",
    "msisdn": "By the payer's phone number",
    "payer_link": "By a phone that paid for one contract before",
    "by_hand": "By a person",
}


def post_label(seen: Preview) -> str:
    """The words of the button that posts: how many payments and how much."""
    if not seen.payments:
        return f"Keep {seen.new:,} row{'' if seen.new == 1 else 's'}, no payment"
    return f"Post {seen.payments:,} payment{'' if seen.payments == 1 else 's'}, {seen.payments_amount}"


def kinds_of(seen: Preview) -> dict[str, list[KindTotal]]:
    """The totals of a preview: rows that become payments apart from those that are only kept."""
    return {
        "paying": [total for total in seen.totals if not total.why],
        "kept": [total for total in seen.totals if total.why],
    }


@dataclass(frozen=True, slots=True)
class Settlement:
    """What the final rows of a settlement file come to in one currency: before fees, the fees, after them,
    what was paid out to our bank, and what that leaves open. Exact, in major units."""

    currency: str
    gross: Decimal
    fees: Decimal
    net: Decimal
    paid_out: Decimal

    @property
    def left(self) -> Decimal:
        return self.net - self.paid_out


def settlements_of(seen: Preview) -> list[Settlement]:
    """One per currency in which the provider kept fees back or paid out; none for other files."""
    found = []
    for currency in sorted({total.currency for total in seen.totals}):
        rows = [t for t in seen.totals if t.currency == currency and t.status == "success"]
        earned = [t for t in rows if t.kind not in PAID_OUT]
        fees = any(t.fee for t in rows)
        paid_out = -sum((t.net for t in rows if t.kind in PAID_OUT), Decimal(0))
        if fees or paid_out:
            gross = sum((t.amount for t in earned), Decimal(0))
            net = sum((t.net for t in earned), Decimal(0))
            found.append(Settlement(currency, gross, gross - net, net, paid_out))
    return found


@dataclass(frozen=True, slots=True)
class How:
    """Payments identified in one way: `label` says how, `amount` their sum, `open` what is not applied."""

    label: str
    rule: str
    in_suspense: bool
    count: int
    amount: Money
    open: Money
    url: str

    @property
    def applied(self) -> Money:
        return self.amount - self.open


@dataclass(frozen=True, slots=True)
class Result:
    """What a posted file brought: payments by how they were identified, and the rows that made none."""

    hows: Sequence[How]
    kept: Sequence[KeptRows]

    @classmethod
    def of(cls, file_id: int, found: Sequence[dict[str, Any]], kept: Sequence[KeptRows]) -> Result:
        hows = [
            How(
                "In suspense: payer not known" if row["in_suspense"] else HOW.get(row["rule"], row["rule"]),
                row["rule"],
                row["in_suspense"],
                row["count"],
                row["amount"],
                row["open"],
                rows_at("payments:list", file=file_id, payer="unknown")
                if row["in_suspense"]
                else rows_at("payments:list", file=file_id, rule=row["rule"]),
            )
            for row in found
        ]
        return cls(hows, kept)

    @property
    def count(self) -> int:
        return sum(how.count for how in self.hows)

    @property
    def amounts(self) -> list[Money]:
        """All payments per currency."""
        return _per_currency(how.amount for how in self.hows)

    @property
    def suspense_count(self) -> int:
        return sum(how.count for how in self.hows if how.in_suspense)

    @property
    def suspense(self) -> list[Money]:
        return _per_currency(how.open for how in self.hows if how.in_suspense)

    @property
    def unapplied(self) -> list[Money]:
        """Money whose payer is known and that found no due item to pay."""
        return [money for money in _per_currency(h.open for h in self.hows if not h.in_suspense) if money]

    @property
    def applied(self) -> list[Money]:
        return _per_currency(how.amount - how.open for how in self.hows if not how.in_suspense)

    @property
    def kept_count(self) -> int:
        return sum(row.rows for row in self.kept)


def _per_currency(amounts: Any) -> list[Money]:
    totals: dict[str, Money] = {}
    for amount in amounts:
        totals[amount.currency] = totals.get(amount.currency, Money(0, amount.currency)) + amount
    return [totals[currency] for currency in sorted(totals)]
