"""Money going back to a payer, and the payout files it goes out with."""

from django.db import models
from django.db.models import F, Q

from paydesk.domain.parties.models import Customer
from paydesk.domain.payments.models import Payment
from paydesk.domain.providers.models import SourceAccount
from paydesk.domain.refunds.rules import PAYEE_KINDS, RAILS, REASONS
from paydesk.domain.refunds.states import PAYOUT_FILE, REFUND


class PayoutFile(models.Model):
    """Refunds released together: one file to upload at a provider or a bank, from one account of ours."""

    market = models.CharField(max_length=2)
    source_account = models.ForeignKey(SourceAccount, on_delete=models.PROTECT, related_name="payout_files")
    format = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    count = models.IntegerField()
    total_minor = models.BigIntegerField()
    state = models.CharField(max_length=10, default=PAYOUT_FILE.start)
    document_id = models.BigIntegerField(null=True)
    asked_by_id = models.BigIntegerField(null=True)
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    released_by = models.CharField(max_length=80, default="")
    released_at = models.DateTimeField(null=True)
    sent_by = models.CharField(max_length=80, default="")
    sent_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=PAYOUT_FILE.states), name="payout_file_state_known"),
        ]


class PayoutProfile(models.Model):
    """The columns that the bulk file of one account needs: [heading, field of the writer] each, in order."""

    source_account = models.OneToOneField(
        SourceAccount, on_delete=models.PROTECT, related_name="payout_profile"
    )
    columns = models.JSONField()
    delimiter = models.CharField(max_length=1, default=",")
    saved_by = models.CharField(max_length=80)
    saved_at = models.DateTimeField()


class Refund(models.Model):
    """Money of one payment on its way back. The payment reserves it from the request on.

    `payee_*` says where it goes; personal data that can be erased. `reasons` say what to look at: none is
    green. `approved_by_id` decided that it is due, another person releases it.
    """

    market = models.CharField(max_length=2)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="refunds")
    state = models.CharField(max_length=12, default=REFUND.start)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=20)
    note = models.TextField()
    payee_kind = models.CharField(max_length=12)
    payee_name = models.TextField()
    payee_account = models.CharField(max_length=64)
    rail = models.CharField(max_length=14)
    reasons = models.JSONField(default=list)
    requested_by_id = models.BigIntegerField(null=True)
    requested_by = models.CharField(max_length=80)
    requested_at = models.DateTimeField()
    approved_by_id = models.BigIntegerField(null=True)
    approved_by = models.CharField(max_length=80, default="")
    approved_at = models.DateTimeField(null=True)
    owed = models.BooleanField(default=False)  # 2050 holds it
    payout_file = models.ForeignKey(PayoutFile, on_delete=models.PROTECT, null=True, related_name="refunds")
    sent_at = models.DateTimeField(null=True)
    tries = models.IntegerField(default=0)
    provider_ref = models.TextField(default="")
    finished_at = models.DateTimeField(null=True)
    failure = models.TextField(default="")
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=REFUND.states), name="refund_state_known"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="refund_amount_above_zero"),
            models.CheckConstraint(condition=Q(reason__in=list(REASONS)), name="refund_reason_known"),
            models.CheckConstraint(condition=Q(payee_kind__in=list(PAYEE_KINDS)), name="refund_payee_known"),
            models.CheckConstraint(condition=Q(rail__in=list(RAILS)), name="refund_rail_known"),
            models.CheckConstraint(
                condition=Q(approved_by_id__isnull=True)
                | Q(requested_by_id__isnull=True)
                | ~Q(approved_by_id=F("requested_by_id")),
                name="refund_approved_by_another",
            ),
        ]
        indexes = [
            models.Index(fields=["market", "state", "requested_at"], name="refund_queue"),
            models.Index(fields=["payee_account", "-requested_at"], name="refund_payee"),
        ]
