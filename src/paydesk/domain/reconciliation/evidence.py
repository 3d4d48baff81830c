"""The two sides of an account's days: what the ledger holds, and what the provider's own files say.

Right is read again from the documents as they were handed over, not from what intake made of them, so that
a fault of ours shows as well. Left are the postings on the account's clearing balance, row by row. Both are
told on the provider's day (booking date, else value date) for the day asked and its two neighbours, because a
row near the cut-off may stand on either.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from paydesk.domain.providers.models import SourceAccount
from paydesk.domain.reconciliation.file_checks import FileCheck
from paydesk.domain.statements import rules as statement_rules
from paydesk.domain.statements.models import SourceFile
from paydesk.foundation.documents.queries import open_document
from paydesk.importers import delimited, reading
from paydesk.importers.records import StatementLine
from paydesk.kernel.money import minor_digits
from paydesk.matching.values import SCALE_DIGITS, millionths

if TYPE_CHECKING:
    from paydesk.domain.reconciliation.side_files import Side, SideWriter

BATCH = 20_000
NEIGHBOURS = timedelta(days=1)
OUR_OWN = ("by_hand", "callbacks")  # no files of the provider
MOVES_NOTHING = ("order", "notice")


def files_of(account: SourceAccount, first: date, last: date) -> QuerySet[SourceFile]:
    """Posted files of the provider that hold rows of these days, by its own clock."""
    zone = ZoneInfo(account.time_zone)
    return (
        SourceFile.objects.filter(
            source_account=account,
            state="posted",
            covers_from__lt=datetime.combine(last + timedelta(days=1), time(), zone),
            covers_to__gte=datetime.combine(first, time(), zone),
        )
        .exclude(format__in=OUR_OWN)
        .order_by("id")
    )


def newest_change(account: SourceAccount, day: date) -> datetime | None:
    """When evidence of a day came last, from whatever door; None before any."""
    start = datetime.combine(day, time(), ZoneInfo(account.time_zone)).astimezone(UTC)
    near = Q(covers_from__lt=start + timedelta(days=2), covers_to__gte=start - NEIGHBOURS)
    near |= Q(callbacks_on__range=(day - NEIGHBOURS, day + NEIGHBOURS))
    found = SourceFile.objects.filter(near, source_account=account, state="posted").order_by("-posted_at")
    return found.values_list("posted_at", flat=True).first()


_LEFT = """
WITH file AS (
    SELECT id FROM statements_sourcefile
    WHERE source_account_id = %(account)s AND state IN ('posted', 'posting')
      AND ((covers_from < %(until)s AND covers_to >= %(since)s)
           OR callbacks_on BETWEEN %(first)s - 1 AND %(last)s + 1
           OR (covers_from IS NULL AND callbacks_on IS NULL AND posted_at >= %(since)s))
), line AS MATERIALIZED (
    SELECT l.* FROM file f CROSS JOIN LATERAL (
        SELECT * FROM statements_statementline WHERE file_id = f.id AND NOT withdrawn OFFSET 0
    ) l
    WHERE coalesce(l.booked_on, l.value_on) BETWEEN %(first)s AND %(last)s
      AND l.status = 'success' AND l.currency = %(currency)s
)
SELECT l.id, p.id, l.kind, l.line_key, l.provider_ref, l.reference, l.msisdn, l.payer_name, l.batch_key,
       l.occurred_at, coalesce(l.booked_on, l.value_on) AS day,
       coalesce(p.amount_minor, moved.amount_minor, 0), coalesce(payments_minor(l.fee, l.currency), 0)
FROM line l
LEFT JOIN LATERAL (
    SELECT id, amount_minor FROM payments_payment
    WHERE statement_line_id = l.id AND state <> 'unposted' LIMIT 1
) p ON true
LEFT JOIN LATERAL (
    SELECT sum(g.amount_minor)::bigint AS amount_minor
    FROM (VALUES ('row:' || l.id), ('reversed:line:' || l.id)) k(key)
    CROSS JOIN LATERAL (SELECT id FROM ledger_entry WHERE idempotency_key = k.key LIMIT 1) e
    JOIN ledger_posting g ON g.entry_id = e.id
    JOIN ledger_account a ON a.id = g.account_id AND a.code = %(code)s AND a.key_id = %(account)s
    WHERE p.id IS NULL
) moved ON true
ORDER BY l.id
"""


def ledger_side(account: SourceAccount, day: date, writer: SideWriter, known: frozenset[str]) -> Side:
    """What the ledger holds of a day and its neighbours, without the rows of `known` matches."""
    first, last = day - NEIGHBOURS, day + NEIGHBOURS
    zone = ZoneInfo(account.time_zone)
    values = {
        "account": account.pk, "code": account.ledger_code, "currency": account.currency,
        "first": first, "last": last,
        "since": datetime.combine(first, time(), zone),
        "until": datetime.combine(last + NEIGHBOURS, time(), zone),
    }  # fmt: skip
    keeps_fees = account.role == "originates" and account.ledger_code == "1020"
    scale = 10 ** (SCALE_DIGITS - minor_digits(account.currency))
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(_LEFT, values)
        while rows := cursor.fetchmany(BATCH):
            for (
                line_id, payment_id, kind, line_key, provider_ref, reference, msisdn, name, batch, at, on,
                amount_minor, fee_minor,
            ) in rows:  # fmt: skip
                key = f"payment:{payment_id}" if payment_id else f"line:{line_id}"
                writer.side.refs.add(provider_ref)
                if not amount_minor or key in known:
                    continue
                fee = int(fee_minor) if keeps_fees and kind != "fee" else 0
                writer.add(
                    (
                        key, reference, _named(kind, provider_ref, line_key.hex), "", msisdn, name,
                        (amount_minor - fee) * scale, fee * scale, account.currency, _seconds(at, on),
                        "success", batch,
                    ),
                    (on, kind, amount_minor, key),
                )  # fmt: skip
    return writer.close()


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a file of the provider and where it stands."""

    line: StatementLine
    key: str
    day: date
    file: SourceFile


