"""Sealing: committed records are numbered without gaps and chained by hashes, a moment after the commit.

The verbs write their records unchained, because one chain inside their own transactions would make every
commit of the desk wait for the one before.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from paydesk.foundation.audit.queries import RECORD_COLUMNS, record_values
from paydesk.foundation.audit.rules import GENESIS, seal_hash

# Any number, the same for every sealer: only one may work at a time.
SEALER_LOCK = 7_203_911


def seal(now: datetime, *, batch: int = 20_000) -> int:
    """Seal every record whose place is certain; returns how many. Another sealer at work: 0.

    A place is certain once no transaction older than the record's can still commit, so the order
    (transaction, id) is final; a long transaction of this database therefore holds up the sealing.
    One transaction per `batch`; the last seal is read and continued under a lock.
    """
    sealed = 0
    while True:
        count = _seal_batch(now, batch)
        sealed += count
        if count < batch:
            return sealed


@transaction.atomic(durable=True)
def _seal_batch(now: datetime, limit: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEALER_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        horizon = _horizon(cursor)
        number, previous_hash, last_tx, last_id, is_from_elsewhere = _last_seal(cursor)
        if is_from_elsewhere:
            # A database restored on another server: its transaction ids are in the future there. Its records
            # were all committed, so they come first; to find what has no seal takes a look at every record.
            where = """NOT EXISTS (SELECT FROM audit_seal s WHERE s.record_id = r.id)
                AND (r.tx_id < %s::xid8 OR r.tx_id >= pg_snapshot_xmax(pg_current_snapshot()))"""
            order = "r.tx_id >= pg_snapshot_xmax(pg_current_snapshot()) DESC, r.tx_id, r.id"
            arguments = [horizon]
        else:
            where = "(r.tx_id, r.id) > (%s::xid8, %s) AND r.tx_id < %s::xid8"
            order = "r.tx_id, r.id"
            arguments = [last_tx, last_id, horizon]
        cursor.execute(
            f"SELECT {RECORD_COLUMNS} FROM audit_record r WHERE {where} ORDER BY {order} LIMIT %s",
            [*arguments, limit],
        )
        rows = cursor.fetchall()
        if not rows:
            return 0
        with cursor.copy(
            "COPY audit_seal (number, record_id, hash, previous_hash, sealed_at) FROM STDIN (FORMAT BINARY)"
        ) as copy:
            copy.set_types(["int8", "int8", "bytea", "bytea", "timestamptz"])
            for columns in rows:
                number += 1
                record = record_values(list(columns))
                this_hash = seal_hash(previous_hash, number, record)
                copy.write_row((number, record.id, this_hash, previous_hash, now))
                previous_hash = this_hash
    return len(rows)


def _horizon(cursor) -> str:  # type: ignore[no-untyped-def]
    """The transaction id below which nothing of this database can still commit.

    Transactions run under one numbering for the whole server; those of its other databases cannot write here
    and do not count. Read before the records, in a statement of its own: what ends in between is seen then.
    """
    cursor.execute(
        """
        SELECT coalesce(min(running), pg_snapshot_xmax(pg_current_snapshot()))::text
        FROM pg_snapshot_xip(pg_current_snapshot()) AS running
        WHERE NOT EXISTS (
            SELECT FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
            WHERE l.locktype = 'transactionid' AND l.mode = 'ExclusiveLock' AND l.granted
              AND l.transactionid = running::xid
              AND a.datname <> current_database()
        )
        """
    )
    return str(cursor.fetchone()[0])


def _last_seal(cursor) -> tuple[int, bytes, str, int, bool]:  # type: ignore[no-untyped-def]
    """Number and hash to continue, the record's place, and whether its transaction is not of this server."""
    cursor.execute(
        """
        SELECT s.number, s.hash, r.tx_id::text, r.id, r.tx_id >= pg_snapshot_xmax(pg_current_snapshot())
        FROM audit_seal s JOIN audit_record r ON r.id = s.record_id
        ORDER BY s.number DESC LIMIT 1
        """
    )
    row = cursor.fetchone()
    if row is None:
        return 0, GENESIS, "0", 0, True  # nothing sealed yet: the look at every record finds all
    return row[0], bytes(row[1]), row[2], row[3], row[4]
