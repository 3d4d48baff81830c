"""What an agent did with a case, looked at: scorecards and plans in versions, marks, what the agent says."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from paydesk.domain.cases.models import Case
from paydesk.domain.quality.review_rules import ANSWERS, FOLLOWED, LOOKS_AT, REASONS
from paydesk.domain.quality.states import REVIEW
from paydesk.foundation.people.models import Person


class Scorecard(models.Model):
    """What reviews of cases, or of escalations, look at: [{"code", "words", "weight", "critical"}].

    The newest version counts.
    """

    of = models.CharField(max_length=10, default="case", db_default="case")
    version = models.IntegerField()
    items = models.JSONField()
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "quality_scorecard"
        constraints = [
            models.UniqueConstraint(fields=["of", "version"], name="scorecard_version_once"),
            models.CheckConstraint(condition=Q(of__in=list(LOOKS_AT)), name="scorecard_of_known"),
        ]


class SamplingPlan(models.Model):
    """Which resolved cases are reviewed (`review_rules.Plan`). The newest version counts."""

    version = models.IntegerField(unique=True)
    plan = models.JSONField()
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "quality_sampling_plan"


class Calibration(models.Model):
    """Two reviewers score the same work without seeing each other's marks; it counts for nobody's score."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()

    class Meta:
        db_table = "quality_calibration"


class Review(models.Model):
    """One look at what `agent` did with a case. `marks` are {"code": "yes"} by the scorecard's items.

    `escalated_kind` and `escalated_id` are the link ("escalation", 3) or ("side", 8) where it is that the
    case was handed to risk or finance that is looked at; then the agent is whoever handed it on.
    `reviewer_id` is whoever scored it, or is to where it is a calibration. After an appeal `first_percent`
    keeps what was scored before. The agent answers or appeals once.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reviews")
    market = models.CharField(max_length=2)
    agent = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="reviews")
    escalated_kind = models.CharField(max_length=10, default="", db_default="")
    escalated_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=12)
    state = models.CharField(max_length=10, default=REVIEW.start)
    calibration = models.ForeignKey(Calibration, null=True, on_delete=models.PROTECT, related_name="reviews")
    sampled_at = models.DateTimeField()
    worked_at = models.DateTimeField()
    reviewer_id = models.BigIntegerField(null=True)
    scorecard = models.ForeignKey(Scorecard, null=True, on_delete=models.PROTECT, related_name="+")
    marks = models.JSONField(default=dict, db_default={})
    percent = models.IntegerField(null=True)
    critical_failed = models.BooleanField(default=False, db_default=False)
    followed = models.CharField(max_length=12, default="", db_default="")
    coaching = models.TextField(default="", db_default="")
    scored_at = models.DateTimeField(null=True)
    answer_kind = models.CharField(max_length=8, default="", db_default="")
    answer = models.TextField(default="", db_default="")
    answered_at = models.DateTimeField(null=True)
    first_percent = models.IntegerField(null=True)
    settled_by_id = models.BigIntegerField(null=True)
    settled_note = models.TextField(default="", db_default="")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "quality_review"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=REVIEW.states), name="review_state_known"),
            models.CheckConstraint(condition=Q(reason__in=list(REASONS)), name="review_reason_known"),
            models.CheckConstraint(condition=Q(followed__in=["", *FOLLOWED]), name="review_followed_known"),
            models.CheckConstraint(condition=Q(answer_kind__in=["", *ANSWERS]), name="review_answer_known"),
            models.CheckConstraint(
                condition=Q(percent__isnull=True) | Q(percent__gte=0, percent__lte=100),
                name="review_score_in_percent",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "dropped"], percent__isnull=True)
                | (
                    ~Q(state__in=["waiting", "dropped"])
                    & Q(percent__isnull=False, scorecard__isnull=False, reviewer_id__isnull=False)
                ),
                name="review_scored_has_a_score",
            ),
            models.CheckConstraint(condition=~Q(reviewer_id=F("agent_id")), name="review_by_another"),
            models.CheckConstraint(
                condition=~Q(settled_by_id=F("agent_id")) & ~Q(settled_by_id=F("reviewer_id"))
                | Q(settled_by_id__isnull=True),
                name="review_settled_by_a_third",
            ),
            models.CheckConstraint(
                condition=Q(critical_failed=False) | Q(percent=0), name="review_critical_is_nothing"
            ),
            models.UniqueConstraint(
                fields=["case", "agent"],
                condition=Q(calibration__isnull=True, escalated_kind=""),
                name="review_once",
            ),
            models.UniqueConstraint(
                fields=["escalated_kind", "escalated_id"],
                condition=~Q(escalated_kind=""),
                name="review_of_escalated_once",
            ),
            models.CheckConstraint(
                condition=Q(escalated_kind="", escalated_id=None)
                | Q(escalated_kind__in=["escalation", "side"], escalated_id__isnull=False),
                name="review_escalated_link",
            ),
        ]
        indexes = [
            models.Index(fields=["agent", "worked_at"], name="review_of_agent"),
            models.Index(fields=["market", "state", "sampled_at"], name="review_queue"),
        ]

    @property
    def looks_at(self) -> str:
        """Of `review_rules.LOOKS_AT`."""
        return "escalation" if self.escalated_kind else "case"

    def __str__(self) -> str:
        return f"review {self.pk}"
