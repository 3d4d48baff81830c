"""What became of refunds that were sent: paid, failed, no answer, or handed back days later."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from itertools import islice

from django.db import transaction

from paydesk.domain.ledger.steps import Entry, Leg, post_entries
from paydesk.domain.refunds import clocks, queries, rules
from paydesk.domain.refunds.actions.entitling import _record
from paydesk.domain.refunds.models import PayoutFile, Refund
from paydesk.domain.refunds.states import PAYOUT_FILE, REFUND
from paydesk.domain.refunds.steps import RefundRefused, locked
from paydesk.foundation.approvals import steps as approvals
from paydesk.foundation.approvals.models import Approval
from paydesk.foundation.clocks.steps import meet_clocks, start_clocks
from paydesk.importers.delimited import open_table
from paydesk.importers.delimited.row_blocks import UnclosedRow
from paydesk.importers.records import NotReadable
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money, exact_minor
from paydesk.kernel.refused import Refused

RESOLVE = "refund.resolve"
MOST_RESULT_ROWS = 20_000
LARGEST_EXPONENT = 15  # of an amount in a row: above it nobody pays, and the exact arithmetic would take long
LONGEST_CELL = 200  # what is kept of a reference or a reason; more is not what providers write


@dataclass(frozen=True, slots=True)
class ResultLine:
    """What one row of a result file did: the refund it names, what it says, and what came of it."""

    line: int
    reference: str
    outcome: str  # paid | failed | pending | known | rejected
    said: str


@transaction.atomic(durable=True)
def record_outcome(
    refund_id: int,
    *,
    outcome: str,
    provider_ref: str = "",
    failure: str = "",
    version: int | None = None,
    by: Actor,
    now: datetime,
) -> Refund:
    """The provider says what became of a refund that was sent: "paid" or "failed".

    Raises TransitionRefused, RefundChangedRefused.
    """
    refund = locked(refund_id, version)
    by.needs("payouts.release", market=refund.market)
    if refund.state == "unknown" and by.kind == "person":
        raise RefundRefused("Nobody knows where this money is: two people decide. Ask for it.")
    _settle(refund, outcome, provider_ref, failure, by, now)
    return refund


@transaction.atomic(durable=True)
def lose_track_of_refund(
    refund_id: int, *, note: str, version: int | None = None, by: Actor, now: datetime
) -> Refund:
    """No answer about a refund that was sent: until it is found it is not sent again."""
    refund = locked(refund_id, version)
    by.needs("payouts.release", market=refund.market)
    was, refund.state = refund.state, REFUND.after("lose_track", refund.state)
    refund.failure = note.strip()
    refund.version += 1
    refund.save()
    _record("refund.lost_track", refund, by, now, state=[was, refund.state])
    return refund


@transaction.atomic(durable=True)
def request_resolution(
    refund_id: int,
    *,
    outcome: str,
    provider_ref: str,
    note: str,
    version: int | None = None,
    by: Actor,
    now: datetime,
) -> Approval:
    """Ask a second person to settle a refund nobody knew about: found "paid", or "failed" for certain."""
    refund = locked(refund_id, version)
    by.needs("payouts.release", market=refund.market)
    if refund.state != "unknown":
        raise RefundRefused("Only a refund nobody knows about is settled by two people.")
    if outcome not in ("paid", "failed") or not note.strip():
        raise RefundRefused("Say whether it was paid or failed, and what shows it.")
    approval = approvals.ask(
        RESOLVE,
        subject=("refund", refund.pk),
        market=refund.market,
        right="payouts.release",
        payload={"outcome": outcome, "provider_ref": provider_ref.strip(), "version": refund.version},
        reasons=["Sent without an answer: if it is sent again and was paid, the payee has it twice."],
        amount=Money(refund.amount_minor, refund.currency),
        note=note.strip(),
        by=by,
        now=now,
    )
    _record("refund.resolution_asked", refund, by, now, approval_id=approval.pk, outcome=outcome)
    return approval


@transaction.atomic(durable=True)
def approve_resolution(approval_id: int, *, by: Actor, now: datetime, note: str = "") -> Refund:
    """The second person agrees on what became of it. Raises ApprovalRefused."""
    approval = approvals.decide(approval_id, RESOLVE, by=by, now=now, note=note)
    refund = Refund.objects.select_for_update().get(pk=approval.subject_id)
    if refund.version != approval.payload["version"]:
        raise RefundRefused("This refund was changed since. Reject it and ask again.")
    _settle(refund, approval.payload["outcome"], approval.payload["provider_ref"], "", by, now)
    return refund


@transaction.atomic(durable=True)
def bounce_refund(
    refund_id: int, *, note: str, version: int | None = None, by: Actor, now: datetime
) -> Refund:
    """A refund that was paid came back to us: it is payable again (Dr 1015, 1020, 1010 / Cr 2050)."""
    refund = locked(refund_id, version)
    by.needs("payouts.release", market=refund.market)
    if not note.strip():
        raise RefundRefused("Say what shows that the money came back: the row, the message of the bank.")
    was, refund.state = refund.state, REFUND.after("bounce", refund.state)
    refund.failure = note.strip()
    refund.finished_at = None
    refund.version += 1
    refund.save()
    code, account_id = _paid_from(refund)
    _post(
        refund,
        "refund.bounced",
        Leg(code, account_id, refund.amount_minor, refund.currency, refund.pk),
        Leg("2050", refund.pk, -refund.amount_minor, refund.currency),
        by,
        now,
    )
    # The payer waits again, from the moment we heard of it.
    start_clocks(clocks.REFUND, "refund", {refund.pk: now}, market=refund.market, now=now)
    _record("refund.bounced", refund, by, now, state=[was, refund.state])
    return refund


def read_results(content: bytes, *, by: Actor, now: datetime) -> Sequence[ResultLine]:
    """Read a provider's result file (CSV or XLSX, its header wherever it stands) and record what it says.

    Each row is its own transaction: one that cannot be taken does not hold up the others and says why.
    Raises RefundRefused for a file that is no such table.
    """
    by.needs("payouts.release")
    try:
        table = open_table(io.BytesIO(content), needs=rules.RESULT_NEEDS)
        places = rules.result_columns(table.names)
        rows = list(islice(((line, row) for line, row in table.rows() if any(row)), MOST_RESULT_ROWS + 1))
    except (NotReadable, ValueError) as problem:
        raise RefundRefused(f"This is not a result file paydesk can read: {problem}") from problem
    if len(rows) > MOST_RESULT_ROWS:
        raise RefundRefused(f"A result file may have up to {MOST_RESULT_ROWS:,} rows; this one has more.")
    return [_result(number, row, places, by, now) for number, row in rows]


def _result(number: int, row: Sequence[str], places: dict[str, int], by: Actor, now: datetime) -> ResultLine:
    if isinstance(row, UnclosedRow):
        said = f"A quotation mark is opened here and not closed before row {row.last_line}."
        return ResultLine(number, "", "rejected", said)

    def cell(name: str) -> str:
        place = places.get(name)
        text = row[place] if place is not None and place < len(row) else ""
        return text.replace("\0", "").strip()[:LONGEST_CELL]

    reference = cell("reference")
    refund_id = next((n for word in reference.split() if (n := queries.number_in(word))), None)
    refund = Refund.objects.filter(pk=refund_id).first() if refund_id else None
    outcome = rules.outcome_of(cell("status"))
    if refund is None or not by.sees(refund.market):
        return ResultLine(number, reference, "rejected", "This reference is not one of our refunds.")
    if outcome is None:
        return ResultLine(number, reference, "rejected", f"Nobody knows the status {cell('status')!r}.")
    if cell("amount") and not _agrees(cell("amount"), refund):
        said = f"It says {cell('amount')}, we sent {Money(refund.amount_minor, refund.currency)}."
        return ResultLine(number, reference, "rejected", said)
    if outcome == "pending":
        return ResultLine(number, reference, "pending", "Not decided yet.")
    if refund.state == ("paid" if outcome == "paid" else "failed"):
        return ResultLine(number, reference, "known", "We knew that already.")
    try:
        record_outcome(
            refund.pk,
            outcome=outcome,
            provider_ref=cell("provider_ref"),
            failure=cell("reason"),
            by=by,
            now=now,
        )
    except Refused as refused:
        return ResultLine(number, reference, "rejected", refused.text)
    return ResultLine(number, reference, outcome, cell("reason"))


def _agrees(text: str, refund: Refund) -> bool:
    try:
        amount = Decimal(text.replace(",", "").replace(refund.currency, "").strip())
    except InvalidOperation:
        return False
    if not amount.is_finite() or amount.adjusted() > LARGEST_EXPONENT:
        return False
    return exact_minor(abs(amount), refund.currency) == refund.amount_minor


def _settle(refund: Refund, outcome: str, provider_ref: str, failure: str, by: Actor, now: datetime) -> None:
    if outcome not in ("paid", "failed"):
        raise RefundRefused("Say whether it was paid or failed.")
    was, refund.state = refund.state, REFUND.after("confirm" if outcome == "paid" else "fail", refund.state)
    refund.provider_ref, refund.failure = provider_ref.strip(), failure.strip()
    refund.version += 1
    code, account_id = _paid_from(refund)
    in_transit = Leg("1030", account_id, refund.amount_minor, refund.currency, refund.pk)
    if outcome == "paid":
        refund.finished_at = now
        meet_clocks(clocks.REFUND, "refund", [refund.pk], at=now)
        other = Leg(code, account_id, -refund.amount_minor, refund.currency, refund.pk)
    else:
        other = Leg("2050", refund.pk, -refund.amount_minor, refund.currency)
    refund.save()
    _post(refund, f"refund.{outcome}", in_transit, other, by, now)
    _record(f"refund.{outcome}", refund, by, now, state=[was, refund.state])
    _close_file(refund.payout_file_id)


def _paid_from(refund: Refund) -> tuple[str, int]:
    """(ledger code, account) that the money leaves: the float of the account, else what it collects on."""
    payout = PayoutFile.objects.select_related("source_account").get(pk=refund.payout_file_id)
    return queries.float_of(payout.source_account)[0], payout.source_account_id


def _close_file(payout_file_id: int | None) -> None:
    payout = PayoutFile.objects.select_for_update().get(pk=payout_file_id)
    waits = payout.refunds.filter(state__in=("sent", "unknown")).exists()
    if payout.state == "sent" and not waits:
        payout.state = PAYOUT_FILE.after("close", payout.state)
        payout.save(update_fields=["state"])


def _post(refund: Refund, kind: str, debit: Leg, credit: Leg, by: Actor, now: datetime) -> None:
    post_entries(
        [
            Entry(
                kind=kind,
                market=refund.market,
                booked_on=now.date(),
                value_on=now.date(),
                cause_kind="refund",
                cause_id=refund.pk,
                idempotency_key=f"{kind.replace('.', '_')}:{refund.pk}:{refund.version}",
                legs=[debit, credit],
            )
        ],
        by=by,
        at=now,
    )
