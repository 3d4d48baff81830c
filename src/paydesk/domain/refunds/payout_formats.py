"""The payout files refunds go out with: one entry per format, each by a writer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from paydesk.domain.refunds.models import PayoutFile, PayoutProfile, Refund
from paydesk.domain.refunds.queries import code
from paydesk.kernel.money import Money
from paydesk.kernel.refused import Refused
from paydesk.writers import credit_transfer, mobile_money_bulk


@dataclass(frozen=True, slots=True)
class Format:
    name: str
    rail: str
    ending: str


FORMATS = {
    "mobile_money_csv": Format("Mobile money bulk file (CSV)", "mobile_money", "csv"),
    "pain_001": Format("Bank transfers (pain.001)", "bank", "xml"),
}


def content_of(payout: PayoutFile, refunds: Sequence[Refund], now: datetime) -> bytes:
    """The bytes of the payout file. Raises Refused if a payee does not fit the format."""
    try:
        if payout.format == "pain_001":
            return _bank_transfers(payout, refunds, now)
        return _mobile_money(payout, refunds)
    except ValueError as problem:
        raise Refused(f"The payout file cannot be made: {problem}", code="payout_file.refused") from problem


def _mobile_money(payout: PayoutFile, refunds: Sequence[Refund]) -> bytes:
    profile = PayoutProfile.objects.filter(source_account=payout.source_account).first()
    columns = mobile_money_bulk.DEFAULT
    if profile is not None:
        columns = tuple(mobile_money_bulk.Column(heading, field) for heading, field in profile.columns)
    return mobile_money_bulk.write(
        (
            mobile_money_bulk.Payout(
                refund.payee_account, _money(refund), code(refund), refund.payee_name, "Refund"
            )
            for refund in refunds
        ),
        columns,
        delimiter=profile.delimiter if profile is not None else ",",
    )


def _bank_transfers(payout: PayoutFile, refunds: Sequence[Refund], now: datetime) -> bytes:
    account = payout.source_account
    return credit_transfer.write(
        (
            credit_transfer.Transfer(
                refund.payee_name,
                refund.payee_account,
                _money(refund),
                code(refund),
                f"Refund {code(refund)}",
            )
            for refund in refunds
        ),
        debtor=credit_transfer.Debtor(account.name, account.identifier),
        on=now.date(),
        currency=payout.currency,
    )


def _money(refund: Refund) -> Money:
    return Money(refund.amount_minor, refund.currency)
