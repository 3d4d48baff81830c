"""Staging the rows of a file, and storing them as statement lines in chunks that can be taken up again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import DatabaseError, connection, transaction
from django.db.models import F

from paydesk.domain.providers.models import SourceAccount
from paydesk.domain.statements import rules
from paydesk.domain.statements.models import SourceFile, StatementLine
from paydesk.importers import records

_LINE_COLUMNS = (
    "line_no, line_key, kind, status, amount, amount_minor, currency, fee, reference, provider_ref,"
    " network_ref, batch_key, account, msisdn, payer_name, text, channel, balance, occurred_at, booked_on,"
    " value_on, account_keys, text_keys, raw"
)
_as_json = json.JSONEncoder(ensure_ascii=False).encode
_FILE_LOCKS = 0x70640001  # the class of advisory locks that say "a worker is on this file"


@contextmanager
def working_on(file_id: int) -> Iterator[bool]:
    """Hold the file for this worker; yields False when another has it.

    If we die PostgreSQL frees it, within a second also in the middle of a long statement.
    """
    _end_with_its_worker()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_FILE_LOCKS, file_id])
        got = bool(cursor.fetchone()[0])
    try:
        yield got
    finally:
        if got and connection.connection is not None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_FILE_LOCKS, file_id])


def _end_with_its_worker() -> None:
    """Have PostgreSQL look every second whether we live: it ends a statement of a dead client only then."""
    with suppress(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET client_connection_check_interval = '1s'")  # a server on Windows cannot


def lock_content(sha256: str) -> None:
    """Let two uploads of the same content meet one after the other; held to the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [sha256])


def raw_text(raw: Mapping[str, str] | str) -> str:
    """The raw row as stored: JSON of its columns, or the text itself."""
    return _clean(raw if isinstance(raw, str) else _as_json(raw if isinstance(raw, dict) else dict(raw)))


def copy_staged(
    file_id: int, account: SourceAccount, lines: Iterable[records.StatementLine], today: date
) -> None:
    """COPY `lines` into the staging table."""
    zone = ZoneInfo(account.time_zone)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY statements_stagedline (file_id, {_LINE_COLUMNS}) FROM STDIN") as copy,
    ):
        for line in lines:
            copy.write_row(staged_row(file_id, line, zone, today))


def staged_row(file_id: int, line: records.StatementLine, zone: ZoneInfo, today: date) -> tuple[object, ...]:
    """The staging row of `line`; columns as in the COPY statement above."""
    typed = rules.account_keys(line)
    return (
        file_id, line.line, rules.line_key(line), line.kind, line.status, line.amount, rules.minor_of(line),
        line.currency, line.fee, _clean(line.reference), _clean(line.provider_ref), _clean(line.network_ref),
        _clean(line.batch_key), _clean(line.account), line.msisdn if line.msisdn.isdigit() else "",
        _clean(line.payer_name), _clean(line.text), _clean(line.channel), line.balance, line.occurred_at,
        line.booked_on, rules.value_date(line, zone, today), rules.array_text(typed),
        rules.array_text(rules.text_keys(line, typed)),
        raw_text(line.raw),
    )  # fmt: skip


def _clean(text: str) -> str:
    return text.replace("\x00", "\ufffd") if "\x00" in text else text


@dataclass(frozen=True, slots=True)
class StoredLine:
    """A line that is stored already, and where it came from."""

    line_id: int
    amount: Decimal
    currency: str
    file_id: int
    line_no: int
    reference: str
    filename: str


def store_lines(
    file_id: int, account: SourceAccount, lines: Iterable[records.StatementLine], today: date
) -> list[int]:
    """Store a handful of lines at once, without staging them: callbacks. Returns the ids of the new ones.

    A line whose key is stored already is passed over, whatever else it says. Joins the caller's transaction.
    """
    zone = ZoneInfo(account.time_zone)
    names = ["file_id", *_LINE_COLUMNS.replace(" ", "").split(",")]
    rows = [dict(zip(names, staged_row(file_id, line, zone, today), strict=True)) for line in lines]
    with connection.cursor() as cursor:
        cursor.execute("SELECT statements_store(%s, %s)", [account.pk, json.dumps(rows, default=str)])
        return list(cursor.fetchone()[0])


