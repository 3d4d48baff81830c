"""Payments, their allocations to due items, and the claims on those nobody could identify."""

from django.db import models
from django.db.models import F, Q

from paydesk.domain.contracts.models import Contract, DueItem
from paydesk.domain.parties.models import Customer
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
    source, line and dates never change (the application's role may not update those columns).
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

    Without a payment it is a small difference that was written off.
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
