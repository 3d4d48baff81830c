"""The content of a journal export, by account and day or posting by posting; what is not exported yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from paydesk.domain.ledger.rules import NAMES
from paydesk.foundation.people.queries import in_markets
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.public_codes import code_of
from paydesk.reporting.books.models import JournalCopy, JournalExport
from paydesk.reporting.books.rules import Content, SummaryLine

CODE_PREFIX = "JX"

# What the batches up to this one hold, less what those before it hold.
_OF_BATCH = """
e.market = %(market)s AND (
    (e.booked_on > %(earlier_on)s AND e.booked_on <= %(through_on)s AND e.id <= %(last)s)
    OR (e.booked_on <= %(earlier_on)s AND e.id > %(earlier_id)s AND e.id <= %(last)s)
)
"""
_SUMMARY = f"""
SELECT e.booked_on, e.booked_on <= %(earlier_on)s AS late, a.code, p.currency,
       coalesce(sum(p.amount_minor) FILTER (WHERE p.amount_minor > 0), 0)::bigint,
       coalesce(-sum(p.amount_minor) FILTER (WHERE p.amount_minor < 0), 0)::bigint, count(*),
       sum(('x' || left(md5(concat_ws(':', e.id, e.kind, e.booked_on, e.value_on, p.leg_no, a.code, a.key_id,
                                      p.amount_minor, p.currency, p.detail_id)), 15))::bit(60)::bigint)
FROM ledger_entry e
JOIN ledger_posting p ON p.entry_id = e.id
JOIN ledger_account a ON a.id = p.account_id
WHERE {_OF_BATCH}
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""
_DETAIL = f"""
SELECT e.id, e.kind, e.booked_on, e.value_on, e.posted_at, e.booked_on <= %(earlier_on)s,
       e.cause_kind, e.cause_id, a.code, a.key_id, p.currency, p.amount_minor
FROM ledger_entry e
JOIN ledger_posting p ON p.entry_id = e.id
JOIN ledger_account a ON a.id = p.account_id
WHERE {_OF_BATCH}
ORDER BY e.id, p.leg_no
"""


def _bounds(batch: JournalExport) -> dict[str, Any]:
    return {
        "market": batch.market,
        "earlier_on": batch.earlier_through_on or date.min,
        "through_on": batch.through_on,
        "earlier_id": batch.earlier_entry_id,
        "last": batch.last_entry_id,
    }


def content_of(batch: JournalExport) -> Content:
    """What a batch holds, summed by day and account; two queries, each over the entries of the batch."""
    with connection.cursor() as cursor:
        cursor.execute(_SUMMARY, _bounds(batch))
        rows = cursor.fetchall()
        cursor.execute(
            f"SELECT count(*), count(*) FILTER (WHERE e.booked_on <= %(earlier_on)s)"
            f" FROM ledger_entry e WHERE {_OF_BATCH}",
            _bounds(batch),
        )
        entries, late = cursor.fetchone()
    return Content(
        lines=[SummaryLine(*row[:7]) for row in rows],
        entries=entries,
        late_entries=late,
        postings=sum(row[6] for row in rows),
        checksum=str(sum(row[7] for row in rows)),
    )


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One posting of an export."""

    entry: str
    kind: str
    booked_on: date
    value_on: date
    posted_at: datetime
    late: bool
    about: str
    code: str
    name: str
    key_id: int
    amount: Money


_CAUSE_PREFIXES = {"payment": "PAY", "contract": "CON", "customer": "CUS"}


def lines_of(batch: JournalExport) -> Iterator[JournalLine]:
    """Every posting of a batch in the order of posting, read in pieces."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(_DETAIL, _bounds(batch))
        while rows := cursor.fetchmany(5000):
            for id_, kind, booked, value, at, late, cause, cause_id, code, key, currency, minor in rows:
                prefix = _CAUSE_PREFIXES.get(cause)
                about = code_of(prefix, cause_id) if prefix else f"{cause} {cause_id}"
                yield JournalLine(
                    code_of("JE", id_), kind, booked, value, at, late, about, code, NAMES[code], key,
                    Money(minor, currency),
                )  # fmt: skip


def posted_since(market: str, through_on: date, entry_id: int) -> bool:
    """Whether entries above an id are booked on a day or before it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM ledger_entry WHERE id > %s AND market = %s AND booked_on <= %s)",
            [entry_id, market, through_on],
        )
        return bool(cursor.fetchone()[0])


def exports(actor: Actor, market: str) -> QuerySet[JournalExport]:
    """The exports of a market, newest first, with their copies loaded; two queries."""
    found = in_markets(JournalExport.objects.filter(market=market), actor)
    return found.prefetch_related("copies").order_by("-number")


def export_for(actor: Actor, export_id: int) -> JournalExport:
    """One export of a market the actor works in; raises JournalExport.DoesNotExist otherwise."""
    return in_markets(JournalExport.objects.prefetch_related("copies"), actor).get(pk=export_id)


def copies_of(export: JournalExport) -> list[JournalCopy]:
    """The copies that were handed out, first one first."""
    return sorted(export.copies.all(), key=lambda copy: copy.number)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Entries of a market that no export holds yet, through a day."""

    entries: int
    late_entries: int
    first_on: date | None


def not_exported(market: str, through_on: date) -> Waiting:
    """What the next export through a day would hold; two queries."""
    last = JournalExport.objects.filter(market=market).order_by("-number").first()
    bounds = {
        "market": market,
        "earlier_on": last.through_on if last else date.min,
        "through_on": max(through_on, last.through_on) if last else through_on,
        "earlier_id": last.last_entry_id if last else 0,
        "last": 2**63 - 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*), count(*) FILTER (WHERE e.booked_on <= %(earlier_on)s), min(e.booked_on)"
            f" FROM ledger_entry e WHERE {_OF_BATCH}",
            bounds,
        )
        return Waiting(*cursor.fetchone())
