"""Payments that a cardholder contests with their bank, and what we answer with."""

from django.db import models
from django.db.models import F, Q

from paydesk.domain.disputes.reason_codes import EVIDENCE, SCHEMES
from paydesk.domain.disputes.states import DISPUTE, OPEN
from paydesk.domain.payments.models import Payment
from paydesk.domain.providers.models import SourceAccount


class Dispute(models.Model):
    """One contested payment. What rows of the provider moved because of it stands on 1300 until it ended.

    `debited_minor` and `credited_minor` are those rows, `fee_minor` what the provider took for it (5040),
    below zero where more came back. `lost_minor` left 1300: `lost_of_payment_minor` of it came off the
    payment, so that it is owed again (`loss_entry_id`), the rest is our loss (5030). `told_by` is the
    provider's day to answer, `answer_by` the last day that follows from it and the scheme. `pack_id` is what
    went out with our answer; from then on its evidence is fixed.
    """

    market = models.CharField(max_length=2)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes")
    source_account = models.ForeignKey(SourceAccount, on_delete=models.PROTECT, related_name="disputes")
    state = models.CharField(max_length=16, default=DISPUTE.start)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    scheme = models.CharField(max_length=10, default="")
    reason_code = models.CharField(max_length=8, default="")
    provider_ref = models.CharField(max_length=64, default="")
    notice_on = models.DateField(null=True)
    told_by = models.DateField(null=True)
    answer_by = models.DateField(null=True)
    note = models.TextField(default="")
    debited_minor = models.BigIntegerField(default=0)
    credited_minor = models.BigIntegerField(default=0)
    fee_minor = models.BigIntegerField(default=0)
    won_minor = models.BigIntegerField(default=0)
    lost_minor = models.BigIntegerField(default=0)
    lost_of_payment_minor = models.BigIntegerField(default=0)
    loss_entry_id = models.BigIntegerField(null=True)
    opened_by_id = models.BigIntegerField(null=True)
    opened_by = models.CharField(max_length=80)
    opened_at = models.DateTimeField()
    answer_note = models.TextField(default="")
    answered_by = models.CharField(max_length=80, default="")
    answered_at = models.DateTimeField(null=True)
    pack_id = models.BigIntegerField(null=True)
    outcome_note = models.TextField(default="")
    outcome_document_id = models.BigIntegerField(null=True)
    finished_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=DISPUTE.states), name="dispute_state_known"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="dispute_amount_above_zero"),
            models.CheckConstraint(condition=Q(scheme__in=["", *SCHEMES]), name="dispute_scheme_known"),
            models.CheckConstraint(
                condition=Q(state__in=["inquiry", "opened", "withdrawn"])
                | Q(notice_on__isnull=False, answer_by__isnull=False) & ~Q(scheme="") & ~Q(reason_code=""),
                name="dispute_has_its_notice",
            ),
            models.CheckConstraint(
                condition=Q(won_minor__gte=0, won_minor__lte=F("amount_minor")), name="dispute_won_within"
            ),
            models.CheckConstraint(
                condition=Q(
                    credited_minor__gte=0,
                    lost_of_payment_minor__gte=0,
                    lost_minor__gte=F("lost_of_payment_minor"),
                    debited_minor__gte=F("credited_minor") + F("lost_minor"),
                ),
                name="dispute_funds_add_up",
            ),
            models.CheckConstraint(
                condition=Q(lost_of_payment_minor=0, loss_entry_id__isnull=True)
                | Q(lost_of_payment_minor__gt=0, loss_entry_id__isnull=False),
                name="dispute_loss_is_posted",
            ),
            models.UniqueConstraint(
                fields=["payment"], condition=Q(state__in=OPEN), name="dispute_open_once"
            ),
            models.UniqueConstraint(
                fields=["source_account", "provider_ref"], condition=~Q(provider_ref=""),
                name="dispute_reference_once",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["market", "state", "answer_by"], name="dispute_queue")]


class Evidence(models.Model):
    """What was given for one line of the checklist: a document, a message, or why there is none."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="evidence")
    kind = models.CharField(max_length=40)
    document_id = models.BigIntegerField(null=True)
    message_id = models.BigIntegerField(null=True)
    absent_because = models.TextField(default="")
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dispute", "kind"], name="dispute_evidence_once"),
            models.CheckConstraint(condition=Q(kind__in=list(EVIDENCE)), name="dispute_evidence_known"),
            models.CheckConstraint(
                condition=Q(document_id__isnull=False, message_id__isnull=True, absent_because="")
                | Q(document_id__isnull=True, message_id__isnull=False, absent_because="")
                | Q(document_id__isnull=True, message_id__isnull=True) & ~Q(absent_because=""),
                name="dispute_evidence_is_one_thing",
            ),
        ]
