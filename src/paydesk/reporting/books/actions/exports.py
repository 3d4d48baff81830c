"""Summing the books, exporting the journal once, and handing out copies of an export."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection, transaction

from paydesk.foundation.audit import steps as audit
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import Refused
from paydesk.reporting.books import rules
from paydesk.reporting.books.models import Horizon, JournalCopy, JournalExport
from paydesk.reporting.books.queries import horizon, journal
from paydesk.reporting.books.queries.days import open_day

MOST_ENTRIES_AT_ONCE = 200_000
FORMS = ("summary.csv", "summary.xlsx", "detail.csv", "detail.xlsx")

_FOLD = """
INSERT INTO books_daily_sum (market, code, currency, key_id, booked_on, debit_minor, credit_minor, postings)
SELECT e.market, a.code, p.currency, CASE WHEN a.keeps_balance THEN 0 ELSE a.key_id END, e.booked_on,
       coalesce(sum(p.amount_minor) FILTER (WHERE p.amount_minor > 0), 0)::bigint,
       coalesce(-sum(p.amount_minor) FILTER (WHERE p.amount_minor < 0), 0)::bigint, count(*)
FROM ledger_entry e
JOIN ledger_posting p ON p.entry_id = e.id AND p.entry_id > %(after)s AND p.entry_id <= %(last)s
JOIN ledger_account a ON a.id = p.account_id
WHERE e.id > %(after)s AND e.id <= %(last)s
GROUP BY 1, 2, 3, 4, 5
ON CONFLICT (market, booked_on, code, currency, key_id) DO UPDATE SET
    debit_minor = books_daily_sum.debit_minor + excluded.debit_minor,
    credit_minor = books_daily_sum.credit_minor + excluded.credit_minor,
    postings = books_daily_sum.postings + excluded.postings
"""


class JournalExportRefused(Refused):
    """The journal cannot be exported as asked."""

    code = "books.not_exported"


def sum_up_postings(now: datetime) -> int:
    """Add settled entries to the daily sums, oldest first; returns the entry they are summed through.

    Upkeep by the clock; it makes nobody wait. An entry is settled when no transaction that was posting as it
    was seen is still running. Books of any size are caught up with in steps.
    """
    while True:
        with transaction.atomic():
            at = Horizon.objects.select_for_update().get(pk=1)
            if at.asked_through is None:
                at.asked_through = horizon.newest_entry()
                at.waits_for = horizon.posting_now()
            settled = not set(at.waits_for) & set(horizon.posting_now())
            if settled:
                last = min(at.asked_through, at.summed_through + MOST_ENTRIES_AT_ONCE)
                with connection.cursor() as cursor:
                    cursor.execute(_FOLD, {"after": at.summed_through, "last": last})
                at.summed_through = last
            done = at.summed_through >= at.asked_through
            if done:
                at.asked_through, at.waits_for = None, []
            at.save()
        if done or not settled:
            return at.summed_through


def export_journal(market: str, through_on: date, *, by: Actor, now: datetime) -> JournalExport:
    """Export what is not exported yet of a market's journal, booked through a day: a batch of its own.

    Entries posted later for these days go into the next batch as late postings. Raises JournalExportRefused
    where the day is not over, nothing is new, or entries are being posted right now.
    """
    by.needs("ledger.export_journal", market=market)
    sum_up_postings(now)
    return _export(market, through_on, by, now)


@transaction.atomic(durable=True)
def _export(market: str, through_on: date, by: Actor, now: datetime) -> JournalExport:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('books.journal:' || %s, 0))", [market])
    earlier = JournalExport.objects.filter(market=market).order_by("-number").first()
    why_not = rules.why_not_exported(
        through_on,
        today=open_day(market, now),
        earlier_through_on=earlier.through_on if earlier else None,
    )
    if why_not:
        raise JournalExportRefused(why_not)
    last = horizon.summed_through()
    if journal.posted_since(market, through_on, last):
        raise JournalExportRefused(
            "Entries for these days are being posted right now. Export again when that is done, in a minute."
        )
    batch = JournalExport(
        market=market,
        number=earlier.number + 1 if earlier else 1,
        earlier_through_on=earlier.through_on if earlier else None,
        through_on=through_on,
        earlier_entry_id=earlier.last_entry_id if earlier else 0,
        last_entry_id=max(last, earlier.last_entry_id if earlier else 0),
        exported_by=by.label,
        exported_at=now,
    )
    content = journal.content_of(batch)
    if earlier and through_on == earlier.through_on and not content.entries:
        raise JournalExportRefused(
            f"Nothing was posted for the days through {through_on:%d %b %Y} since their export. "
            "Take the copy of an earlier batch again; it is marked as a re-export."
        )
    assert not rules.unbalanced(content.lines), "the database lets no unbalanced entry in"
    batch.entries, batch.late_entries = content.entries, content.late_entries
    batch.postings, batch.content_hash = content.postings, content.sealed
    batch.save(force_insert=True)
    audit.record(
        "journal.exported",
        subject=("journal_export", batch.pk),
        market=market,
        by=by,
        at=now,
        changes={
            "through_on": through_on.isoformat(),
            "entries": [batch.earlier_entry_id, batch.last_entry_id],
            "count": batch.entries,
            "late": batch.late_entries,
            "content_hash": batch.content_hash,
        },
    )
    return batch


@transaction.atomic(durable=True)
def hand_out_journal(export_id: int, *, form: str, by: Actor, now: datetime) -> JournalCopy:
    """Record that a file of an export is handed out; the first copy is the original, others re-exports.

    `form` is one of FORMS. Raises JournalExportRefused if the content is no longer what was exported, which
    only somebody with the database's own password can bring about.
    """
    export = JournalExport.objects.get(pk=export_id)
    by.needs("ledger.export_journal", market=export.market)
    assert form in FORMS, form
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('books.copy:' || %s, 0))", [export.pk])
    if journal.content_of(export).sealed != export.content_hash:
        raise JournalExportRefused(
            "The entries of this export are not what they were when it was made. Nothing is handed out. "
            "Run the check and tell an administrator.",
            code="books.export_changed",
        )
    copy = JournalCopy.objects.create(
        export=export,
        number=export.copies.count() + 1,
        form=form,
        handed_to=by.label,
        handed_at=now,
    )
    audit.record(
        "journal.handed_out",
        subject=("journal_export", export.pk),
        market=export.market,
        by=by,
        at=now,
        changes={"copy": copy.number, "form": form, "mark": rules.copy_mark(copy.number)},
    )
    return copy
