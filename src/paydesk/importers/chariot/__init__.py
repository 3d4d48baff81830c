"""Chariot deposits: one CSV per deposit, a row per donation and the payout row that ends it.

What the provider's own currency made of a gift is settled; what the giver gave stands beside it. The net of
a row counts, so a fee written with minus (kept) or plus reads the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

from paydesk.importers.about import About
from paydesk.importers.amounts import plain_text
from paydesk.importers.moments import Moments
from paydesk.importers.records import EXACT, FileWarning, Kind, StatementLine
from paydesk.importers.settlement_rows import Row
from paydesk.importers.settlement_sums import Batches, currency_code
from paydesk.importers.settlement_tables import TableReport

KINDS: dict[str, Kind] = {
    "donation": "payment", "refund": "refund", "chargeback": "chargeback", "fee": "fee", "payout": "sweep",
}  # fmt: skip
_UTC = Moments("ymd", "UTC")


class ChariotDeposit(TableReport):
    """The importer for deposit files."""

    name = "chariot.deposit"
    what = "deposit file of Chariot"
    marks = (("settlement_batch_reference",), ("settled_net_amount",), ("gateway_txn_id",), ("type",))
    needs = (("settled_total_amount",), ("settled_currency",))
    money = ("settled_total_amount", "settled_net_amount")
    batches_are_whole = True
    about = About(
        title="Chariot deposit",
        provider="Chariot",
        sources=("samples",),
        source="A deposit file of a charity, and the names its audit gives the columns.",
        sure="medium",
        known_missing=("Only donations and payouts were seen; other types are read by their word.",),
    )

    def lines(self, row: Row, batches: Batches) -> Iterator[StatementLine | FileWarning]:
        currency = currency_code(row.text("settled_currency"), "'settled_currency'")
        gross = row.needed_amount("settled_total_amount")
        net = row.amount("settled_net_amount")
        net = gross if net is None else net
        word = row.text("type").casefold()
        kind = KINDS.get(word)
        if kind is None:
            kind = "adjustment"
            row.columns.unknown(row, "type", word, "an adjustment")
        if (word == "donation" and gross < 0) or (word in ("refund", "chargeback") and gross > 0):
            raise ValueError(f"A {word} of {plain_text(gross)} contradicts itself; ask Chariot what it is.")
        stated, kept = row.amount("settled_fee_amount"), EXACT.subtract(gross, net)
        if stated is not None and stated.copy_abs() != kept.copy_abs():
            yield FileWarning(
                f"Line {row.line}: total {plain_text(gross)} and fee {plain_text(stated)} do not make the "
                f"net of {plain_text(net)}; the net counts.",
                row.line,
            )
        amount, fee = gross, kept
        if kind == "sweep":
            amount, fee = EXACT.minus(net), Decimal(0)
        elif kind == "fee" and not gross:
            amount, fee = net, Decimal(0)
        given_in = row.text("original_currency") or currency
        foreign = kind != "sweep" and given_in != currency
        occurred_at, booked_on = _when(row.text("date"))
        yield StatementLine(
            row.line,
            kind,
            "success",
            amount,
            currency,
            fee=None if kind in ("sweep", "fee") and not fee else fee,
            reference=row.id("check_number"),
            provider_ref=row.id("gateway_txn_id"),
            network_ref=row.id("backend_processor_txn_id"),
            batch_key=row.id("settlement_batch_reference"),
            payer_name=row.text("donor_advised_fund_name", "full_name", "matching_gift_organization"),
            text=row.text("note"),
            channel=row.text("payment_method", "backend_processor"),
            occurred_at=occurred_at,
            booked_on=booked_on,
            value_on=_when(row.text("settled_date"))[1],
            raw=row.raw(),
            original_amount=row.amount("original_total_amount") if foreign else None,
            original_currency=given_in if foreign else "",
        )


def _when(text: str) -> tuple[datetime | None, date | None]:
    return _UTC.read(text) if text else (None, None)