def knows(account: SourceAccount, provider_ref: str) -> bool:
    """Whether a row with this id of the provider is stored for the account; by index."""
    found = StatementLine.objects.filter(provider_ref=provider_ref, source_account=account)
    return found.filter(withdrawn=False).exists()


def file_by_hand(account: SourceAccount, document_id: int, *, by: str, at: datetime) -> int:
    """What stands for the file of one receipt by hand: its evidence. Posted at once, no proof of coverage."""
    return SourceFile.objects.create(
        source_account=account, document_id=document_id, filename="Receipt by hand", format="by_hand",
        state="posted", sha256="", size_bytes=0, uploaded_by=by, uploaded_at=at, confirmed_by=by,
        posted_at=at,
    ).pk  # fmt: skip


def count_by_hand(file_id: int, *, payments: int) -> None:
    """The one line of a receipt by hand is stored."""
    SourceFile.objects.filter(pk=file_id).update(line_count=1, new_count=1, payment_count=payments)


def callbacks_file(account: SourceAccount, on: date, *, by: str, at: datetime) -> int:
    """The id of what stands for a file of the callbacks of `account` on a day; made when it is the first."""
    found = SourceFile.objects.filter(source_account=account, callbacks_on=on).values_list("pk", flat=True)
    made = found.first()
    if made is None:
        fields = {"filename": f"Callbacks of {on.isoformat()}", "format": "callbacks", "state": "posted"}
        SourceFile.objects.bulk_create(
            [
                SourceFile(
                    source_account=account, callbacks_on=on, sha256="", size_bytes=0, uploaded_by=by,
                    uploaded_at=at, confirmed_by=by, posted_at=at, **fields,
                )
            ],
            ignore_conflicts=True,
        )  # fmt: skip
        made = found.get()
    return made


def count_callbacks(file_id: int, *, new: int, known: int, payments: int, at: datetime) -> None:
    """Add to the counts of a day's callbacks; last in a transaction, because every batch of the day does."""
    SourceFile.objects.filter(pk=file_id).update(
        line_count=F("line_count") + new + known,
        new_count=F("new_count") + new,
        known_count=F("known_count") + known,
        payment_count=F("payment_count") + payments,
        revision=F("revision") + 1,
        posted_at=at,
    )


def stored_as(account: SourceAccount, keys: Iterable[str]) -> dict[str, StoredLine]:
    """The stored lines of `account` with these keys, each with its file's name; one query."""
    found = StatementLine.objects.filter(source_account=account, line_key__in=list(keys))
    return {
        line_key.hex: StoredLine(*rest)
        for line_key, *rest in found.values_list(
            "line_key", "pk", "amount", "currency", "file_id", "line_no", "reference", "file__filename"
        )
    }


def number_equal_rows(file_id: int) -> None:
    """Give the second, third… of equal rows without a provider id keys of their own: payers do pay twice."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE statements_stagedline s SET line_key = md5(s.line_key::text || n.nth)::uuid
            FROM (
                SELECT line_no, row_number() OVER (PARTITION BY line_key ORDER BY line_no) AS nth
                FROM statements_stagedline WHERE file_id = %(file)s AND provider_ref = ''
            ) n
            WHERE s.file_id = %(file)s AND s.line_no = n.line_no AND n.nth > 1
            """,
            {"file": file_id},
        )
        cursor.execute("SELECT statements_analyze_staged()")


