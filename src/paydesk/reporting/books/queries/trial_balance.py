"""The trial balance at any date, and the way down: account, sub-ledger keys, postings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from paydesk.domain.ledger.rules import CHART, KEY_KINDS, NAMES
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money

KEEPS_BALANCE = {account.code: account.keeps_balance for account in CHART}
TYPES = {account.code: account.type for account in CHART}


@dataclass(frozen=True, slots=True)
class AsOf:
    """Which books: one market, booked through `on`, with everything known now or only up to a moment."""

    market: str
    on: date
    known_at: datetime | None = None

    @property
    def bounds(self) -> dict[str, Any]:
        return {"market": self.market, "on": self.on, "known_at": self.known_at}


@dataclass(frozen=True, slots=True)
class TrialRow:
    """One account in one currency: where it stood, what moved since, where it stands. Debit positive."""

    code: str
    name: str
    type: str
    opening: Money
    debit: Money
    credit: Money

    @property
    def closing(self) -> Money:
        return self.opening + self.debit - self.credit

    @property
    def closing_debit(self) -> Money | None:
        return self.closing if self.closing.amount_minor > 0 else None

    @property
    def closing_credit(self) -> Money | None:
        return -self.closing if self.closing.amount_minor < 0 else None


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """The accounts of one currency, and their totals: debits and credits are equal, or the books are bent."""

    currency: str
    rows: Sequence[TrialRow]

    @property
    def debit(self) -> Money:
        return sum((row.debit for row in self.rows), Money(0, self.currency))

    @property
    def credit(self) -> Money:
        return sum((row.credit for row in self.rows), Money(0, self.currency))

    @property
    def closing_debit(self) -> Money:
        return sum((row.closing_debit for row in self.rows if row.closing_debit), Money(0, self.currency))

    @property
    def closing_credit(self) -> Money:
        return sum((row.closing_credit for row in self.rows if row.closing_credit), Money(0, self.currency))

    @property
    def balances(self) -> bool:
        return self.debit == self.credit and self.closing_debit == self.closing_credit


# Daily sums up to the horizon, plus what was posted since, less what was posted after the moment asked for.
# One statement: the horizon and the sums are of one snapshot. The bounds on posting.entry_id repeat those on
# entry.id, so that the primary key of both is walked.
_PARTS = """
WITH horizon AS MATERIALIZED (SELECT summed_through FROM books_horizon),
part AS (
    SELECT code, currency, key_id, booked_on, debit_minor, credit_minor FROM books_daily_sum
    WHERE market = %(market)s AND booked_on <= %(on)s
    UNION ALL
    SELECT a.code, p.currency, CASE WHEN a.keeps_balance THEN 0 ELSE a.key_id END, e.booked_on,
           greatest(p.amount_minor, 0), greatest(-p.amount_minor, 0)
    FROM ledger_entry e
    JOIN ledger_posting p ON p.entry_id = e.id AND p.entry_id > (SELECT summed_through FROM horizon)
    JOIN ledger_account a ON a.id = p.account_id
    WHERE e.id > (SELECT summed_through FROM horizon) AND e.market = %(market)s AND e.booked_on <= %(on)s
      {known}
    {unknown}
)
"""
_KNOWN = "AND e.posted_at <= %(known_at)s"
_UNKNOWN = """
    UNION ALL
    SELECT a.code, p.currency, CASE WHEN a.keeps_balance THEN 0 ELSE a.key_id END, e.booked_on,
           -greatest(p.amount_minor, 0), -greatest(-p.amount_minor, 0)
    FROM ledger_entry e
    JOIN ledger_posting p ON p.entry_id = e.id
    JOIN ledger_account a ON a.id = p.account_id
    WHERE e.id <= (SELECT summed_through FROM horizon) AND e.market = %(market)s AND e.booked_on <= %(on)s
      AND e.posted_at > %(known_at)s
