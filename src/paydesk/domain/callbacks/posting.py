"""A batch of messages becomes lines and payments: what each message became, and what is pending by it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from paydesk.domain.callbacks import steps
from paydesk.domain.callbacks.reading import read_message
from paydesk.domain.payments.actions import receive_lines
from paydesk.domain.providers.dialects import CALLBACKS, DIALECTS
from paydesk.domain.providers.models import SourceAccount
from paydesk.domain.providers.rules import dialect_of
from paydesk.domain.statements import rules as line_rules
from paydesk.domain.statements import steps as statements
from paydesk.foundation.audit import steps as audit
from paydesk.foundation.inbox.models import Message
from paydesk.foundation.inbox.steps import Settled, settle
from paydesk.importers.amounts import plain_text
from paydesk.importers.records import StatementLine
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money, exact_minor

KIND = CALLBACKS


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of one message, with its key."""

    message_id: int
    line: StatementLine
    key: str


@dataclass(slots=True)
class _Day:
    """The rows of one account and day: they stand in one file."""

    account: SourceAccount
    on: date
    rows: list[_Row] = field(default_factory=list)
    file_id: int = 0
    new_ids: list[int] = field(default_factory=list)
    known: int = 0


def post(messages: Sequence[Message], *, by: Actor, now: datetime) -> int:
    """Post a batch of locked messages inside the caller's transaction; returns how many payments it made."""
    accounts = _accounts(messages)
    settled: dict[int, Settled] = {}
    days: dict[tuple[int, date], _Day] = {}
    for message in messages:
        account, dialect, numbers = accounts[message.source_id]
        read = read_message(bytes(message.body), dialect=dialect, channel=message.channel, numbers=numbers)
        if read.reason or not read.lines:
            settled[message.pk] = Settled(message.pk, "nothing", reason=read.reason)
            continue
        on = message.received_at.astimezone(ZoneInfo(account.time_zone)).date()
        day = days.setdefault((account.pk, on), _Day(account, on))
        # The number of a line in its day is that of the message: from one the other is found.
        rows = (replace(line, line=message.pk % 2**31) for line in read.lines)
        day.rows += [_Row(message.pk, line, line_rules.line_key(line)) for line in rows]
    for day in days.values():
        settled |= _store(day, by, now)
    # Every line of the batch in one call: posting costs by the call.
    new_ids = [line_id for day in days.values() for line_id in day.new_ids]
    payments = receive_lines(new_ids, by=by, now=now) if new_ids else 0
    for day in days.values():
        spoken = DIALECTS.get(accounts[day.account.pk][1])
        promises = spoken is None or spoken.follows_promises
        steps.follow(day.account, [row.line for row in day.rows], now=now, promises=promises)
    settle(list(settled.values()), at=now)
    _record(days.values(), settled, payments, by, now)
    return payments


def _accounts(messages: Iterable[Message]) -> dict[int, tuple[SourceAccount, str, list[str]]]:
    """The account of each message with the dialect of its provider and our numbers there; one query."""
    found = SourceAccount.objects.select_related("provider", "callback_endpoint").filter(
        pk__in={message.source_id for message in messages}
    )
    return {account.pk: (account, *dialect_and_numbers(account)) for account in found}


def dialect_and_numbers(account: SourceAccount) -> tuple[str, list[str]]:
    """How the provider of an account writes, and the numbers its messages may name."""
    endpoint = getattr(account, "callback_endpoint", None)
    if endpoint is None:  # an answer to our own question
        return dialect_of(account.provider.code), [account.identifier]
    return endpoint.dialect, [account.identifier, *endpoint.also_numbers]


def _store(day: _Day, by: Actor, now: datetime) -> dict[int, Settled]:
    """Store the lines of a day that are new; what became of each of its messages."""
    day.file_id = statements.callbacks_file(day.account, day.on, by=by.label, at=now)
    lines = [row.line for row in _the_fullest(day.rows)]
    day.new_ids = statements.store_lines(day.file_id, day.account, lines, day.on)
    # A failure of something that succeeded is kept as evidence and shown; the payment stays.
    successes = {row.key: _key_of_success(row.line) for row in day.rows if row.line.status == "failed"}
    stored = statements.stored_as(day.account, [*(row.key for row in day.rows), *successes.values()])
    fresh = set(day.new_ids)
    settled: dict[int, Settled] = {}
    for row in day.rows:
        line = stored[row.key]
        is_new = line.line_id in fresh and line.line_no == row.line.line
        fresh -= {line.line_id} if is_new else set()
        day.known += not is_new
        before = settled.get(row.message_id)
        if (line.amount, line.currency) != (row.line.amount, row.line.currency):
            reason = (
                f"This message says {plain_text(row.line.amount)} {row.line.currency} for "
                f"{row.line.provider_ref}, but it is stored already with "
                f"{_stored(line.amount, line.currency)} ({line.filename}). Nothing was "
                "posted by it; ask the provider which is right."
            )
            settled[row.message_id] = Settled(row.message_id, "conflict", ("line", line.line_id), reason)
        elif before is None or (is_new and before.outcome == "known"):
            outcome = _outcome(row.line) if is_new else "known"
            if not is_new and row.line.reference and not line.reference:
                outcome = "says_more"
            if successes.get(row.key) in stored:
                outcome = "contradicts"
            settled[row.message_id] = Settled(row.message_id, outcome, ("line", line.line_id))
    return settled


def _stored(amount: Decimal, currency: str) -> str:
    """An amount of the books with the digits of its currency, and more where it has more."""
    minor = exact_minor(amount, currency)
    exact = amount.normalize() if minor is None else Money(minor, currency).amount
    return f"{plain_text(exact)} {currency}"


def _outcome(line: StatementLine) -> str:
    if line.status == "success":
        return "payment" if line.kind == "payment" else "other"
    return "pending" if line.status == "pending" else "failed"


def _the_fullest(rows: Sequence[_Row]) -> list[_Row]:
    """One row per key: the first, or the first that says the same amount and also what the payer typed.

    M-Pesa tells a push twice within moments, and only the confirmation names the account number.
    """
    chosen: dict[str, _Row] = {}
    for row in rows:
        before = chosen.setdefault(row.key, row)
        says_more = row.line.reference and not before.line.reference
        if says_more and row.line.amount == before.line.amount:
            chosen[row.key] = row
    return list(chosen.values())


def _key_of_success(line: StatementLine) -> str:
    return line_rules.line_key(replace(line, kind="payment", status="success"))


def _record(
    days: Iterable[_Day], settled: dict[int, Settled], payments: int, by: Actor, now: datetime
) -> None:
    """One audit record per day of an account. The counts move last, as other batches wait for them."""
    stored = [day for day in days if day.rows]
    for day in stored:
        message_ids = {row.message_id for row in day.rows}
        audit.record(
            "callbacks.posted",
            subject=("file", day.file_id),
            by=by,
            at=now,
            changes={
                "messages": len(message_ids),
                "lines": len(day.new_ids),
                "known": day.known,
                "conflicts": sum(settled[number].outcome == "conflict" for number in message_ids),
            },
            market=day.account.market,
        )
    if len(stored) == 1:
        made = {stored[0].file_id: payments}
    else:
        made = steps.payments_by_file([d.file_id for d in stored], [i for d in stored for i in d.new_ids])
    for day in sorted(stored, key=lambda day: day.file_id):
        statements.count_callbacks(
            day.file_id, new=len(day.new_ids), known=day.known, payments=made[day.file_id], at=now
        )
