"""How far the books are summed, and which entries are settled: no lower id can appear any more."""

from __future__ import annotations

from django.db import connection


def summed_through() -> int:
    """The entry up to which daily sums count every posting."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT summed_through FROM books_horizon")
        return int(cursor.fetchone()[0])


def newest_entry() -> int:
    """The highest entry id that can be seen; 0 in empty books."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM ledger_entry")
        return int(cursor.fetchone()[0])


def posting_now() -> list[str]:
    """Transactions of others that hold the lock of somebody who writes entries.

    A transaction takes this lock before it draws its first entry id and keeps it until it ends. So when an
    entry is seen first and this is read second, every lower id belongs to a transaction that is named here
    or has ended.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT virtualtransaction FROM pg_locks
            WHERE locktype = 'relation' AND relation = 'ledger_entry'::regclass AND granted
              AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
              AND mode IN ('RowExclusiveLock', 'ShareRowExclusiveLock',
                           'ExclusiveLock', 'AccessExclusiveLock')
              AND pid IS DISTINCT FROM pg_backend_pid()
            """
        )
        return sorted(row[0] for row in cursor.fetchall())
