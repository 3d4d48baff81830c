"""What is kept how long, holds, erasures, redactions, packs that were handed out; the proof that it ran."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from paydesk.domain.parties.models import Customer, Party
from paydesk.domain.retention.rules import CLASSES, PACKS
from paydesk.domain.retention.states import ERASURE, PACK, REDACTION


def subject_of(customer_id: int | None, party_id: int | None) -> tuple[str, int]:
    """(kind, id) of a person, as links have it."""
    return ("customer", customer_id) if customer_id is not None else ("seller", party_id or 0)


class RetentionRule(models.Model):
    """How long a class of data is kept in a market ("" for all); the newest counts, none is changed."""

    data_class = models.CharField(max_length=20)
    market = models.CharField(max_length=2, default="", db_default="")
    keep_days = models.IntegerField()
    source = models.TextField()
    source_on = models.DateField()
    set_by = models.CharField(max_length=80)
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(data_class__in=list(CLASSES), keep_days__gt=0) & ~Q(source=""),
                name="retention_rule_is_sound",
            ),
        ]


class LegalHold(models.Model):
    """Nothing of a person or of a case is erased until a second person lifts this."""

    market = models.CharField(max_length=2)
    customer = models.ForeignKey(Customer, null=True, on_delete=models.PROTECT, related_name="+")
    party = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    case_id = models.BigIntegerField(null=True)
    reason = models.TextField()
    placed_by_id = models.BigIntegerField(null=True)
    placed_by = models.CharField(max_length=80)
    placed_at = models.DateTimeField()
    lifted_by = models.CharField(max_length=80, default="", db_default="")
    lifted_at = models.DateTimeField(null=True)
    lift_reason = models.TextField(default="", db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(customer__isnull=False, case_id=None, party=None)
                | Q(customer=None, case_id__isnull=False, party=None)
                | Q(customer=None, case_id=None, party__isnull=False),
                name="legal_hold_of_one_thing",
            ),
            models.UniqueConstraint(
                fields=["customer"], condition=Q(lifted_at=None), name="legal_hold_of_customer_once"
            ),
            models.UniqueConstraint(
                fields=["case_id"], condition=Q(lifted_at=None), name="legal_hold_of_case_once"
            ),
            models.UniqueConstraint(
                fields=["party"], condition=Q(lifted_at=None), name="legal_hold_of_seller_once"
            ),
        ]

    @property
    def subject(self) -> tuple[str, int]:
        """(kind, id) of what is held."""
        if self.case_id is not None:
            return "case", self.case_id
        return subject_of(self.customer_id, self.party_id)


class RetentionRun(models.Model):
    """One night of the schedule: what was erased and passed over per class. `hash` covers the run before."""

    number = models.BigIntegerField(unique=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    erased = models.JSONField()
    held = models.JSONField()
    schedule = models.JSONField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)


class Erasure(models.Model):
    """Somebody asked that we forget them: a customer, or who sells and is none. Who decided, and what was
    replaced (counts, no names)."""

    market = models.CharField(max_length=2)
    customer = models.ForeignKey(Customer, null=True, on_delete=models.PROTECT, related_name="+")
    party = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, default=ERASURE.start)
    reason = models.TextField()
    asked_by_id = models.BigIntegerField(null=True)
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    decided_by = models.CharField(max_length=80, default="", db_default="")
    decided_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict, db_default={})
    fingerprint = models.CharField(max_length=64, default="", db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ERASURE.states), name="erasure_state_known"),
            models.UniqueConstraint(
                fields=["customer"], condition=Q(state="asked"), name="erasure_asked_once"
            ),
            models.UniqueConstraint(
                fields=["party"], condition=Q(state="asked"), name="erasure_of_seller_asked_once"
            ),
            models.CheckConstraint(
                condition=Q(customer__isnull=False, party=None) | Q(customer=None, party__isnull=False),
                name="erasure_of_one_person",
            ),
        ]

    @property
    def subject(self) -> tuple[str, int]:
        """(kind, id) of the person."""
        return subject_of(self.customer_id, self.party_id)


class Redaction(models.Model):
    """Words or a file taken out of a case by hand. `words` is empty once they are gone; their hash stays."""

    market = models.CharField(max_length=2)
    case_id = models.BigIntegerField()
    message_id = models.BigIntegerField(null=True)
    attachment_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=8, default=REDACTION.start)
    is_card = models.BooleanField(default=False)
    words = models.TextField(default="", db_default="")
    fingerprint = models.CharField(max_length=64)
    reason = models.TextField()
    places = models.IntegerField(default=0)
    asked_by_id = models.BigIntegerField(null=True)
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    decided_by = models.CharField(max_length=80, default="", db_default="")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=REDACTION.states), name="redaction_state_known"),
            models.CheckConstraint(
                condition=Q(message_id__isnull=False, attachment_id=None)
                | Q(message_id=None, attachment_id__isnull=False),
                name="redaction_of_one_thing",
            ),
            models.CheckConstraint(condition=Q(state="asked") | Q(words=""), name="redaction_keeps_no_words"),
        ]
        indexes = [models.Index(fields=["case_id"], name="redaction_of_case")]


class Pack(models.Model):
    """One file that was put together about a case or payment, or for a person about themselves."""

    market = models.CharField(max_length=2)
    kind = models.CharField(max_length=8)
    subject_kind = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    reason = models.TextField()
    state = models.CharField(max_length=8, default=PACK.start)
    asked_by_id = models.BigIntegerField(null=True)
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    document_id = models.BigIntegerField(null=True)
    over_all = models.CharField(max_length=64, default="", db_default="")
    missing = models.JSONField(default=list, db_default=[])
    made_at = models.DateTimeField(null=True)
    problem = models.TextField(default="", db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=PACK.states, kind__in=list(PACKS)), name="pack_words_known"
            ),
            models.CheckConstraint(
                condition=Q(state="made", document_id__isnull=False) | ~Q(state="made"),
                name="pack_made_has_a_file",
            ),
        ]
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="pack_of_subject")]
