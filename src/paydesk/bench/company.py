"""A company to post payments for, filled by SQL: customers with a phone and one active contract each."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import psycopg

from paydesk.importers.records import StatementLine

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
INSTALMENT = Decimal("25.00")
_CHUNK = 20_000
_STRIDE = 7_919  # a prime: with any number of contracts that it does not divide, all are reached

_FILL = (
    """
    INSERT INTO parties_customer (market, name, external_ref, opened_at, created_by, version)
    SELECT 'GH', 'Customer ' || n, 'C' || n, now(), 'system:bench', 1
    FROM generate_series(%(first)s::int, %(last)s::int) n
    """,
    """
    INSERT INTO parties_customerphone (customer_id, msisdn)
    SELECT c.id, '23324' || lpad(substr(c.external_ref, 2), 7, '0') FROM parties_customer c
    WHERE substr(c.external_ref, 2)::int BETWEEN %(first)s::int AND %(last)s::int
    """,
    """
    INSERT INTO contracts_contract (market, customer_id, account_number, account_key, product, currency,
        price_minor, deposit_minor, state, allocation_order, opened_on, activated_on, created_by, version)
    SELECT 'GH', c.id, k.key, k.key, 'Phone', 'GHS', 30000, 0, 'active', 'due_date_1', '2026-01-01',
           '2026-01-01', 'system:bench', 1
    FROM parties_customer c, LATERAL (SELECT '1' || lpad(substr(c.external_ref, 2), 8, '0')) k(key)
    WHERE substr(c.external_ref, 2)::int BETWEEN %(first)s::int AND %(last)s::int
    """,
    """
    INSERT INTO contracts_dueitem (contract_id, kind, due_on, amount_minor, allocated_minor)
    SELECT c.id, 'instalment', date '2026-01-08' + 7 * n, 2500, 0
    FROM contracts_contract c CROSS JOIN generate_series(0, 11) n
    WHERE substr(c.account_number, 2)::int BETWEEN %(first)s::int AND %(last)s::int
    ORDER BY c.id, n
    """,
)


def fill(url: str, *, first: int, last: int) -> None:
    """Make contracts number `first` to `last`, their sales posted through the books' own function."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in _FILL:
            connection.execute(statement, {"first": first, "last": last})
        connection.execute("ANALYZE")
        ids = [
            row[0]
            for row in connection.execute(
                "SELECT c.id FROM contracts_contract c"
                " LEFT JOIN ledger_account a ON a.key_id = c.id AND a.code = '1100'"
                " WHERE a.id IS NULL ORDER BY 1"
            )
        ]
        for start in range(0, len(ids), _CHUNK):
            connection.execute(
                "SELECT contracts_post_activation(%s::bigint[], 'system:bench', now())",
                [ids[start : start + _CHUNK]],
            )
            connection.execute("ANALYZE ledger_account, ledger_balance")
        connection.execute("VACUUM ANALYZE")


def payment_rows(count: int, *, contracts: int, batch: str) -> Iterator[StatementLine]:
    """`count` payments of one instalment: 90 in 100 by account number, 5 by phone number, 5 by nobody known.

    They go round the contracts, so that each gets as many as the others, in an order that jumps about. The
    same `batch` gives the same rows; provider ids of different batches differ.
    """
    dice = random.Random(batch)
    start = dice.randrange(contracts)
    for line in range(1, count + 1):
        number = (start + line * _STRIDE) % contracts + 1
        found_by = dice.random()
        reference = f"1{number:08d}" if found_by < 0.90 else "loan"
        msisdn = f"23324{number:07d}" if found_by < 0.95 else "233209999999"
        provider_ref = f"{batch}{line:08d}"
        yield StatementLine(
            line=line,
            kind="payment",
            status="success",
            amount=INSTALMENT,
            currency="GHS",
            reference=reference,
            provider_ref=provider_ref,
            msisdn=msisdn,
            text="Pay bill",
            occurred_at=NOW,
            raw={
                "Receipt": provider_ref, "Completed": "2026-03-02 12:00:00", "Paid In": "25.00",
                "A/C No.": reference, "Phone": msisdn, "Details": "Pay bill",
            },
        )  # fmt: skip