def provider_side(
    account: SourceAccount, day: date, writer: SideWriter, known: frozenset[str], ours: Collection[str]
) -> Side:
    """What the provider's files say of a day and its neighbours, each row once, without `known` rows.

    A pending or failed row counts only where the ledger has its id (`ours`) and no final one stands beside
    it; a fee that its payment's row shows already is that fee.
    """
    keeps_fees = account.role == "originates" and account.ledger_code == "1020"
    seen: set[bytes] = set()
    final: set[str] = set()
    fees: dict[str, Decimal] = {}
    later: list[Row] = []  # what the other rows decide on: few
    days = (day - NEIGHBOURS, day, day + NEIGHBOURS)
    for file in files_of(account, days[0], days[-1]):
        check = FileCheck(file)
        writer.side.checks.append(check)
        for row in _rows_of(file, ZoneInfo(account.time_zone), days, check):
            line, mark = row.line, bytes.fromhex(row.key)
            if mark in seen:
                continue
            seen.add(mark)
            is_final = line.status == "success" and line.kind != "failed"
            if is_final and line.provider_ref:
                final.add(line.provider_ref)
                if line.kind == "payment" and line.fee:
                    fees[line.provider_ref] = line.fee
            if row.key in known or line.kind in MOVES_NOTHING or not line.amount:
                continue
            if is_final and line.kind != "fee":
                _write(row, writer, keeps_fees)
            else:
                later.append(row)
    for row in later:
        ref = row.line.provider_ref
        is_fee = row.line.kind == "fee" and row.line.status == "success"
        if is_fee and fees.get(ref) == -row.line.amount:
            continue
        if is_fee or (ref in ours and ref not in final):
            _write(row, writer, keeps_fees)
    return writer.close()


def rows_of_day(account: SourceAccount, day: date) -> Iterator[Row]:
    """Every row of the provider's files of a day and its neighbours, as often as files have it."""
    days = (day - NEIGHBOURS, day, day + NEIGHBOURS)
    for file in files_of(account, days[0], days[-1]):
        yield from _rows_of(file, ZoneInfo(account.time_zone), days)


def _write(row: Row, writer: SideWriter, keeps_fees: bool) -> None:
    line = row.line
    fee = line.fee or Decimal(0) if keeps_fees and line.kind != "fee" else Decimal(0)
    try:
        net, kept = millionths(line.amount - fee), millionths(fee)
    except ValueError:
        return  # nothing of the ledger can have such an amount; intake said so
    is_failed = line.kind == "failed"
    writer.add(
        (
            row.key, line.reference,
            _named("payment" if is_failed else line.kind, line.provider_ref, row.key), "", line.msisdn,
            line.payer_name, net, kept, line.currency, _seconds(line.occurred_at, row.day),
            "failed" if is_failed else line.status, line.batch_key,
        ),
        (
            row.day, line.kind, statement_rules.minor_of(line) or 0,
            f"{row.file.filename}, row {line.line}",
        ),
    )  # fmt: skip


def _rows_of(
    file: SourceFile, zone: ZoneInfo, days: Collection[date], check: FileCheck | None = None
) -> Iterator[Row]:
    mapping = delimited.Mapping.from_json(file.mapping) if file.mapping else None
    seen: dict[str, int] = {}
    assert file.document_id is not None
    with (
        open_document(file.document_id).file as content,
        reading.open_file(content, filename=file.filename, mapping=mapping) as records,
    ):
        for record in records:
            if check is not None:
                check.see(record)
            if not isinstance(record, StatementLine):
                continue
            on = record.booked_on or statement_rules.value_date(record, zone, file.uploaded_at.date())
            key = statement_rules.line_key(record)
            if not record.provider_ref:
                # Equal rows without an id are two payments: the n-th has the key that staging gave it.
                seen[key] = nth = seen.get(key, 0) + 1
                key = statement_rules.nth_key(key, nth)
            if on in days:
                yield Row(record, key, on, file)


def _named(kind: str, provider_ref: str, key: str) -> str:
    """The id to meet by: a fee may share the id of its payment, and a row without one is itself."""
    if not provider_ref:
        return f"row{key}"
    return provider_ref if kind == "payment" else f"{kind}{provider_ref}"


def _seconds(at: datetime | None, on: date) -> int:
    return int((at or datetime.combine(on, time(12), UTC)).timestamp())
