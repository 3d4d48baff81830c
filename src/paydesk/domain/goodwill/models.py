"""Money we give a customer because something went wrong for them."""

from django.db import models
from django.db.models import F, Q

from paydesk.domain.cases.models import Case
from paydesk.domain.contracts.models import Contract
from paydesk.domain.goodwill.rules import GOES_TO, REASONS
from paydesk.domain.goodwill.states import GOODWILL
from paydesk.domain.parties.models import Customer


class Goodwill(models.Model):
    """An amount given from a case. Dr 5070 / Cr 2010, and on to the contract's due items or to 2040.

    `payment_id` is the payment it makes good for, if there is one. `earlier` names what was given before.
    """

    market = models.CharField(max_length=2)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="goodwill")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="goodwill")
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, null=True, related_name="goodwill")
    payment_id = models.BigIntegerField(null=True)
    goes_to = models.CharField(max_length=10)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=20)
    note = models.TextField()
    earlier = models.JSONField(default=list)
    state = models.CharField(max_length=10, default=GOODWILL.start)
    asked_by_id = models.BigIntegerField(null=True)
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    approved_by_id = models.BigIntegerField(null=True)
    given_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=80, default="")
    undone_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=GOODWILL.states), name="goodwill_state_known"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="goodwill_above_zero"),
            models.CheckConstraint(condition=Q(reason__in=list(REASONS)), name="goodwill_reason_known"),
            models.CheckConstraint(
                condition=Q(goes_to="contract", contract__isnull=False)
                | Q(goes_to="credit", contract__isnull=True),
                name="goodwill_goes_somewhere",
            ),
            models.CheckConstraint(condition=Q(goes_to__in=list(GOES_TO)), name="goodwill_way_known"),
            models.CheckConstraint(
                condition=Q(approved_by_id__isnull=True)
                | Q(asked_by_id__isnull=True)
                | ~Q(approved_by_id=F("asked_by_id")),
                name="goodwill_approved_by_another",
            ),
            # A second one is never one person's act.
            models.CheckConstraint(
                condition=Q(earlier=[]) | ~Q(state__in=["given", "undone"]) | Q(approved_by_id__isnull=False),
                name="goodwill_second_by_two",
            ),
        ]
        indexes = [
            models.Index(
                fields=["payment_id"], name="goodwill_payment", condition=Q(payment_id__isnull=False)
            ),
            models.Index(fields=["market", "-asked_at"], name="goodwill_newest"),
        ]
