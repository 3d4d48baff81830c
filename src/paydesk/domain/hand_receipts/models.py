"""Payments a person saw proof of before the provider's file or callback came."""

from django.db import models
from django.db.models import Q

from paydesk.domain.hand_receipts.states import HAND_RECEIPT
from paydesk.domain.providers.models import SourceAccount
from paydesk.domain.statements.models import StatementLine


class HandReceipt(models.Model):
    """One payment entered by a person with evidence, and received once a second person agreed.

    Its statement line stands in the place of the provider's; when the provider's own row comes it is known
    already and proves it. `msisdn`, `payer_name` and `note` are personal data that can be erased.
    """

    source_account = models.ForeignKey(SourceAccount, on_delete=models.PROTECT, related_name="hand_receipts")
    market = models.CharField(max_length=2)
    state = models.CharField(max_length=10, default=HAND_RECEIPT.start)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    paid_at = models.DateTimeField()
    provider_ref = models.TextField()
    reference = models.TextField()
    msisdn = models.CharField(max_length=15)
    payer_name = models.TextField()
    note = models.TextField()
    document_id = models.BigIntegerField()
    asked_by_id = models.BigIntegerField(null=True)
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)
    line = models.OneToOneField(
        StatementLine, on_delete=models.PROTECT, null=True, db_constraint=False, related_name="hand_receipt"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=HAND_RECEIPT.states), name="hand_receipt_state_known"
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="hand_receipt_amount_above_zero"),
            models.CheckConstraint(
                condition=~Q(state="received") | Q(line__isnull=False, received_at__isnull=False),
                name="hand_receipt_received_has_line",
            ),
            models.UniqueConstraint(
                fields=["source_account", "provider_ref"],
                condition=Q(state="asked"),
                name="hand_receipt_asked_once",
            ),
        ]
        indexes = [models.Index(fields=["market", "state", "asked_at"], name="hand_receipt_queue")]
