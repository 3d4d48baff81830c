"""What one person asked for and another decides; limits, absences, and who is close to whom."""

from django.db import models
from django.db.models import F, Q

from paydesk.foundation.approvals.states import APPROVAL


class Approval(models.Model):
    """Asked for by one person, decided by another, carried out once.

    `subject` is a link (kind, id) to what it is about. `payload` is everything the verb will do, bound by
    `payload_hash`. `right` is what the decider must have. `batch` groups what is decided together. `reasons`
    say what to look at: none is green. `note` is the asking person's own words.
    """

    kind = models.CharField(max_length=40)
    market = models.CharField(max_length=2)
    subject_kind = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    payload = models.JSONField()
    payload_hash = models.CharField(max_length=64)
    right = models.CharField(max_length=80)
    batch = models.CharField(max_length=80)
    amount_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, default="")
    flag = models.CharField(max_length=5)
    reasons = models.JSONField(default=list)
    note = models.TextField(default="")
    evidence_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=10, default=APPROVAL.start)
    asked_by_id = models.BigIntegerField(null=True)
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    decided_by_id = models.BigIntegerField(null=True)
    decided_by = models.CharField(max_length=80, default="")
    decided_for_id = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    decision_note = models.TextField(default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=APPROVAL.states), name="approval_state_known"),
            models.CheckConstraint(condition=Q(flag__in=["green", "amber"]), name="approval_flag_known"),
            models.CheckConstraint(
                condition=~Q(state="approved")
                | Q(decided_by_id__isnull=False, decided_at__isnull=False)
                & (Q(asked_by_id__isnull=True) | ~Q(decided_by_id=F("asked_by_id"))),
                name="approval_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__isnull=True) | ~Q(currency=""), name="approval_amount_has_currency"
            ),
            models.UniqueConstraint(
                fields=["kind", "subject_kind", "subject_id"],
                condition=Q(state="pending"),
                name="approval_asked_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["market", "asked_at"], name="approval_pending", condition=Q(state="pending")
            ),
            models.Index(fields=["subject_kind", "subject_id"], name="approval_subject"),
        ]


class Limit(models.Model):
    """Up to how much the first checker of a right decides in a market and currency."""

    right = models.CharField(max_length=60)
    market = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    set_by = models.CharField(max_length=80)
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["right", "market", "currency"], name="limit_once"),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="limit_not_negative"),
        ]


class Delegation(models.Model):
    """Somebody is away and another person decides in their place, by name and date."""

    person_id = models.BigIntegerField()
    stands_in_id = models.BigIntegerField()
    from_on = models.DateField()
    through_on = models.DateField()
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(through_on__gte=F("from_on")), name="delegation_days_in_order"
            ),
            models.CheckConstraint(condition=~Q(person_id=F("stands_in_id")), name="delegation_to_another"),
        ]


class Relation(models.Model):
    """A person of the desk is close to a party (their own account, a relative's): they do not act on it.

    It counts until `ended_at`; what was ended stays on record, and may be declared again.
    """

    person_id = models.BigIntegerField()
    party_kind = models.CharField(max_length=20)
    party_id = models.BigIntegerField()
    declared_by = models.CharField(max_length=80)
    declared_at = models.DateTimeField()
    ended_by = models.CharField(max_length=80, default="")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person_id", "party_kind", "party_id"],
                condition=Q(ended_at=None),
                name="relation_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | ~Q(ended_by=""), name="relation_ended_by_somebody"
            ),
        ]
