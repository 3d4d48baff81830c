"""Payments, their allocations to due items, and the claims on those nobody could identify."""

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from paydesk.domain.contracts.models import Contract, DueItem
from paydesk.domain.parties.models import Customer
from paydesk.domain.payments.identified import (  # noqa: F401
    Learning,
    PayerLink,
    PossibleDouble,
    StoredSuggestion,
)
from paydesk.domain.payments.states import PAYMENT
from paydesk.domain.providers.models import SourceAccount
from paydesk.domain.statements.models import StatementLine


class Payment(models.Model):
    """Money received once. `open_minor` is what is not applied yet: suspense without a payer, else unapplied.

    Where each minor unit is: `allocated` to due items, `credited` to the customer (2040), `reserved` for a
    refund that is asked for, `refunded`, `reversed` (taken back by the provider, or undone by us), else open.
    `shortfall` is what a provider took back although it had been passed on already: recoverable (1310).

    `contract` is whom the whole payment was meant for; an Application says otherwise for one contract.
    `rule` and `matched_key` say how the payer was found; `rules.why` makes the sentence. Amount, currency,
    source, line and dates never change (the application's role may not update those columns); `counts_on` is
    an earlier day than `value_on` from which two people let it count.
    """

    market = models.CharField(max_length=2)
    source_account = models.ForeignKey(
        SourceAccount, on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    statement_line = models.OneToOneField(
        StatementLine, on_delete=models.PROTECT, db_constraint=False, related_name="payment"
    )
    evidence_key = models.TextField()
    state = models.CharField(max_length=14, default=PAYMENT.start)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    paid_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    booked_on = models.DateField()
    value_on = models.DateField()
    counts_on = models.DateField(null=True)
    customer = models.ForeignKey(
        Customer,
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="payments",
    )
    contract = models.ForeignKey(
        Contract,
        on_delete=models.PROTECT,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="payments",
    )
    rule = models.CharField(max_length=24)
    matched_key = models.TextField()
    allocated_minor = models.BigIntegerField(default=0)
    credited_minor = models.BigIntegerField(default=0)
    reserved_minor = models.BigIntegerField(default=0, db_default=0)
    refunded_minor = models.BigIntegerField(default=0, db_default=0)
    reversed_minor = models.BigIntegerField(default=0, db_default=0)
    shortfall_minor = models.BigIntegerField(default=0, db_default=0)
    open_minor = models.GeneratedField(
        expression=F("amount_minor")
        + F("shortfall_minor")
        - F("allocated_minor")
        - F("credited_minor")
        - F("reserved_minor")
        - F("refunded_minor")
        - F("reversed_minor"),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            # What was un-posted with its file may come again.
            models.UniqueConstraint(
                fields=["source_account", "evidence_key"],
                condition=~Q(state="unposted"),
                name="payment_evidence_once",
            ),
            models.CheckConstraint(condition=Q(state__in=PAYMENT.states), name="payment_state_known"),
            models.CheckConstraint(
                condition=Q(
                    amount_minor__gt=0,
                    allocated_minor__gte=0,
                    credited_minor__gte=0,
                    reserved_minor__gte=0,
                    refunded_minor__gte=0,
                    shortfall_minor__gte=0,
                    reversed_minor__gte=F("shortfall_minor"),
                    amount_minor__gte=F("reversed_minor"),
                )
                & Q(
                    amount_minor__gte=F("allocated_minor")
                    + F("credited_minor")
                    + F("reserved_minor")
                    + F("refunded_minor")
                    + F("reversed_minor")
                    - F("shortfall_minor")
                ),
                name="payment_not_applied_twice",
            ),
            models.CheckConstraint(
                condition=Q(customer__isnull=False)
                | Q(contract__isnull=True, allocated_minor=0, credited_minor=0),
                name="payment_unknown_payer_is_suspense",
            ),
            models.CheckConstraint(
                condition=Q(counts_on__isnull=True) | Q(counts_on__lt=F("value_on")),
                name="payment_counts_from_earlier",
            ),
        ]
        indexes = [
            models.Index(fields=["market", "-value_on", "-id"], name="payment_newest"),
            models.Index(fields=["customer", "-value_on"], name="payment_customer"),
            models.Index(
                fields=["market", "value_on"],
                name="payment_open",
                condition=Q(open_minor__gt=0),
            ),
            models.Index(
                fields=["market", "-value_on", "-id"],
                name="payment_suspense",
                condition=Q(("open_minor__gt", 0), ("customer__isnull", True)),
            ),
            models.Index(fields=["currency", "amount_minor", "value_on"], name="payment_amount_day"),
        ]

    @property
    def counts_from(self) -> date:
        """The day from which it counts: that of its row, unless two people said an earlier one."""
        return self.counts_on or self.value_on


class Application(models.Model):
    """How much of a payment is meant for one contract, where it is not simply all of it.

    Made by a person who applies a part, applies to a second contract or takes money off a contract
    (`limit_minor` 0). A replay of the contract offers it no more than this.
    """

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="applications")
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="applications")
    limit_minor = models.BigIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payment", "contract"], name="application_once"),
            models.CheckConstraint(condition=Q(limit_minor__gte=0), name="application_limit_sound"),
        ]


