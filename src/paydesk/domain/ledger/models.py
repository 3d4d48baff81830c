"""The books. Entries and postings are written by the database function `ledger_post` alone (ADR 3)."""

from django.db import models


class ChartRow(models.Model):
    """The chart of accounts as the database knows it; the source is `rules.CHART`."""

    code = models.CharField(max_length=4, primary_key=True)
    name = models.CharField(max_length=100)
    type = models.CharField(max_length=20)
    key = models.CharField(max_length=20)
    keeps_balance = models.BooleanField()

    class Meta:
        db_table = "ledger_chart"


class Account(models.Model):
    """One sub-account: a code of the chart, a currency and the key it belongs to (0: the market)."""

    code = models.CharField(max_length=4)
    currency = models.CharField(max_length=3)
    key_id = models.BigIntegerField()
    market = models.CharField(max_length=2)
    keeps_balance = models.BooleanField()

    class Meta:
        db_table = "ledger_account"
        constraints = [
            models.UniqueConstraint(
                fields=["key_id", "code", "currency", "market"], name="ledger_account_once"
            )
        ]


class JournalEntry(models.Model):
    """One balanced event. `cause_*` says what it is about; `booked_on` is the accounting date."""

    kind = models.CharField(max_length=40)
    market = models.CharField(max_length=2)
    booked_on = models.DateField()
    value_on = models.DateField()
    posted_at = models.DateTimeField()
    leg_count = models.SmallIntegerField()
    cause_kind = models.CharField(max_length=20)
    cause_id = models.BigIntegerField()
    idempotency_key = models.CharField(max_length=80)
    reverses_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=80)

    class Meta:
        db_table = "ledger_entry"
        # A constraint in place of unique=True, which would add a second index for LIKE.
        constraints = [models.UniqueConstraint(fields=["idempotency_key"], name="ledger_entry_once")]
        indexes = [models.Index(fields=["cause_kind", "cause_id"], name="ledger_entry_cause")]


class Posting(models.Model):
    """One leg: signed minor units, debit positive. `detail_id` is the key inside a control account."""

    pk = models.CompositePrimaryKey("entry_id", "leg_no")
    entry = models.ForeignKey(
        JournalEntry, on_delete=models.PROTECT, related_name="postings", db_constraint=False, db_index=False
    )
    leg_no = models.SmallIntegerField()
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="postings", db_constraint=False, db_index=False
    )
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    detail_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "ledger_posting"
        indexes = [
            models.Index(fields=["account", "entry"], name="ledger_posting_account"),
            models.Index(
                fields=["account", "detail_id"],
                name="ledger_posting_detail",
                condition=models.Q(detail_id__isnull=False),
            ),
        ]


class Balance(models.Model):
    """The stored balance of a customer account: the sum of its postings, kept by the posting trigger."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, primary_key=True, db_constraint=False)
    amount_minor = models.BigIntegerField()

    class Meta:
        db_table = "ledger_balance"


class ClosedPeriod(models.Model):
    """Per market, the last day that is closed: nothing may be booked on it or before."""

    market = models.CharField(max_length=2, primary_key=True)
    closed_through = models.DateField()
    closed_by = models.CharField(max_length=80)
    closed_at = models.DateTimeField()

    class Meta:
        db_table = "ledger_closed_period"
