"""What a marketplace tells us of its sellers: orders, bound payment methods, withdrawals, each event once."""

from django.db import models
from django.db.models import F, Q

from paydesk.domain.marketplace.rules import EVENTS
from paydesk.domain.marketplace.states import LINK_STATES, ORDER, WITHDRAWAL
from paydesk.domain.parties.models import Party
from paydesk.domain.providers.models import SourceAccount


class MarketEvent(models.Model):
    """An event as it came: which row of which file, and what it was about. Never changed."""

    source_account = models.ForeignKey(SourceAccount, on_delete=models.PROTECT, related_name="market_events")
    event_id = models.CharField(max_length=80)
    kind = models.CharField(max_length=24)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="market_events")
    amount_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    about_kind = models.CharField(max_length=12, default="")
    about_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    document_id = models.BigIntegerField(null=True)
    line_no = models.IntegerField()
    taken_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source_account", "event_id"], name="market_event_once"),
            models.CheckConstraint(condition=Q(kind__in=list(EVENTS)), name="market_event_kind_known"),
        ]
        indexes = [models.Index(fields=["about_kind", "about_id"], name="market_event_about")]


class SellerOrder(models.Model):
    """An order a buyer paid. The seller's part is the amount less our fee."""

    market = models.CharField(max_length=2)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="orders")
    external_ref = models.CharField(max_length=64)
    amount_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=10, default=ORDER.start)
    paid_at = models.DateTimeField()
    available_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["market", "external_ref"], name="seller_order_once"),
            models.CheckConstraint(condition=Q(state__in=ORDER.states), name="seller_order_state_known"),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, fee_minor__gte=0, fee_minor__lte=F("amount_minor")),
                name="seller_order_amounts_sound",
            ),
        ]


class LinkAttempt(models.Model):
    """A seller tried to bind a payment method; where it failed, with the reason the provider gave."""

    market = models.CharField(max_length=2)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="link_attempts")
    external_ref = models.CharField(max_length=80)
    method = models.CharField(max_length=40)
    state = models.CharField(max_length=8)
    reason_code = models.CharField(max_length=40, default="")
    reason = models.CharField(max_length=200, default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["market", "external_ref"], name="link_attempt_once"),
            models.CheckConstraint(condition=Q(state__in=LINK_STATES), name="link_attempt_state_known"),
        ]


class Withdrawal(models.Model):
    """A seller takes money out: from available (2060) through transit (1030) to their account, or back."""

    market = models.CharField(max_length=2)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="withdrawals")
    external_ref = models.CharField(max_length=64)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    method = models.CharField(max_length=40, default="")
    state = models.CharField(max_length=12, default=WITHDRAWAL.start)
    reason_code = models.CharField(max_length=40, default="")
    reason = models.CharField(max_length=200, default="")
    requested_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["market", "external_ref"], name="withdrawal_once"),
            models.CheckConstraint(condition=Q(state__in=WITHDRAWAL.states), name="withdrawal_state_known"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="withdrawal_above_zero"),
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(reason_code=""), name="withdrawal_failed_says_why"
            ),
        ]