"""


def _parts(as_of: AsOf) -> str:
    known, unknown = (_KNOWN, _UNKNOWN) if as_of.known_at else ("", "")
    return _PARTS.format(known=known, unknown=unknown)


def trial_balance(actor: Actor, as_of: AsOf, *, since: date) -> list[TrialBalance]:
    """Per currency, every account that ever moved, in the order of the chart; one query, no full scan.

    `since`: the first day whose debits and credits are shown apart; what was before is the opening balance.
    """
    actor.needs("ledger:view", market=as_of.market)
    with connection.cursor() as cursor:
        cursor.execute(
            _parts(as_of)
            + """
            SELECT currency, code,
                   coalesce(sum(debit_minor - credit_minor) FILTER (WHERE booked_on < %(since)s), 0)::bigint,
                   coalesce(sum(debit_minor) FILTER (WHERE booked_on >= %(since)s), 0)::bigint,
                   coalesce(sum(credit_minor) FILTER (WHERE booked_on >= %(since)s), 0)::bigint
            FROM part GROUP BY 1, 2 ORDER BY 1, 2
            """,
            as_of.bounds | {"since": since},
        )
        found: dict[str, list[TrialRow]] = {}
        for currency, code, opening, debit, credit in cursor.fetchall():
            found.setdefault(currency, []).append(
                TrialRow(
                    code, NAMES[code], TYPES[code],
                    Money(opening, currency), Money(debit, currency), Money(credit, currency),
                )
            )  # fmt: skip
    return [TrialBalance(currency, rows) for currency, rows in found.items()]


def balance_of(actor: Actor, as_of: AsOf, codes: Sequence[str]) -> dict[str, Money]:
    """The balance of accounts together per currency, debit positive; one query."""
    actor.needs("ledger:view", market=as_of.market)
    with connection.cursor() as cursor:
        cursor.execute(
            _parts(as_of) + "SELECT currency, sum(debit_minor - credit_minor)::bigint FROM part"
            " WHERE code = ANY (%(codes)s) GROUP BY 1 ORDER BY 1",
            as_of.bounds | {"codes": list(codes)},
        )
        return {currency: Money(minor, currency) for currency, minor in cursor.fetchall()}


@dataclass(frozen=True, slots=True)
class KeyBalance:
    """What stands on one sub-ledger key of an account; debit positive."""

    key_kind: str
    key_id: int
    balance: Money


def keys_of(
    actor: Actor, as_of: AsOf, code: str, currency: str, *, start: int, count: int, key_id: int | None = None
) -> list[KeyBalance]:
    """The sub-ledger keys of an account that are not at zero, largest first, from `start`; one query.

    Customer accounts: the stored balance less what was booked after the day or posted after the moment. The
    others: from the daily sums.
    """
    actor.needs("ledger:view", market=as_of.market)
    if KEEPS_BALANCE[code]:
        later = "e.booked_on > %(on)s" + (" OR e.posted_at > %(known_at)s" if as_of.known_at else "")
        sql = f"""
            WITH later AS MATERIALIZED (
                SELECT p.account_id, sum(p.amount_minor) AS amount_minor
                FROM ledger_entry e
                JOIN ledger_posting p ON p.entry_id = e.id
                JOIN ledger_account a
                    ON a.id = p.account_id AND a.code = %(code)s AND a.currency = %(currency)s
                WHERE e.market = %(market)s AND ({later})
                GROUP BY 1
            )
            SELECT a.key_id, (b.amount_minor - coalesce(l.amount_minor, 0))::bigint AS amount_minor
            FROM ledger_account a
            JOIN ledger_balance b ON b.account_id = a.id
            LEFT JOIN later l ON l.account_id = a.id
            WHERE a.market = %(market)s AND a.code = %(code)s AND a.currency = %(currency)s
              AND (%(key)s::bigint IS NULL OR a.key_id = %(key)s)
              AND b.amount_minor <> coalesce(l.amount_minor, 0)
        """
    else:
        sql = (
            _parts(as_of)
            + """
            SELECT key_id, sum(debit_minor - credit_minor)::bigint AS amount_minor FROM part
            WHERE code = %(code)s AND currency = %(currency)s
              AND (%(key)s::bigint IS NULL OR key_id = %(key)s)
            GROUP BY 1 HAVING sum(debit_minor - credit_minor) <> 0
            """
        )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT * FROM ({sql}) found ORDER BY abs(amount_minor) DESC, key_id"
            " LIMIT %(count)s OFFSET %(start)s",
            as_of.bounds
            | {"code": code, "currency": currency, "key": key_id, "start": start, "count": count},
        )
        return [KeyBalance(KEY_KINDS[code], key, Money(minor, currency)) for key, minor in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class AccountPosting:
    """One posting on an account with what it is about; debit positive."""

    entry_id: int
    kind: str
    booked_on: date
    value_on: date
    posted_at: datetime
    actor: str
    cause_kind: str
    cause_id: int
    amount: Money
    detail_id: int | None


def postings_of(
    actor: Actor, as_of: AsOf, code: str, currency: str, key_id: int, *, start: int, count: int
) -> list[AccountPosting]:
    """The postings on one sub-account through a day, newest posted first; one query, by index."""
    actor.needs("ledger:view", market=as_of.market)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT e.id, e.kind, e.booked_on, e.value_on, e.posted_at, e.actor, e.cause_kind, e.cause_id,
                   p.amount_minor, p.detail_id
            FROM ledger_account a
            JOIN ledger_posting p ON p.account_id = a.id
            JOIN ledger_entry e ON e.id = p.entry_id
            WHERE a.market = %(market)s AND a.code = %(code)s AND a.currency = %(currency)s
              AND a.key_id = %(key)s AND e.booked_on <= %(on)s {_KNOWN if as_of.known_at else ""}
            ORDER BY p.entry_id DESC, p.leg_no DESC LIMIT %(count)s OFFSET %(start)s
            """,
            as_of.bounds
            | {"code": code, "currency": currency, "key": key_id, "start": start, "count": count},
        )
        return [
            AccountPosting(*row[:8], amount=Money(row[8], currency), detail_id=row[9])
            for row in cursor.fetchall()
        ]
