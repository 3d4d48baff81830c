"""PayPal's settlement (STL), transaction detail (TRR) and subscription (SAR) reports."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

from paydesk.importers.about import About
from paydesk.importers.paypal.event_codes import meaning
from paydesk.importers.paypal.footers import DECIMALS
from paydesk.importers.paypal.sections import SectionReport
from paydesk.importers.records import EXACT, Kind, StatementLine, Status
from paydesk.importers.settlement_rows import Row
from paydesk.importers.settlement_sums import currency_code, major_units
from paydesk.importers.zone_words import ZonedMoments

ZERO = Decimal(0)
STATUSES: Mapping[str, tuple[Status, str]] = {
    "S": ("success", ""), "P": ("pending", "pending"),
    "D": ("failed", "denied"), "V": ("failed", "reversed, the money went back"),
}  # fmt: skip
SUBSCRIPTIONS = {"S0000": "created", "S0100": "changed", "S0200": "cancelled", "S0300": "ended"}
_CLOCK = ZonedMoments("ymd")


class PayPalSettlement(SectionReport):
    """The importer for settlement reports (STL)."""

    name = "paypal.settlement"
    about = About(
        title="PayPal settlement report (STL)",
        provider="PayPal",
        sources=("official", "samples"),
        source="PayPal's settlement report specification; three reports with what their origin expects.",
        sure="high",
        versions="the column set of version 9, in any order",
        known_missing=(
            "Rows name no payout, so there is no batch: a withdrawal (T0400) takes what it takes.",
            "Of the six balances in a footer the first two are compared, as opening and closing.",
        ),
    )
    what = "PayPal settlement report"
    marks: ClassVar[tuple[str, ...]] = (
        "Transaction ID", "Transaction Event Code", "Transaction Debit or Credit",
        "Gross Transaction Amount", "Gross Transaction Currency",
    )  # fmt: skip
    without: ClassVar[tuple[str, ...]] = ("Transactional Status",)

    def line(self, row: Row) -> StatementLine:
        code = row.text("Transaction Event Code").upper()
        credit = _is_credit(row, "Transaction Debit or Credit")
        kind, words = self._meaning(row, code, credit=credit)
        status, status_words = self._status(row)
        currency = currency_code(row.text("Gross Transaction Currency"), "'Gross Transaction Currency'")
        amount = _signed(row, "Gross Transaction Amount", credit=credit)
        if kind == "notice":
            amount, fee = ZERO, None
        else:
            fee = _fee(row, currency)
        related = row.id("PayPal Reference ID")
        subject = row.text("Transaction Subject", "Transaction Note")
        occurred_at, booked_on = _when(row, "Transaction Completion Date", "Transaction Initiation Date")
        return StatementLine(
            row.line,
            "failed" if status == "failed" else kind,
            status,
            amount,
            currency,
            fee=None if status == "failed" else fee,
            reference=row.id("Invoice ID", "Custom Field"),
            provider_ref=row.id("Transaction ID"),
            network_ref=row.id("Bank Reference ID"),
            account=row.text("Payer's Account ID", "Consumer ID"),
            payer_name=_payer(row),
            text=", ".join(
                filter(None, [f"{code} {words}", related and f"of {related}", status_words, subject])
            ),
            channel=row.text("Payment Source"),
            occurred_at=occurred_at,
            booked_on=booked_on,
            raw=row.raw(),
        )

    def _status(self, row: Row) -> tuple[Status, str]:
        return "success", ""

    def _meaning(self, row: Row, code: str, *, credit: bool) -> tuple[Kind, str]:
        found = meaning(code, credit=credit)
        if found is None:
            row.columns.unknown(row, "Transaction Event Code", code, "an adjustment")
            return "adjustment", "unknown event"
        return found


class PayPalTransactions(PayPalSettlement):
    """The importer for transaction detail reports (TRR): status D and V are not money, P is not yet."""

    name = "paypal.transactions"
    about = About(
        title="PayPal transaction detail report (TRR)",
        provider="PayPal",
        sources=("official", "samples"),
        source="PayPal's transaction detail specification; two reports with what their origin expects.",
        sure="high",
        known_missing=("Items and addresses are in the raw row only.",),
    )
    what = "PayPal transaction detail report"
    marks = (*PayPalSettlement.marks, "Transactional Status")
    without = ()

    def _status(self, row: Row) -> tuple[Status, str]:
        word = row.text("Transactional Status").upper()
        if word not in STATUSES:
            raise ValueError(
                f"'Transactional Status' is {word!r}; known are S (done), P (pending), D (denied) and V "
                "(reversed)."
            )
        return STATUSES[word]


class PayPalSubscriptions(SectionReport):
    """The importer for subscription agreement reports (SAR): they tell what was agreed and move no money."""

    name = "paypal.subscriptions"
    about = About(
        title="PayPal subscription agreement report (SAR)",
        provider="PayPal",
        sources=("samples",),
        source="One report with what its origin's tests expect.",
        sure="medium",
        known_missing=("The money of a subscription stands in the settlement report.",),
    )
    what = "PayPal subscription agreement report"
    marks = ("Subscription ID", "Subscription Action Type")

    def line(self, row: Row) -> StatementLine:
        action = row.text("Subscription Action Type").upper()
        occurred_at, booked_on = _when(row, "Subscription Creation Date")
        periods = [
            f"{row.text(f'Period {number} Amount')} each {period}"
            for number in (1, 2, 3)
            if (period := row.text(f"Subscription Period {number}"))
        ]
        about = row.text("Subscription Description")
        what = SUBSCRIPTIONS.get(action[:5], "event")
        return StatementLine(
            row.line,
            "notice",
            "success",
            ZERO,
            currency_code(row.text("Subscription Currency"), "'Subscription Currency'"),
            reference=row.id("Subscription Custom Field"),
            provider_ref=f"{row.id('Subscription ID')} {action}",
            account=row.text("Subscription Payer email address", "Subscription Payer PayPal Account ID"),
            payer_name=row.text("Subscription Payer Name", "Subscription Payer Business Name"),
            text=", ".join(filter(None, [f"{action} subscription {what}", *periods, about])),
            occurred_at=occurred_at,
            booked_on=booked_on,
            raw=row.raw(),
        )


def _is_credit(row: Row, name: str) -> bool:
    word = row.text(name).upper()
    if word not in ("CR", "DR"):
        raise ValueError(f"{name!r} is {word[:20]!r}, not CR or DR.")
    return word == "CR"


def _signed(row: Row, name: str, *, credit: bool) -> Decimal:
    text = row.text(name)
    if not text:
        raise ValueError(f"{name!r} is empty.")
    try:
        amount = major_units(text, "", DECIMALS)
    except ValueError as problem:
        raise ValueError(f"{name!r}: {problem}") from problem
    if amount < 0:
        raise ValueError(f"{name!r} is {text}: amounts have no sign, it stands in a column of its own.")
    return amount if credit else EXACT.minus(amount)


def _fee(row: Row, currency: str) -> Decimal | None:
    """What PayPal kept back; negative where it gave a fee back. None where the row names none."""
    if not row.text("Fee Amount"):
        return None
    named = row.text("Fee Currency").upper()
    given_back = _is_credit(row, "Fee Debit or Credit") if row.text("Fee Debit or Credit") else False
    fee = _signed(row, "Fee Amount", credit=not given_back)
    if fee and named and named != currency:
        raise ValueError(f"The fee is in {named} and the amount in {currency}; which is kept is not clear.")
    return fee


def _payer(row: Row) -> str:
    name = f"{row.text('First Name')} {row.text('Last Name')}".strip()
    return name or row.text("Consumer Business Name", "Shipping Name")


def _when(row: Row, *names: str) -> tuple[datetime | None, date | None]:
    text = row.text(*names)
    if not text:
        return None, None
    moment, _, offset = text.rpartition(" ")
    return _CLOCK.read(moment, offset) if moment and offset[:1] in "+-" else _CLOCK.read(text, "UTC")
