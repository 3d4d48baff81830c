"""Asking customers how it was: one invitation a case, or why there is none; every answer kept."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from paydesk.domain.cases.models import Case, Message
from paydesk.domain.quality.csat_rules import LANGUAGES, WHY_NOT
from paydesk.foundation.people.models import Person


class Invitation(models.Model):
    """A customer is asked once about a case. `why_not` says why not; nobody can leave it out unseen.

    Its address is signed, not stored (csat_links). `agent` did the work when it was sent.
    """

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="csat_invitation")
    market = models.CharField(max_length=2)
    agent = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=5, default="en")
    why_not = models.CharField(max_length=12, default="", db_default="")
    message = models.ForeignKey(Message, null=True, on_delete=models.PROTECT, related_name="+")
    resolved_at = models.DateTimeField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "quality_csat_invitation"
        constraints = [
            models.CheckConstraint(condition=Q(why_not__in=["", *WHY_NOT]), name="csat_why_not_known"),
            models.CheckConstraint(condition=Q(language__in=list(LANGUAGES)), name="csat_language_known"),
        ]
        indexes = [
            models.Index(fields=["agent", "resolved_at"], name="csat_of_agent"),
            models.Index(fields=["market", "resolved_at"], name="csat_of_market"),
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk}"


class CsatAnswer(models.Model):
    """What a customer said; the last within the window counts, all are kept. Only words can be erased."""

    invitation = models.ForeignKey(Invitation, on_delete=models.PROTECT, related_name="answers")
    score = models.SmallIntegerField()
    comment = models.TextField(default="", db_default="")
    at = models.DateTimeField()

    class Meta:
        db_table = "quality_csat_answer"
        constraints = [
            models.CheckConstraint(condition=Q(score__gte=1, score__lte=5), name="csat_score_of_five"),
        ]

    def __str__(self) -> str:
        return f"answer {self.pk}"
