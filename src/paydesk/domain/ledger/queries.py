"""Reads of the books: entries with their postings, balances, and what would break an invariant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from paydesk.domain.ledger.models import ClosedPeriod
from paydesk.domain.ledger.rules import NAMES
from paydesk.kernel.money import Money
from paydesk.kernel.public_codes import code_of


@dataclass(frozen=True, slots=True)
class PostingRow:
    """One leg as people read it: either a debit or a credit."""

    code: str
    name: str
    key_id: int
    debit: Money | None
    credit: Money | None
    detail_id: int | None


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One journal entry with its legs."""

    id: int
    code: str
    kind: str
    booked_on: date
    value_on: date
    posted_at: datetime
    actor: str
    postings: Sequence[PostingRow]


def entries_about(cause_kind: str, cause_id: int) -> list[EntryRow]:
    """The journal entries about one thing ("payment", 12), oldest first; one query."""
    return _entries("e.cause_kind = %s AND e.cause_id = %s", [cause_kind, cause_id])


def newest_entry_id() -> int:
    """The id of the newest entry, 0 where there is none; one query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM ledger_entry")
        return int(cursor.fetchone()[0])


def entries_made(after_id: int, *, actor: str, at: datetime) -> list[EntryRow]:
    """What one person's act at one moment put into the books after an entry, oldest first; one query."""
    return _entries("e.id > %s AND e.actor = %s AND e.posted_at = %s", [after_id, actor, at])


def _entries(where: str, values: Sequence[Any]) -> list[EntryRow]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT e.id, e.kind, e.booked_on, e.value_on, e.posted_at, e.actor,
                   a.code, a.key_id, p.amount_minor, p.currency, p.detail_id
            FROM ledger_entry e
            JOIN ledger_posting p ON p.entry_id = e.id
            JOIN ledger_account a ON a.id = p.account_id
            WHERE {where} ORDER BY e.id, p.leg_no
            """,
            values,
        )
        entries: dict[int, EntryRow] = {}
        legs: dict[int, list[PostingRow]] = {}
        for (
            id_,
            kind,
            booked_on,
            value_on,
            at,
            actor,
            code,
            key_id,
            amount,
            currency,
            detail,
        ) in cursor.fetchall():
            if id_ not in entries:
                legs[id_] = []
                entries[id_] = EntryRow(
                    id_, code_of("JE", id_), kind, booked_on, value_on, at, actor, legs[id_]
                )
            money = Money(abs(amount), currency)
            legs[id_].append(
                PostingRow(
                    code,
                    NAMES[code],
                    key_id,
                    money if amount > 0 else None,
                    money if amount < 0 else None,
                    detail,
                )
            )
        return list(entries.values())


def balances_of(key_id: int, codes: Sequence[str]) -> list[tuple[str, Money]]:
    """Stored balances of a customer's or contract's accounts, as (code, money) without zeros; one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT a.code, b.amount_minor, a.currency FROM ledger_account a
            JOIN ledger_balance b ON b.account_id = a.id
            WHERE a.key_id = %s AND a.code = ANY (%s) AND b.amount_minor <> 0 ORDER BY a.code, a.currency
            """,
            [key_id, list(codes)],
        )
        return [(code, Money(amount, currency)) for code, amount, currency in cursor.fetchall()]


def control_balance(code: str, key_id: int, *, through: date | None = None) -> list[Money]:
    """A control account's balance per currency, summed from its postings through a day; debit positive."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT a.currency, coalesce(sum(p.amount_minor), 0)::bigint FROM ledger_account a
            JOIN ledger_posting p ON p.account_id = a.id
            JOIN ledger_entry e ON e.id = p.entry_id AND (%s::date IS NULL OR e.booked_on <= %s)
            WHERE a.code = %s AND a.key_id = %s GROUP BY 1 ORDER BY 1
            """,
            [through, through, code, key_id],
        )
        return [Money(amount, currency) for currency, amount in cursor.fetchall()]


def closed_through(market: str) -> date | None:
    """The last closed day of a market, None while nothing is closed."""
    return ClosedPeriod.objects.filter(pk=market).values_list("closed_through", flat=True).first()
