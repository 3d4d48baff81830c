"""Escalations to risk, legal or a regulator; holds, blocks and limits on a party, with their appeals."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from paydesk.domain.risk.rules import (
    APPEALS,
    DECISIONS,
    KINDS,
    MEASURES,
    PARTY_KINDS,
    REASONS,
    SCOPES,
    SEVERITIES,
)
from paydesk.domain.risk.states import ENFORCEMENT, ESCALATION
from paydesk.foundation.people.models import Person


class Escalation(models.Model):
    """A case or payment (by link) that risk decides on: by whom, to whom, why, what was decided, on what.

    `document_ids` are files named as evidence of the decision. `is_restricted` says that named people alone
    see it and its case; who they are stands in foundation/people/restricted.py.
    """

    restricted_as = "escalation"

    market = models.CharField(max_length=2)
    subject_kind = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    kind = models.CharField(max_length=10)
    severity = models.CharField(max_length=8)
    state = models.CharField(max_length=14, default=ESCALATION.start)
    reason = models.TextField()
    is_restricted = models.BooleanField(default=False)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    raised_by_id = models.BigIntegerField(null=True)
    raised_by = models.CharField(max_length=80)
    raised_at = models.DateTimeField()
    acknowledged_by = models.CharField(max_length=80, default="", db_default="")
    acknowledged_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=14, default="", db_default="")
    decision_note = models.TextField(default="", db_default="")
    document_ids = models.JSONField(default=list, db_default=[])
    decided_by = models.CharField(max_length=80, default="", db_default="")
    decided_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1, db_default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ESCALATION.states), name="escalation_state_known"),
            models.CheckConstraint(condition=Q(kind__in=list(KINDS)), name="escalation_kind_known"),
            models.CheckConstraint(
                condition=Q(severity__in=list(SEVERITIES)), name="escalation_severity_known"
            ),
            models.CheckConstraint(
                condition=Q(state="decided", decision__in=list(DECISIONS), decided_at__isnull=False)
                | (~Q(state="decided") & Q(decision="", decided_at=None)),
                name="escalation_decided_says_what",
            ),
            models.CheckConstraint(
                condition=~Q(state="acknowledged") | Q(acknowledged_at__isnull=False),
                name="escalation_acknowledged_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id", "kind"],
                condition=~Q(state="decided"),
                name="escalation_open_once",
            ),
        ]
        indexes = [models.Index(fields=["market", "state", "-raised_at"], name="escalation_queue")]


class Enforcement(models.Model):
    """A hold, block or limit on a party: asked for, set by risk, until it is lifted or its end comes.

    A party is (kind, id), a phone by its digits in `party_key`. Each appeal is decided by another person
    than the one who set it.
    """

    market = models.CharField(max_length=2)
    party_kind = models.CharField(max_length=12)
    party_id = models.BigIntegerField(null=True)
    party_key = models.CharField(max_length=15, default="", db_default="")
    kind = models.CharField(max_length=6)
    scope = models.CharField(max_length=14)
    reason = models.CharField(max_length=20)
    note = models.TextField()
    limit_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, default="", db_default="")
    state = models.CharField(max_length=8, default=ENFORCEMENT.start)
    escalation = models.ForeignKey(
        Escalation, null=True, on_delete=models.PROTECT, related_name="enforcements"
    )
    asked_by_id = models.BigIntegerField(null=True)
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    set_by_id = models.BigIntegerField(null=True)
    set_by = models.CharField(max_length=80, default="", db_default="")
    set_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    lift_asked_by_id = models.BigIntegerField(null=True)
    lift_asked_by = models.CharField(max_length=80, default="", db_default="")
    lift_asked_at = models.DateTimeField(null=True)
    lift_reason = models.TextField(default="", db_default="")
    ended_by = models.CharField(max_length=80, default="", db_default="")
    ended_at = models.DateTimeField(null=True)
    appeal = models.CharField(max_length=8, default="", db_default="")
    appeal_case_id = models.BigIntegerField(null=True)
    appeal_at = models.DateTimeField(null=True)
    appeal_note = models.TextField(default="", db_default="")
    appeal_decided_by = models.CharField(max_length=80, default="", db_default="")
    appeal_decided_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1, db_default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ENFORCEMENT.states), name="enforcement_state_known"),
            models.CheckConstraint(
                condition=Q(
                    party_kind__in=list(PARTY_KINDS), kind__in=list(MEASURES), scope__in=list(SCOPES),
                    reason__in=list(REASONS), appeal__in=["", *APPEALS],
                ),
                name="enforcement_words_known",
            ),
            models.CheckConstraint(
                condition=Q(party_kind="payer_phone", party_id=None, party_key__regex="^[0-9]{5,15}$")
                | Q(party_kind="payer_phone", party_id=None, party_key="", state__in=["lifted", "expired"])
                | (~Q(party_kind="payer_phone") & Q(party_id__isnull=False, party_key="")),
                name="enforcement_of_one_party",
            ),
            models.CheckConstraint(
                condition=Q(kind="limit", limit_minor__gt=0) & ~Q(currency="")
                | (~Q(kind="limit") & Q(limit_minor=None, currency="")),
                name="enforcement_limit_has_an_amount",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "refused"]) | Q(set_at__isnull=False),
                name="enforcement_set_by_somebody",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["party_kind", "party_id"], name="enforcement_of_party", condition=Q(state="active")
            ),
            models.Index(
                fields=["party_key"],
                name="enforcement_of_phone",
                condition=Q(state="active", party_kind="payer_phone"),
            ),
            models.Index(fields=["expires_at"], name="enforcement_to_end", condition=Q(state="active")),
        ]
