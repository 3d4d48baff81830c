"""Requests of payers, passed on by a provider, that a payment to us be reversed."""

from django.db import models
from django.db.models import F, Q

from paydesk.domain.payments.models import Payment
from paydesk.domain.reversal_requests.rules import CONTESTS, REASONS
from paydesk.domain.reversal_requests.states import HOLDS_MONEY, OPEN, REVERSAL_REQUEST


class ReversalRequest(models.Model):
    """One request, of one payment. `held_minor` is what its payment keeps reserved for it.

    `reversed_before_minor` is what was taken back of the payment before: more than that is the provider's
    own row. `note` and `answer_note` are words of ours; `proof_id` is the letter that a no goes out with.
    """

    market = models.CharField(max_length=2)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="reversal_requests")
    state = models.CharField(max_length=10, default=REVERSAL_REQUEST.start)
    amount_minor = models.BigIntegerField()
    held_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    reversed_before_minor = models.BigIntegerField()
    case_number = models.CharField(max_length=64)
    reason = models.CharField(max_length=20)
    requested_at = models.DateTimeField()
    note = models.TextField(default="")
    evidence_id = models.BigIntegerField(null=True)
    recorded_by_id = models.BigIntegerField(null=True)
    recorded_by = models.CharField(max_length=80)
    recorded_at = models.DateTimeField()
    contest_reason = models.CharField(max_length=20, default="")
    answer_note = models.TextField(default="")
    proof_id = models.BigIntegerField(null=True)
    answered_by = models.CharField(max_length=80, default="")
    answered_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    outcome_note = models.TextField(default="")
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=REVERSAL_REQUEST.states), name="reversal_request_state_known"
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="reversal_request_above_zero"),
            models.CheckConstraint(
                condition=Q(reason__in=list(REASONS)), name="reversal_request_reason_known"
            ),
            models.CheckConstraint(
                condition=Q(contest_reason__in=["", *CONTESTS]), name="reversal_request_contest_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=HOLDS_MONEY, held_minor=F("amount_minor"))
                | (~Q(state__in=HOLDS_MONEY) & Q(held_minor=0)),
                name="reversal_request_holds_while_open",
            ),
            models.UniqueConstraint(
                fields=["payment"], condition=Q(state__in=OPEN), name="reversal_request_open_once"
            ),
            models.UniqueConstraint(fields=["payment", "case_number"], name="reversal_request_case_once"),
        ]
        indexes = [models.Index(fields=["market", "state", "requested_at"], name="reversal_request_queue")]
