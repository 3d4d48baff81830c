"""What was learnt about who pays for whom, and whose money in suspense probably is."""

from django.db import models
from django.db.models import Q


class PayerLink(models.Model):
    """Payments from this phone were meant for this contract: so said the number typed, or a person.

    `confirmations` are as of `last_confirmed_on`; they halve for every 90 days without a new one. A
    person who moves such a payment away revokes the link; new confirmations make it live again.
    """

    market = models.CharField(max_length=2)
    msisdn = models.CharField(max_length=15)
    contract = models.ForeignKey("contracts.Contract", on_delete=models.PROTECT, db_constraint=False)
    confirmations = models.IntegerField()
    first_confirmed_on = models.DateField()
    last_confirmed_on = models.DateField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "payments"
        constraints = [
            models.UniqueConstraint(fields=["msisdn", "contract"], name="payer_link_once"),
            models.CheckConstraint(
                condition=Q(confirmations__gte=0, last_confirmed_on__gte=models.F("first_confirmed_on")),
                name="payer_link_sound",
            ),
        ]


class Learning(models.Model):
    """How far payments were learnt from: one row. Ids up to `head_id` were drawn before `head_xid`, so that
    once all older transactions ended none of them can still appear."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    through_id = models.BigIntegerField(default=0)
    head_id = models.BigIntegerField(default=0)
    head_xid = models.BigIntegerField(default=0)

    class Meta:
        app_label = "payments"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="learning_one_row")]


class StoredSuggestion(models.Model):
    """The likeliest contract of a payment in suspense when it was last looked at; none if nothing spoke.

    The reason names no person and no phone. Lists read it; one payment on screen is always looked at anew.
    """

    payment = models.OneToOneField(
        "payments.Payment", on_delete=models.PROTECT, primary_key=True, db_constraint=False,
        related_name="stored_suggestion",
    )  # fmt: skip
    market = models.CharField(max_length=2)
    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, null=True, db_constraint=False, db_index=False
    )
    score = models.SmallIntegerField()
    reason = models.TextField()
    looked_at = models.DateTimeField()

    class Meta:
        app_label = "payments"
        indexes = [
            models.Index(
                fields=["market"], name="suggestion_of_contract", condition=Q(contract__isnull=False)
            )
        ]


class PossibleDouble(models.Model):
    """A payment that came minutes after a similar one: same payer, phone, amount and contract, other ids.

    Of unknown payers the phone is the same, or the name as sent. Both are posted: people do pay twice on
    purpose. It is only shown, so that a person can ask; `on_purpose_at` says since when nobody need ask.
    """

    payment = models.OneToOneField(
        "payments.Payment", on_delete=models.PROTECT, primary_key=True, db_constraint=False,
        related_name="possible_double",
    )  # fmt: skip
    first = models.ForeignKey(
        "payments.Payment", on_delete=models.PROTECT, db_constraint=False, related_name="similar_after"
    )
    market = models.CharField(max_length=2)
    value_on = models.DateField()
    on_purpose_at = models.DateTimeField(null=True)
    on_purpose_by = models.CharField(max_length=80, default="", db_default="")

    class Meta:
        app_label = "payments"
        indexes = [
            models.Index(
                fields=["market", "-value_on"],
                name="possible_double_newest",
                condition=Q(on_purpose_at__isnull=True),
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(payment=models.F("first")), name="possible_double_of_another"
            ),
            models.CheckConstraint(
                condition=Q(on_purpose_at__isnull=True, on_purpose_by="")
                | (Q(on_purpose_at__isnull=False) & ~Q(on_purpose_by="")),
                name="possible_double_answered_by_somebody",
            ),
        ]
