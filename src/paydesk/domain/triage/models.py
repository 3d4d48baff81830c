"""What the desk thinks of a case before a person does: models, what they suggest, what goes to risk."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from paydesk.domain.cases.models import Case
from paydesk.domain.triage.rules import ESCALATES
from paydesk.domain.triage.states import MODEL


class CategoryModel(models.Model):
    """A model learnt from resolved cases; its arrays are a document. The newest that is ready is asked.

    Figures are thousandths, as measured on cases left out; `gates` says of each category how many cases it
    was learnt from, how many would have been filled in and how many of these were right. `problem` is why
    nothing was learnt.
    """

    state = models.CharField(max_length=8, default=MODEL.start)
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    learnt_at = models.DateTimeField(null=True)
    document_id = models.BigIntegerField(null=True)
    cases = models.IntegerField(default=0, db_default=0)
    figures = models.JSONField(default=dict, db_default={})
    threshold = models.IntegerField(null=True)
    gates = models.JSONField(default=list, db_default=[])
    problem = models.TextField(default="", db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=MODEL.states), name="category_model_state_known"),
            models.CheckConstraint(
                condition=Q(state="ready", document_id__isnull=False, learnt_at__isnull=False)
                | (~Q(state="ready") & Q(document_id=None)),
                name="category_model_ready_has_arrays",
            ),
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="asked"), name="category_model_one_under_way"
            ),
        ]


class Suggestion(models.Model):
    """What a case may be about, by one model: `top` is up to three of {category, confidence (thousandths),
    words, similar [[case, likeness in thousandths]]}, the likeliest first. `fill` is the category that may be
    filled in without a person, "" where unsure; `why` says why. `filled_at`: the desk did."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="suggestion")
    model = models.ForeignKey(CategoryModel, on_delete=models.PROTECT, related_name="suggestions")
    top = models.JSONField()
    fill = models.CharField(max_length=40, default="", db_default="")
    why = models.TextField()
    at = models.DateTimeField()
    filled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(filled_at=None) | ~Q(fill=""), name="suggestion_filled_says_with_what"
            ),
        ]


class Escalation(models.Model):
    """A case that goes to risk at once, and why; each reason once a case, seen by a person who says so."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="escalations", db_index=False)
    reason = models.CharField(max_length=16)
    raised_at = models.DateTimeField()
    seen_by = models.CharField(max_length=80, default="", db_default="")
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "reason"], name="case_escalation_once"),
            models.CheckConstraint(
                condition=Q(reason__in=list(ESCALATES)), name="case_escalation_reason_known"
            ),
            models.CheckConstraint(
                condition=Q(seen_at=None, seen_by="") | (Q(seen_at__isnull=False) & ~Q(seen_by="")),
                name="case_escalation_seen_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["raised_at"], name="case_escalation_unseen", condition=Q(seen_at=None))
        ]
