"""Payments that are not final yet, and what providers answered when asked about them."""

from django.db import models
from django.db.models import Q

from paydesk.domain.callbacks.states import PENDING
from paydesk.domain.providers.models import SourceAccount


class PendingPayment(models.Model):
    """A payment a provider accepted and has not finished; it posts nothing.

    `ask_ref` is the id to know and to ask by: Hubtel's transaction, M-Pesa's checkout request. `amount_minor`
    is None where the provider did not say it. `due_at` is when the desk acts next; None: a person does.
    """

    source_account = models.ForeignKey(SourceAccount, on_delete=models.PROTECT)
    ask_ref = models.TextField()
    reference = models.TextField()
    amount_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    msisdn = models.CharField(max_length=15)
    payer_name = models.TextField()
    heard_at = models.DateTimeField()
    state = models.CharField(max_length=12, default=PENDING.start)
    asked = models.SmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    line_id = models.BigIntegerField(null=True)
    closed_reason = models.TextField(default="")
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source_account", "ask_ref"], name="pending_payment_once"),
            models.CheckConstraint(condition=Q(state__in=PENDING.states), name="pending_payment_state_known"),
            models.CheckConstraint(
                condition=Q(amount_minor__isnull=True) | Q(amount_minor__gt=0),
                name="pending_payment_amount_positive",
            ),
            models.CheckConstraint(
                condition=~Q(state="expired") | ~Q(closed_reason=""),
                name="pending_payment_closed_with_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="pending_payment_due", condition=Q(due_at__isnull=False)),
            models.Index(
                fields=["heard_at"], name="pending_payment_open", condition=Q(state__in=["waiting", "stale"])
            ),
        ]


class StatusAnswer(models.Model):
    """What was asked about a pending payment and what came back; written once. `message_id` is the answer."""

    pending = models.ForeignKey(PendingPayment, on_delete=models.PROTECT, related_name="answers")
    asked_at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    question = models.TextField()
    outcome = models.CharField(max_length=16)
    note = models.TextField(default="")
    message_id = models.BigIntegerField(null=True)