class Allocation(models.Model):
    """The part of a payment applied to one due item. Never edited: a reversal is a row of its own.

    Without a payment it is a small difference that was written off, or goodwill where `goodwill_id` names it.
    """

    payment = models.ForeignKey(
        Payment,
        on_delete=models.PROTECT,
        null=True,
        related_name="allocations",
        db_constraint=False,
        db_index=True,
    )
    due_item = models.ForeignKey(
        DueItem, on_delete=models.PROTECT, related_name="allocations", db_constraint=False, db_index=True
    )
    amount_minor = models.BigIntegerField()
    entry_id = models.BigIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    goodwill_id = models.BigIntegerField(null=True)
    reverses = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, db_constraint=False, db_index=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, reverses__isnull=True)
                | Q(amount_minor__lt=0, reverses__isnull=False),
                name="allocation_sign_sound",
            ),
            # Of the reversals alone: they are few, and an index over all would be one entry per allocation.
            models.UniqueConstraint(
                fields=["reverses"], condition=Q(reverses__isnull=False), name="allocation_reversed_once"
            ),
            models.CheckConstraint(
                condition=Q(goodwill_id__isnull=True) | Q(payment__isnull=True),
                name="allocation_goodwill_is_no_payment",
            ),
        ]
        indexes = [
            models.Index(
                fields=["goodwill_id"], name="allocation_goodwill", condition=Q(goodwill_id__isnull=False)
            ),
        ]


