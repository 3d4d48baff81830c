"""Stripe's reports of balance transactions: payout reconciliation and activity, whatever their columns.

Amounts are in major units. Rows with one automatic_payout_id are settled together; the payout row takes
them off the balance. Specimens show it with plus, live reports with minus. Columns named `_utc` are UTC;
the others follow the time zone chosen for the report, which the file does not say.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

from paydesk.importers.about import About
from paydesk.importers.amounts import plain_text
from paydesk.importers.moments import Moments
from paydesk.importers.records import EXACT, FileWarning, Kind, StatementLine
from paydesk.importers.settlement_rows import Columns, Row
from paydesk.importers.settlement_sums import Batches, currency_code
from paydesk.importers.settlement_tables import TableReport
from paydesk.importers.stripe.own_reference import in_order

KINDS: dict[str, Kind] = {
    "charge": "payment", "charge_failure": "reversal", "partial_capture_reversal": "refund",
    "refund": "refund", "refund_failure": "refund",
    "dispute": "chargeback", "dispute_reversal": "chargeback",
    "fee": "fee", "network_cost": "fee", "tax": "fee",
    "payout": "sweep", "payout_reversal": "sweep",
    "transfer": "payout", "transfer_reversal": "payout", "contribution": "payout",
    "topup": "float_transfer", "topup_reversal": "float_transfer",
    "connect_collection_transfer": "float_transfer",
    "connect_reserved_funds": "reserve", "risk_reserved_funds": "reserve",
    "payout_minimum_balance_hold": "reserve", "payout_minimum_balance_release": "reserve",
    "currency_conversion": "conversion",
    "platform_earning": "adjustment", "platform_earning_refund": "adjustment", "advance": "adjustment",
    "advance_funding": "adjustment", "anticipation_repayment": "adjustment", "other_adjustment": "adjustment",
    "financing_paydown": "adjustment", "financing_paydown_reversal": "adjustment",
}  # fmt: skip
# Their source is theirs alone, and the one a notification names; a reversal shares that of what it undoes.
NAMED_BY_SOURCE = frozenset({"charge", "refund", "dispute", "payout", "transfer", "topup"})


class StripeReport(TableReport):
    """The importer for reports of balance transactions."""

    name = "stripe.report"
    about = About(
        title="Stripe payout reconciliation and activity reports",
        provider="Stripe",
        sources=("official", "samples"),
        source="Stripe's report documentation; two reports with what their origin's tests expect.",
        sure="high",
        known_missing=(
            "Exports of the dashboard's payment and balance lists have other columns; read them by mapping.",
            "Whether every live report shows payouts with minus.",
        ),
    )
    what = "Stripe report"
    marks = (("balance_transaction_id",), ("reporting_category",))
    needs = (("gross",), ("fee",), ("net",), ("currency",), ("created_utc", "created"))
    money = ("gross", "fee", "net")

    def notices(self, columns: Columns) -> Iterator[str]:
        if columns.place("created_utc") < 0:
            yield (
                "'created' was read as UTC: the file does not say which time zone the report was made for. "
                "Choose the column created_utc to be sure."
            )

    def lines(self, row: Row, batches: Batches) -> Iterator[StatementLine | FileWarning]:
        category = row.text("reporting_category").casefold()
        kind = KINDS.get(category)
        if kind is None:
            kind = "adjustment"
            row.columns.unknown(row, "reporting_category", category, "an adjustment")
        currency = currency_code(row.text("currency"), "'currency'")
        gross, fee, net = (row.needed_amount(name) for name in ("gross", "fee", "net"))
        batch_key = row.id("automatic_payout_id", "payout_id")
        if EXACT.subtract(gross, fee) != net:
            yield FileWarning(
                f"Line {row.line}: gross {plain_text(gross)} less fee {plain_text(fee)} is not the net of "
                f"{plain_text(net)}; the net counts.",
                row.line,
                contradicts=True,
            )
            fee = EXACT.subtract(gross, net)
        if kind == "sweep":
            gross, fee = net, Decimal(0)
            if category == "payout" and net > 0 and batches.rows_of(batch_key, currency) >= 0:
                gross = EXACT.minus(net)
                yield FileWarning(
                    f"Line {row.line}: the payout stands as {plain_text(net)} with plus; it was taken as "
                    "money leaving for the bank.",
                    row.line,
                )
        occurred_at, booked_on = _when(row.text("created_utc", "created"))
        original = currency_code(row.text("customer_facing_currency") or currency)
        foreign = original != currency
        yield StatementLine(
            row.line,
            kind,
            "success",
            gross,
            currency,
            fee=None if kind in ("sweep", "fee") and not fee else fee,
            reference=_own_reference(row),
            provider_ref=(row.id("source_id") if category in NAMED_BY_SOURCE else "")
            or row.id("balance_transaction_id"),
            network_ref=row.id("trace_id"),
            batch_key=batch_key,
            payer_name=row.text("customer_name", "card_name"),
            text=row.text("description"),
            channel=" ".join(filter(None, [row.text("payment_method_type"), row.text("card_brand")])),
            occurred_at=occurred_at,
            booked_on=booked_on,
            value_on=_when(row.text("available_on_utc", "available_on"))[1],
            raw=row.raw(),
            original_amount=row.amount("customer_facing_amount") if foreign else None,
            original_currency=original if foreign else "",
        )


_UTC = Moments("ymd", "UTC")


def _when(text: str) -> tuple[datetime | None, date | None]:
    return _UTC.read(text) if text else (None, None)


def _own_reference(row: Row) -> str:
    """What the merchant's metadata says of the payment."""
    return row.id(*in_order([name for name in row.columns.names if "metadata[" in name]))
