"""What people of the desk propose to change so that less goes wrong, who is for it, what came of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from paydesk.domain.improvements.rules import EVIDENCE
from paydesk.domain.improvements.states import IMPROVEMENT


class Improvement(models.Model):
    """A proposal. `expected` is what it should change; `root_cause` and `category` name the cases it should
    spare, "" for any. `before` and `since` are cases per million payments, as measured. Its owner is an
    assignment."""

    market = models.CharField(max_length=2)
    title = models.CharField(max_length=120)
    problem = models.TextField()
    expected = models.TextField()
    root_cause = models.CharField(max_length=40, default="", db_default="")
    category = models.CharField(max_length=40, default="", db_default="")
    state = models.CharField(max_length=10, default=IMPROVEMENT.start)
    proposed_by = models.CharField(max_length=80)
    proposed_at = models.DateTimeField()
    decided_by = models.CharField(max_length=80, default="", db_default="")
    decided_at = models.DateTimeField(null=True)
    decision = models.TextField(default="", db_default="")
    done_at = models.DateTimeField(null=True)
    measured = models.TextField(default="", db_default="")
    measured_at = models.DateTimeField(null=True)
    before = models.BigIntegerField(null=True)
    since = models.BigIntegerField(null=True)
    version = models.IntegerField(default=1, db_default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=IMPROVEMENT.states), name="improvement_state_known"),
            models.CheckConstraint(
                condition=Q(state="measured", measured_at__isnull=False) & ~Q(measured="")
                | (~Q(state="measured") & Q(measured_at=None, measured="")),
                name="improvement_measured_says_what",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("done", "measured"), done_at__isnull=False)
                | (~Q(state__in=("done", "measured")) & Q(done_at=None)),
                name="improvement_done_has_its_time",
            ),
        ]
        indexes = [models.Index(fields=["market", "state", "-proposed_at"], name="improvement_by_state")]


class Evidence(models.Model):
    """What shows the problem: a case or an incident by number, a root cause by its code."""

    improvement = models.ForeignKey(
        Improvement, on_delete=models.PROTECT, related_name="evidence", db_index=False
    )
    kind = models.CharField(max_length=10)
    key = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["improvement", "kind", "key"], name="evidence_once"),
            models.CheckConstraint(condition=Q(kind__in=list(EVIDENCE)), name="evidence_kind_known"),
        ]


class Vote(models.Model):
    """Somebody is for it; one vote a person, which they may take back."""

    improvement = models.ForeignKey(
        Improvement, on_delete=models.PROTECT, related_name="votes", db_index=False
    )
    person_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["improvement", "person_id"], name="vote_once_a_person")
        ]