class Claim(models.Model):
    """One of several equal claims on a payment: shown to a person, never guessed between."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="claims", db_constraint=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, null=True, db_constraint=False, db_index=False
    )
    rule = models.CharField(max_length=24)
    matched_key = models.TextField()


class ReversalRow(models.Model):
    """A row by which a provider took money back, and the payment it took it from; or that nobody asked for.

    `open` without one: posted as recoverable (1310) until its payment comes; `reason` says why. `confirmed`
    when a person had reversed the payment before the row came. `keys` are the ids the row names.
    A refund, payout, correction or other row that nobody asked for stands here as well, below zero where it
    brought money. It is `explained` when it proves to be of `explained_id` of the kind `explained_as`
    (a refund of ours), or a person says what it is (a fee): `entry_id` booked that, and `confirms_id` is the
    entry that had booked the same before the row came.
    """

    market = models.CharField(max_length=2)
    source_account = models.ForeignKey(
        SourceAccount, on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    statement_line = models.OneToOneField(
        StatementLine, on_delete=models.PROTECT, db_constraint=False, related_name="reversal_row"
    )
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, null=True, db_constraint=False, related_name="reversal_rows"
    )
    kind = models.CharField(max_length=10)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    booked_on = models.DateField()
    keys = ArrayField(models.TextField())
    state = models.CharField(max_length=10)
    reason = models.CharField(max_length=30)
    explained_as = models.CharField(max_length=16, default="", db_default="")
    explained_id = models.BigIntegerField(null=True)
    entry_id = models.BigIntegerField(null=True)
    confirms_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "matched", "confirmed", "explained", "withdrawn"]),
                name="reversal_row_state_known",
            ),
            models.CheckConstraint(condition=~Q(amount_minor=0), name="reversal_row_amount_not_zero"),
            models.CheckConstraint(
                condition=Q(payment__isnull=False, state__in=["matched", "confirmed"])
                | Q(payment__isnull=True, state__in=["open", "explained", "withdrawn"]),
                name="reversal_row_matched_has_payment",
            ),
            models.CheckConstraint(
                condition=Q(state="explained", entry_id__isnull=False) & ~Q(explained_as="")
                | ~Q(state="explained"),
                name="reversal_row_explained_is_posted",
            ),
            # One of them would pay it twice.
            models.UniqueConstraint(
                fields=["confirms_id"],
                condition=Q(confirms_id__isnull=False),
                name="reversal_row_confirms_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["source_account", "id"], name="reversal_row_open", condition=Q(state="open")
            ),
            # Those that look for their payment: each batch that comes in asks whether there are any.
            models.Index(
                fields=["source_account", "id"],
                name="reversal_row_seeks",
                condition=Q(state="open", kind__in=["reversal", "chargeback"], amount_minor__gt=0),
            ),
            models.Index(
                fields=["explained_as", "explained_id"],
                name="reversal_row_explained",
                condition=Q(state="explained"),
            ),
        ]


class SettlementBatch(models.Model):
    """What a provider settles together, by the batch its rows name: how many rows, what they come to."""

    source_account = models.ForeignKey(SourceAccount, on_delete=models.PROTECT, db_constraint=False)
    batch_key = models.TextField()
    currency = models.CharField(max_length=3)
    rows = models.IntegerField()
    net_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["batch_key", "source_account", "currency"], name="settlement_batch_once"
            )
        ]


class TransitRow(models.Model):
    """Our own money that left one account (`amount_minor` below zero) or arrived at another (above).

    `matched` when both ends are known: `partner` is the other row; without one the `batch` of the provider
    says what arrived. `found_by`: reference, batch or amount.
    """

    market = models.CharField(max_length=2)
    source_account = models.ForeignKey(
        SourceAccount, on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    statement_line = models.OneToOneField(
        StatementLine, on_delete=models.PROTECT, db_constraint=False, related_name="transit_row"
    )
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    booked_on = models.DateField()
    keys = ArrayField(models.TextField())
    state = models.CharField(max_length=10)
    partner = models.ForeignKey("self", on_delete=models.PROTECT, null=True)
    batch = models.ForeignKey(SettlementBatch, on_delete=models.PROTECT, null=True)
    found_by = models.CharField(max_length=16)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "matched", "withdrawn"]), name="transit_row_state_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["market", "currency", "amount_minor"],
                name="transit_row_open",
                condition=Q(state="open"),
            )
        ]


class HourOfRows(models.Model):
    """How many rows of one account and channel happened in an hour: what came, and what usually comes."""

    source_account = models.ForeignKey(
        SourceAccount, on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    channel = models.TextField()
    hour = models.DateTimeField()
    rows = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source_account", "hour", "channel"], name="hour_of_rows_once")
        ]


class DayOfRows(models.Model):
    """What the final rows of one account, day and kind come to; withdrawn rows are taken out again.

    `amount_minor` and `fee_minor` as the rows state them, `booked_minor` what of the amounts is posted by the
    rows themselves: payments and reversals are not in it, they are counted from their own tables.
    """

    source_account = models.ForeignKey(
        SourceAccount, on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    currency = models.CharField(max_length=3)
    day = models.DateField()
    kind = models.CharField(max_length=16)
    rows = models.IntegerField()
    amount_minor = models.BigIntegerField()
    booked_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source_account", "day", "kind", "currency"], name="day_of_rows_once"
            )
        ]


class CountedRows(models.Model):
    """The first line of each batch that is counted by hour and day, so that none is counted twice."""

    first_line_id = models.BigIntegerField(primary_key=True)


class ShownBalance(models.Model):
    """A balance a person read on the provider's portal, with the screenshot. Never edited."""

    source_account = models.ForeignKey(SourceAccount, on_delete=models.PROTECT, db_constraint=False)
    shown_on = models.DateField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    document_id = models.BigIntegerField()
    note = models.TextField()
    entered_by = models.CharField(max_length=80)
    entered_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["source_account", "-shown_on"], name="shown_balance_newest")]
