"""The floor of an import: binary COPY of the very rows it made into empty tables with the same indexes."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

# The tables an import writes, each with the column that numbers its rows.
WRITTEN = {
    "statements_statementline": "id",
    "ledger_account": "id",
    "ledger_balance": "account_id",
    "ledger_entry": "id",
    "ledger_posting": "entry_id",
    "payments_payment": "id",
    "payments_allocation": "id",
    "payments_claim": "id",
    "contracts_creditevent": "id",
    "audit_record": "id",
}
_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True)
class TableFloor:
    table: str
    rows: int
    seconds: float


def marks(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """The highest number in each table now: what comes above it was made later."""
    found = {}
    for table, column in WRITTEN.items():
        query = sql.SQL("SELECT coalesce(max({}), 0) FROM {}").format(
            sql.Identifier(column), sql.Identifier(table)
        )
        row = connection.execute(query).fetchone()
        assert row
        found[table] = int(row[0])
    return found


def copy_again(
    connection: psycopg.Connection[Any], before: dict[str, int], after: dict[str, int]
) -> list[TableFloor]:
    """COPY the rows between two `marks` into fresh tables, one transaction each; reading is not timed."""
    return [_copy_table(connection, table, before[table], after[table]) for table in WRITTEN]


def _copy_table(connection: psycopg.Connection[Any], table: str, above: int, through: int) -> TableFloor:
    names = connection.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER'"
        " ORDER BY ordinal_position",
        [table],
    ).fetchall()
    columns = sql.SQL(", ").join(sql.Identifier(name) for (name,) in names)
    source, target = sql.Identifier(table), sql.Identifier(f"floor_{table}")
    number = sql.Identifier(WRITTEN[table])
    with tempfile.TemporaryFile() as rows, connection.cursor() as cursor:
        chosen = sql.SQL(
            "COPY (SELECT {} FROM {} WHERE {} > {} AND {} <= {} ORDER BY {}) TO STDOUT (FORMAT binary)"
        )
        with cursor.copy(
            chosen.format(columns, source, number, sql.Literal(above), number, sql.Literal(through), number)
        ) as out:
            for data in out:
                rows.write(data)
        rows.seek(0)
        cursor.execute(sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL)").format(target, source))
        started = time.perf_counter()
        with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(target, columns)) as into:
            while block := rows.read(_BLOCK_BYTES):
                into.write(block)
        seconds = time.perf_counter() - started
        copied = cursor.rowcount
        cursor.execute(sql.SQL("DROP TABLE {}").format(target))
    return TableFloor(table, copied, seconds)
