"""Adyen's record types and what they do to the balance; the account and the clock of its reports."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

from paydesk.importers.delimited.tables import Table
from paydesk.importers.records import EXACT, Kind, Statement, StatementLine
from paydesk.importers.settlement_rows import Columns, Row
from paydesk.importers.settlement_tables import TableReport
from paydesk.importers.zone_words import ZonedMoments

ZERO = Decimal(0)
KINDS: dict[str, Kind] = {
    "settled": "payment", "settledininstallments": "payment", "settledexternallywithinfo": "payment",
    "settledreversed": "reversal", "reversed": "reversal",
    "refunded": "refund", "refundedreversed": "refund", "refundedexternallywithinfo": "refund",
    "refundedininstallments": "refund",
    "chargeback": "chargeback", "chargebackreversed": "chargeback", "secondchargeback": "chargeback",
    "chargebackexternallywithinfo": "chargeback", "chargebackreversedexternallywithinfo": "chargeback",
    "fee": "fee", "misccosts": "fee", "invoicededuction": "fee",
    "depositcorrection": "reserve", "reserveadjustment": "reserve", "reserve": "reserve",
    "merchantpayout": "sweep", "merchantpayin": "sweep",
    "paidout": "payout", "paidoutreversed": "payout", "paidoutexternallywithinfo": "payout",
    # From one batch into the next: the balance stays where it is.
    "balancetransfer": "adjustment", "balanceadjustment": "adjustment",
}  # fmt: skip
# The life of a payment before it is settled: nothing has moved on the balance yet.
STAGES = frozenset({
    "received", "authorised", "refused", "cancelled", "error", "expired", "sentforsettle", "sentforrefund",
    "settlescheduled", "refundscheduled", "capturefailed", "refundfailed", "retried",
    "authorisedpending", "chargebackreceived", "requestforinformation",
})  # fmt: skip
_PAYOUT = re.compile(r"\bTX[A-Za-z0-9]{4,40}\b")
_ZONED = ZonedMoments("ymd")


class AdyenReport(TableReport):
    """What Adyen's reports share: they are of a merchant account."""

    def statement(self, table: Table, first: list[StatementLine]) -> Statement:
        place = Columns(table.names).place("Merchant Account")
        accounts = {row[place].strip() for _, row in table.sample(60) if 0 <= place < len(row)}
        currencies = {line.currency for line in first}
        return Statement(
            account=accounts.pop() or None if len(accounts) == 1 else None,
            currency=currencies.pop() if len(currencies) == 1 else None,
        )


def payout_id(text: str) -> str:
    """Adyen's id of a payout in its description, as the bank shows it: "TX2342222277XT batch 2, …"."""
    found = _PAYOUT.search(text)
    return found[0] if found else ""


def when(row: Row, *names: str) -> tuple[datetime | None, date | None]:
    """The instant and date in the first filled column; the date alone where the clock is not known."""
    text = row.text(*names)
    if not text:
        return None, None
    zone = row.text("TimeZone")
    try:
        return _ZONED.read(text, zone)
    except ValueError:
        day = _ZONED.read(text, "UTC")[1]
        row.columns.unknown(row, "TimeZone", zone, "no time of day, the date alone")
        return None, day


def sum_of(row: Row, *names: str) -> Decimal:
    """The sum of the filled columns."""
    total = ZERO
    for name in names:
        total = EXACT.add(total, row.amount(name) or ZERO)
    return total


def channel(row: Row) -> str:
    """The payment method, and its variant where that says more."""
    method, variant = row.text("Payment Method"), row.text("Payment Method Variant")
    return method if variant in ("", method) else f"{method} {variant}".strip()
