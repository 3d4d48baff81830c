"""Sums of postings per day, and the journal exports that were handed out."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from paydesk.reporting.books.states import DAY_CLOSING


class DailySum(models.Model):
    """What was debited and credited on one account in one day: all postings up to `Horizon.summed_through`.

    `key_id` is 0 for accounts that store their own balances (one row for all customers together), else the
    sub-ledger key. Entries never change, so a sum of them up to a settled id never changes either; what was
    posted since is added when it is read.
    """

    market = models.CharField(max_length=2)
    code = models.CharField(max_length=4)
    currency = models.CharField(max_length=3)
    key_id = models.BigIntegerField()
    booked_on = models.DateField()
    debit_minor = models.BigIntegerField()
    credit_minor = models.BigIntegerField()
    postings = models.BigIntegerField()

    class Meta:
        db_table = "books_daily_sum"
        constraints = [
            models.UniqueConstraint(
                fields=["market", "booked_on", "code", "currency", "key_id"], name="books_daily_sum_once"
            ),
            models.CheckConstraint(
                condition=Q(debit_minor__gte=0, credit_minor__gte=0, postings__gt=0),
                name="books_daily_sum_sound",
            ),
        ]


class Horizon(models.Model):
    """The one row that says how far the books are summed: every entry up to it is settled and counted.

    Entry ids are drawn before their transaction ends, so a lower id may appear after a higher one. An id is
    settled when nobody who was posting as it was read (`waits_for`) is still at it.
    """

    summed_through = models.BigIntegerField(default=0)
    asked_through = models.BigIntegerField(null=True)
    waits_for = ArrayField(models.TextField(), default=list)

    class Meta:
        db_table = "books_horizon"
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="books_horizon_is_one_row")]


class JournalExport(models.Model):
    """One batch of the journal of a market for the general ledger. Each entry is in exactly one.

    The batches up to this one hold the entries booked through `through_on` with an id up to `last_entry_id`;
    both only grow, so this batch is what the one before (`earlier_*`) did not hold: the days since, and what
    was posted late for the days before.
    """

    market = models.CharField(max_length=2)
    number = models.PositiveIntegerField()
    earlier_through_on = models.DateField(null=True)
    through_on = models.DateField()
    earlier_entry_id = models.BigIntegerField(default=0)
    last_entry_id = models.BigIntegerField()
    entries = models.BigIntegerField()
    late_entries = models.BigIntegerField()
    postings = models.BigIntegerField()
    content_hash = models.CharField(max_length=64)
    exported_by = models.CharField(max_length=80)
    exported_at = models.DateTimeField()

    class Meta:
        db_table = "books_journal_export"
        constraints = [
            models.UniqueConstraint(fields=["market", "number"], name="books_journal_export_once"),
            models.CheckConstraint(
                condition=Q(last_entry_id__gte=F("earlier_entry_id"))
                & (
                    Q(earlier_through_on__isnull=True, number=1)
                    | Q(through_on__gte=F("earlier_through_on"), number__gt=1)
                ),
                name="books_journal_export_only_grows",
            ),
        ]


class JournalCopy(models.Model):
    """A file of a batch that was handed out; every copy after the first is marked as a re-export."""

    export = models.ForeignKey(JournalExport, on_delete=models.PROTECT, related_name="copies")
    number = models.PositiveIntegerField()
    form = models.CharField(max_length=20)
    handed_to = models.CharField(max_length=80)
    handed_at = models.DateTimeField()

    class Meta:
        db_table = "books_journal_copy"
        constraints = [models.UniqueConstraint(fields=["export", "number"], name="books_journal_copy_once")]


class DayClosing(models.Model):
    """Somebody asked to close a market through a day, or to open it again from a day on; a second decides.

    `day` is the last day to close, or the first to open again. `open_points` counts what was not ready.
    """

    market = models.CharField(max_length=2)
    kind = models.CharField(max_length=6)
    day = models.DateField()
    reason = models.CharField(max_length=300, blank=True)
    open_points = models.JSONField(default=dict)
    state = models.CharField(max_length=10, default=DAY_CLOSING.start)
    approval_id = models.BigIntegerField()
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    decided_by = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "books_day_closing"
        constraints = [
            models.UniqueConstraint(
                fields=["market"], condition=Q(state="pending"), name="books_day_closing_one_pending"
            ),
            models.CheckConstraint(condition=Q(kind__in=["close", "reopen"]), name="books_day_closing_kind"),
            models.CheckConstraint(condition=Q(state__in=DAY_CLOSING.states), name="books_day_closing_state"),
            models.CheckConstraint(
                condition=~Q(state__in=["done", "refused"], decided_by=F("asked_by")),
                name="books_day_closing_by_two",
            ),
        ]