def clear_staged(file_id: int) -> None:
    """Forget what was read of a file that is not posted; it can be read again from the document."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM statements_stagedline WHERE file_id = %s", [file_id])
        cursor.execute("DELETE FROM statements_rejectedline WHERE file_id = %s", [file_id])
        cursor.execute("DELETE FROM statements_statementhead WHERE file_id = %s", [file_id])


def forget_staged(file_id: int) -> None:
    """Drop the staged rows of a file that is posted; its lines and rejected rows stay."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM statements_stagedline WHERE file_id = %s", [file_id])


def staged_count(file_id: int, *, after: int = 0) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM statements_stagedline WHERE file_id = %s AND line_no > %s", [file_id, after]
        )
        return int(cursor.fetchone()[0])


def store_chunk(file: SourceFile, *, size: int) -> tuple[list[int], int, int, int] | None:
    """Store the next `size` staged rows after `file.posted_through` as statement lines.

    Returns (ids of new lines, rows known already, rows in conflict, last line number), or None when nothing
    is left. A row that is stored already with another amount or currency is rejected with a reason, never
    merged. Joins the caller's transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT max(line_no), count(*) FROM (
                SELECT line_no FROM statements_stagedline WHERE file_id = %s AND line_no > %s
                ORDER BY line_no LIMIT %s
            ) n
            """,
            [file.pk, file.posted_through, size],
        )
        last, count = cursor.fetchone()
        if not count:
            return None
        span = {
            "file": file.pk,
            "account": file.source_account_id,
            "first": file.posted_through,
            "last": last,
        }
        cursor.execute("SET LOCAL plan_cache_mode = force_custom_plan")
        cursor.execute(
            f"""
            WITH stored AS (
                INSERT INTO statements_statementline (file_id, source_account_id, {_LINE_COLUMNS})
                SELECT file_id, %(account)s, {_LINE_COLUMNS} FROM statements_stagedline
                WHERE file_id = %(file)s AND line_no > %(first)s AND line_no <= %(last)s
                ORDER BY line_no
                ON CONFLICT (source_account_id, line_key) WHERE NOT withdrawn DO NOTHING
                RETURNING id
            )
            SELECT coalesce(array_agg(id), '{{}}') FROM stored
            """,
            span,
        )
        ids = list(cursor.fetchone()[0])
        conflicts = 0
        if len(ids) < count:
            cursor.execute(
                """
                INSERT INTO statements_rejectedline (file_id, line_no, reason, raw)
                SELECT s.file_id, s.line_no,
                       format('This row says %%s %%s for %%s, but it is stored already with %%s %%s'
                              ' (file %%s, row %%s). Ask the provider which is right.',
                              trim_scale(s.amount), s.currency,
                              coalesce(nullif(s.provider_ref, ''), 'this row'),
                              trim_scale(l.amount), l.currency, f.filename, l.line_no),
                       s.raw
                FROM statements_stagedline s
                JOIN statements_statementline l
                    ON l.source_account_id = %(account)s AND l.line_key = s.line_key AND NOT l.withdrawn
                JOIN statements_sourcefile f ON f.id = l.file_id
                WHERE s.file_id = %(file)s AND s.line_no > %(first)s AND s.line_no <= %(last)s
                  AND (l.amount <> s.amount OR l.currency <> s.currency)
                ON CONFLICT DO NOTHING
                """,
                span,
            )
            conflicts = cursor.rowcount
            cursor.execute(
                """
                INSERT INTO statements_lineconfirmation (line_id, file_id, at)
                SELECT l.id, s.file_id, statement_timestamp()
                FROM statements_stagedline s
                JOIN statements_statementline l
                    ON l.source_account_id = %(account)s AND l.line_key = s.line_key AND NOT l.withdrawn
                JOIN statements_sourcefile f ON f.id = l.file_id AND f.format = 'by_hand'
                WHERE s.file_id = %(file)s AND s.line_no > %(first)s AND s.line_no <= %(last)s
                  AND l.amount = s.amount AND l.currency = s.currency
                ON CONFLICT DO NOTHING
                """,
                span,
            )
        return ids, count - len(ids) - conflicts, conflicts, last
