"""Contracts, what falls due under them, and the credit events that paid it."""

from django.db import models

from paydesk.domain.contracts.states import CONTRACT
from paydesk.domain.parties.models import Customer

DUE_KINDS = ["deposit", "instalment", "fee", "penalty"]


class Contract(models.Model):
    """A financed account. `account_number` is what the payer types; `account_key` its comparison form.

    `price_minor` is the whole price, the deposit included; the due items of kind deposit and instalment add
    up to it. `allocation_order` names the versioned order in which a payment meets the due items.
    """

    market = models.CharField(max_length=2)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="contracts")
    account_number = models.CharField(max_length=40)
    account_key = models.CharField(max_length=40)
    product = models.CharField(max_length=120)
    currency = models.CharField(max_length=3)
    price_minor = models.BigIntegerField()
    deposit_minor = models.BigIntegerField()
    state = models.CharField(max_length=20, default=CONTRACT.start)
    allocation_order = models.CharField(max_length=20, default="due_date_1")
    opened_on = models.DateField()
    activated_on = models.DateField(null=True)
    created_by = models.CharField(max_length=80)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account_key", "market"], name="contract_account_key_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=CONTRACT.states), name="contract_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    price_minor__gt=0, deposit_minor__gte=0, deposit_minor__lte=models.F("price_minor")
                ),
                name="contract_amounts_sound",
            ),
            models.CheckConstraint(
                condition=models.Q(allocation_order__in=["due_date_1"]),
                name="contract_allocation_order_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["account_key"], name="contract_account_begins", opclasses=["varchar_pattern_ops"]
            ),
        ]


class DueItem(models.Model):
    """Something to be paid on a date. `allocated_minor` is the sum of the live allocations on it."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="due_items", db_index=False)
    kind = models.CharField(max_length=12)
    due_on = models.DateField()
    amount_minor = models.BigIntegerField()
    allocated_minor = models.BigIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["contract", "due_on"], name="due_item_contract_due")]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=DUE_KINDS), name="due_item_kind_known"),
            models.CheckConstraint(
                condition=models.Q(
                    amount_minor__gt=0, allocated_minor__gte=0, allocated_minor__lte=models.F("amount_minor")
                ),
                name="due_item_allocated_within_amount",
            ),
        ]


class CreditEvent(models.Model):
    """Append-only: what was credited to a contract (plus) or taken back (minus), when, by which payment."""

    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, related_name="credit_events", db_constraint=False, db_index=False
    )
    kind = models.CharField(max_length=20)
    amount_minor = models.BigIntegerField()
    value_on = models.DateField()
    at = models.DateTimeField()
    cause_kind = models.CharField(max_length=20)
    cause_id = models.BigIntegerField()
    entry_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["contract", "value_on"], name="credit_event_contract")]
