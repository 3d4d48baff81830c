"""Holds the truth files of a demo company against what the desk decided."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from django.db.models import Sum

from paydesk.demo.markets import ACCOUNTS
from paydesk.domain.contracts.models import Contract
from paydesk.domain.payments.models import Payment, ReversalRow, SettlementBatch, TransitRow
from paydesk.domain.statements.models import RejectedLine, SourceFile, StatementLine
from paydesk.foundation.inbox.models import Message
from paydesk.kernel.references import key_of

Line = dict[str, str]


def table(truth: Path, name: str) -> list[Line]:
    with (truth / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def differences(truth: Path) -> Iterator[str]:
    """One sentence for everything the desk sees in another way than the truth."""
    yield from _files(truth)
    yield from _rows(truth)
    yield from _callbacks(truth)
    yield from _contracts(truth)
    yield from _sweeps(truth)
    yield from _reversals(truth)


def _files(truth: Path) -> Iterator[str]:
    stored = {file.filename: file for file in SourceFile.objects.filter(callbacks_on=None)}
    for row in table(truth, "files.csv"):
        file = stored.pop(row["file"], None)
        state = file.state if file else "not_uploaded"
        if state != row["expected"]:
            yield f"file {row['file']} is {state}, not {row['expected']}: {file.problem if file else ''}"
        if (
            file
            and state in ("posted", "previewed")
            and file.line_count + file.rejected_count != int(row["rows"])
        ):
            yield f"file {row['file']} has {file.line_count} rows, not {row['rows']}"
    if stored:
        yield f"files nobody wrote down: {sorted(stored)}"


def _rows(truth: Path) -> Iterator[str]:
    payments = {
        (p.source_account.identifier, p.evidence_key): p
        for p in Payment.objects.select_related("source_account", "contract")
    }
    lines = {
        (line.file.filename, line.line_no): line for line in StatementLine.objects.select_related("file")
    }
    paid_lines = {payment.statement_line_id for payment in payments.values()}
    rejected = set(RejectedLine.objects.values_list("file__filename", "line_no"))
    by_hand = {(r["account"], r["provider_ref"]): r["account_number"] for r in table(truth, "by_hand.csv")}
    for row in table(truth, "rows.csv"):
        here = (row["file"], int(row["line"]))
        identifier = ACCOUNTS[row["account"]][1].identifier
        found = _outcome(
            row,
            lines.get(here),
            here in rejected,
            payments.get((identifier, row["provider_ref"])),
            paid_lines,
        )
        wanted = (row["expected"], row["rule"], row["account_number"])
        number = by_hand.get((row["account"], row["provider_ref"]))
        if number and row["kind"] == "payment":
            as_stored = "known" if row["expected"] == "known" else "contract"
            wanted = (as_stored, row["rule"] or "by_hand", number)
        if found != wanted:
            yield f"{here} {row['provider_ref']} {row['mess'] or 'ordinary'}: {found}, not {wanted}"


def _outcome(
    row: Line, line: StatementLine | None, rejected: bool, payment: Payment | None, paid_lines: set[int]
) -> tuple[str, str, str]:
    if rejected:
        return "rejected", "", ""
    if line is None:
        # Waiting, known, and never uploaded rows are told apart by their files, which are compared as well.
        if row["expected"] == "known":
            number = payment.contract.account_number if payment and payment.contract else ""
            pays = row["kind"] == "payment" and row["status"] == "success"
            return (
                "known",
                row["rule"] if not pays else payment.rule if payment else "?",
                number if pays else "",
            )
        return row["expected"] if row["expected"] in ("waiting", "not_uploaded") else "nothing", "", ""
    if line.amount != Decimal(row["amount"]) or line.currency != row["currency"]:
        return f"{line.amount} {line.currency}", "", ""
    if line.kind != row["kind"] or line.status != row["status"]:
        return f"{line.kind} {line.status}", "", ""
    if line.pk not in paid_lines:
        return "no_payment", "", ""
    assert payment is not None
    number = payment.contract.account_number if payment.contract else ""
    if payment.customer_id is None:
        return "suspense", payment.rule, ""
    if payment.contract is None:
        return "unapplied", payment.rule, ""
    if payment.state == "reversed":
        return "reversed", payment.rule, number
    if payment.credited_minor == payment.amount_minor:
        return "credit", payment.rule, number
    return ("contract" if payment.open_minor == 0 else "partly open"), payment.rule, number


def _callbacks(truth: Path) -> Iterator[str]:
    """Each message became what was planted; what was told twice is one payment."""
    rows = table(truth, "callbacks.csv")
    numbers = dict(Payment.objects.values_list("evidence_key", "contract__account_number"))
    messages = Message.objects.filter(kind="callback")  # those of the marketplace are no payments
    found = Counter("rejected" if each.state == "rejected" else each.outcome for each in messages)
    repeats = sum(messages.values_list("repeats", flat=True))
    wanted = Counter(row["expected"] for row in rows)
    wanted["known"] -= repeats
    if found != +wanted:
        yield f"callbacks are {found}, not {wanted}"
    for row in rows:
        if row["expected"] == "payment" and numbers.get(row["provider_ref"]) != row["account_number"]:
            yield f"callback {row['provider_ref']} paid {numbers.get(row['provider_ref'])}"


def _contracts(truth: Path) -> Iterator[str]:
    paid = dict(
        Contract.objects.annotate(paid=Sum("due_items__allocated_minor")).values_list(
            "account_number", "paid"
        )
    )
    states = dict(Contract.objects.values_list("account_number", "state"))
    for row in table(truth, "contracts.csv"):
        number = row["account_number"]
        expected = (int(Decimal(row["expected_paid"]) * 100), row["expected_state"])
        if (paid[number], states[number]) != expected:
            yield f"contract {number} ({row['habit']}): {paid[number], states[number]}, not {expected}"


def _sweeps(truth: Path) -> Iterator[str]:
    """Where both ends of a sweep are in, they have found each other; a batch is found by the bank's row."""
    rows = {
        (row.source_account.identifier, row.statement_line.provider_ref): row
        for row in TransitRow.objects.select_related("source_account", "statement_line")
    }
    batches = set(
        SettlementBatch.objects.filter(rows__gt=0).values_list("source_account__identifier", "batch_key")
    )
    for said in table(truth, "sweeps.csv"):
        provider = ACCOUNTS[said["account"]][1].identifier
        arrived = rows.get((ACCOUNTS[said["bank_account"]][1].identifier, said["bank_ref"]))
        left = rows.get((provider, said["provider_ref"]))
        if said["batch"]:
            is_in = (provider, key_of(said["batch"])) in batches
            if arrived and is_in and arrived.batch is None:
                yield f"sweep {said['batch']} is {arrived.state} at the bank"
        elif arrived and left and (arrived.partner_id != left.pk or left.partner_id != arrived.pk):
            yield f"sweep {said['provider_ref']} is {left.state}, at the bank {arrived.state}"


def _reversals(truth: Path) -> Iterator[str]:
    """Each reversal in a posted file has taken back the payment it names."""
    found = {
        row.statement_line.provider_ref: row
        for row in ReversalRow.objects.select_related("statement_line", "payment")
    }
    for said in table(truth, "rows.csv"):
        row = found.get(said["provider_ref"])
        if said["kind"] == "reversal" and said["expected"] == "no_payment":
            taken = row.payment.evidence_key if row and row.payment else None
            if taken != said["linked"]:
                yield f"reversal {said['provider_ref']} took back {taken}, not {said['linked']}"
