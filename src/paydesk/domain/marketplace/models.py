"""What a marketplace tells us of its sellers: orders, bound payment methods, withdrawals, each event once."""

from django.db import models
from django.db.models import F, Q

from paydesk.domain.marketplace.rules import ABOUT_WITHDRAWALS, ASKS, EVENTS
from paydesk.domain.marketplace.states import ASK, LINK_STATES, LIVE_ASKS, ORDER, WITHDRAWAL
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


class PlatformAsk(models.Model):
    """What we ask of the platform about money of a seller. It moves nothing here: the platform's event does.

    `withdrawal` is the one that is meant, None where money of the balance is held or set free. `case_id` is
    the case it was asked from. `told_in` is the file it was handed over in, `answer` the event that says that
    it was done.
    """

    market = models.CharField(max_length=2)
    kind = models.CharField(max_length=8)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="asks")
    withdrawal = models.ForeignKey(Withdrawal, null=True, on_delete=models.PROTECT, related_name="asks")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.TextField()
    case_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=10, default=ASK.start)
    asked_by_id = models.BigIntegerField(null=True)
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    told_by = models.CharField(max_length=80, default="", db_default="")
    told_at = models.DateTimeField(null=True)
    told_in = models.BigIntegerField(null=True)
    answer = models.ForeignKey(MarketEvent, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=ASK.states, kind__in=list(ASKS)), name="platform_ask_words_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=ABOUT_WITHDRAWALS, withdrawal__isnull=False)
                | (~Q(kind__in=ABOUT_WITHDRAWALS) & Q(withdrawal=None)),
                name="platform_ask_about_one_thing",
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="platform_ask_above_zero"),
            models.CheckConstraint(
                condition=Q(state="told", told_at__isnull=False) | ~Q(state="told"),
                name="platform_ask_told_has_its_time",
            ),
            models.UniqueConstraint(
                fields=["kind", "withdrawal"], condition=Q(state__in=LIVE_ASKS),
                name="platform_ask_of_withdrawal_once",
            ),
            models.UniqueConstraint(
                fields=["kind", "party"], condition=Q(state__in=LIVE_ASKS, withdrawal=None),
                name="platform_ask_of_seller_once",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["market", "state"], name="platform_ask_live", condition=Q(state__in=LIVE_ASKS)
            ),
            models.Index(fields=["party", "-id"], name="platform_ask_of_seller"),
        ]
