"""Exceptions that the desk's own tables show, beside what the comparison of two sides finds.

Money under way that did not arrive, reversals without their payment, batches that were not paid in full, rows
nobody could read, balances that moved apart: each belongs to the day of its row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Sum

from paydesk.domain.payments.models import ReversalRow, SettlementBatch, TransitRow
from paydesk.domain.providers.models import SourceAccount
from paydesk.domain.reconciliation import rules
from paydesk.domain.reconciliation.proof import balance_proof
from paydesk.domain.statements.models import RejectedLine
from paydesk.kernel.money import Money

MOST_REJECTED = 500  # of one day; beyond that the file itself is what is wrong


@dataclass(frozen=True, slots=True)
class Finding:
    """One exception before it is stored; see models.ReconciliationException."""

    kind: str
    why: str
    amount: Money
    left_key: str = ""
    right_key: str = ""
    payment_id: int | None = None
    left: dict[str, Any] = field(default_factory=dict)
    right: dict[str, Any] = field(default_factory=dict)
    rule: str = "ledger"
    runner_up: str = ""
    explanation: dict[str, Any] = field(default_factory=dict)

    @property
    def identity(self) -> str:
        return rules.identity(
            self.kind, self.left_key, self.right_key, self.amount, self.left.get("amount_minor"),
            self.right.get("amount_minor"),
        )  # fmt: skip


def of_ledger(account: SourceAccount, day: date, today: date) -> Iterator[Finding]:
    """Every such finding of an account and a day; a handful of queries."""
    yield from _reversals(account, day)
    yield from _transit(account, day, today)
    yield from _batches(account, day)
    yield from _rejected(account, day)
    yield from _drift(account, day)


def _reversals(account: SourceAccount, day: date) -> Iterator[Finding]:
    for row in ReversalRow.objects.select_related("statement_line").filter(
        source_account=account, booked_on=day, state="open"
    ):
        kind, why = _in_doubt(row)
        yield Finding(
            kind,
            f"{why} It stands as recoverable (1310).",
            Money(abs(row.amount_minor), row.currency),
            left_key=f"line:{row.statement_line_id}",
            left={
                "amount_minor": -row.amount_minor,
                "id": row.statement_line.provider_ref,
                "kind": row.kind,
            },
        )


def _in_doubt(row: ReversalRow) -> tuple[str, str]:
    """The class of a row that nothing explains, and why it is one."""
    amount = Money(abs(row.amount_minor), row.currency)
    if row.kind in ("reversal", "chargeback") and row.amount_minor > 0:
        return (
            "reversal_without_original",
            f"The provider took {amount} back and names no payment we know.",
        )
    if row.kind in ("refund", "payout"):
        what = "went out" if row.amount_minor > 0 else "came back"
        return "refund_without_original", f"{amount} {what} by a row that names no refund of ours it can be."
    if row.amount_minor > 0:
        return "short_settled", f"The provider took {amount} and does not say what for."
    return "over_settled", f"The provider gave {amount} and does not say what for."


def _transit(account: SourceAccount, day: date, today: date) -> Iterator[Finding]:
    if (today - day).days <= rules.BANK_LAG_DAYS:
        return
    for row in TransitRow.objects.select_related("statement_line").filter(
        source_account=account, booked_on=day, state="open", amount_minor__lt=0
    ):
        amount = Money(-row.amount_minor, row.currency)
        yield Finding(
            "missing_at_bank",
            f"{amount} left {account.name} {(today - day).days} days ago and has not been seen at a bank.",
            amount,
            left_key=f"line:{row.statement_line_id}",
            left={
                "amount_minor": amount.amount_minor,
                "id": row.statement_line.provider_ref,
                "kind": "sweep",
            },
        )


def _batches(account: SourceAccount, day: date) -> Iterator[Finding]:
    paid = (
        TransitRow.objects.filter(batch__source_account=account, state="matched", booked_on=day)
        .values("batch_id")
        .distinct()
    )
    for batch in SettlementBatch.objects.filter(pk__in=paid):
        arrived = TransitRow.objects.filter(batch=batch, state="matched").aggregate(sum=Sum("amount_minor"))[
            "sum"
        ]
        off = Money(arrived - batch.net_minor, batch.currency)
        if not off:
            continue
        net, came = Money(batch.net_minor, batch.currency), Money(arrived, batch.currency)
        yield Finding(
            "over_settled" if off.amount_minor > 0 else "short_settled",
            f"Batch {batch.batch_key} comes to {net} over {batch.rows:,} rows; {came} arrived.",
            Money(abs(off.amount_minor), off.currency),
            left_key=f"batch:{batch.pk}",
            left={"amount_minor": batch.net_minor, "id": batch.batch_key, "kind": "batch"},
            right={"amount_minor": arrived, "id": batch.batch_key, "kind": "sweep"},
        )


def _rejected(account: SourceAccount, day: date) -> Iterator[Finding]:
    start = datetime.combine(day, time(), ZoneInfo(account.time_zone))
    found = RejectedLine.objects.select_related("file").filter(
        file__source_account=account, file__state="posted",
        file__covers_from__gte=start, file__covers_from__lt=start + timedelta(days=1),
    )  # fmt: skip
    # A row in conflict with a stored one stands in the comparison with both its amounts.
    for row in found.exclude(reason__startswith="This row says").order_by("id")[:MOST_REJECTED]:
        yield Finding(
            "parse_error",
            row.reason,
            Money(0, account.currency),
            right_key=f"rejected:{row.pk}",
            right={"place": f"{row.file.filename}, row {row.line_no}"},
        )


def _drift(account: SourceAccount, day: date) -> Iterator[Finding]:
    proof = balance_proof(account, today=day)
    here, off = proof.on(day), proof.drifted_on(day)
    if here is None or here.shown is None or not off:
        return
    ours, theirs = (Money(n, account.currency) for n in (here.books + proof.before, here.shown.closing))
    yield Finding(
        "balance_drift",
        f"At the end of the day our books say {ours} and {account.provider.name} shows {theirs}: "
        f"the day moved them {Money(abs(off), account.currency)} apart.",
        Money(abs(off), account.currency),
        left_key=f"day:{day.isoformat()}",
        left={"amount_minor": ours.amount_minor},
        right={"amount_minor": theirs.amount_minor},
    )
