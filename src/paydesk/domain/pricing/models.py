"""Rate cards of our accounts and their rates. Both are written once: another card begins on another day."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from paydesk.domain.pricing.rules import MILLION, Terms
from paydesk.domain.providers.models import SourceAccount


class RateCard(models.Model):
    """What the provider of an account keeps back from `valid_from` on, until the next card begins.

    Of two cards of one day the later made counts. A card without rates ends the one before: nothing is
    expected any more.
    """

    market = models.CharField(max_length=2)
    source_account = models.ForeignKey(SourceAccount, on_delete=models.PROTECT, related_name="rate_cards")
    valid_from = models.DateField()
    note = models.TextField()
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "pricing_ratecard"
        indexes = [models.Index(fields=["source_account", "-valid_from", "-id"], name="rate_card_newest")]


class Rate(models.Model):
    """One line of a card, for a method (""; any) from an amount on: see rules.Terms."""

    card = models.ForeignKey(RateCard, on_delete=models.PROTECT, related_name="rates")
    method = models.CharField(max_length=60, default="")
    from_minor = models.BigIntegerField(default=0)
    millionths = models.IntegerField(default=0)
    fixed_minor = models.BigIntegerField(default=0)
    least_minor = models.BigIntegerField(default=0)
    most_minor = models.BigIntegerField(null=True)
    tax_millionths = models.IntegerField(default=0, db_default=0)

    class Meta:
        db_table = "pricing_rate"
        constraints = [
            models.UniqueConstraint(fields=["card", "method", "from_minor"], name="rate_once_a_card"),
            models.CheckConstraint(
                condition=Q(
                    millionths__gte=0, millionths__lte=MILLION, fixed_minor__gte=0, from_minor__gte=0
                ),
                name="rate_keeps_a_part",
            ),
            models.CheckConstraint(
                condition=Q(tax_millionths__gte=0, tax_millionths__lte=MILLION), name="rate_tax_is_a_part"
            ),
            models.CheckConstraint(
                condition=Q(least_minor__gte=0)
                & (Q(most_minor__isnull=True) | Q(most_minor__gte=F("least_minor"))),
                name="rate_bounds_in_order",
            ),
        ]

    @property
    def terms(self) -> Terms:
        return Terms(
            self.method, self.from_minor, self.millionths, self.fixed_minor, self.least_minor,
            self.most_minor, self.tax_millionths,
        )  # fmt: skip
