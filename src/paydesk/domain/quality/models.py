"""Knowledge and exams: articles in versions, the exam of a policy's version, tries at it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from paydesk.domain.quality.csat_models import CsatAnswer, Invitation  # noqa: F401  tables of this package
from paydesk.domain.quality.review_models import (  # noqa: F401  tables of this package
    Calibration,
    Review,
    SamplingPlan,
    Scorecard,
)
from paydesk.domain.quality.rules import KINDS, LANGUAGES
from paydesk.domain.quality.states import ARTICLE_VERSION
from paydesk.foundation.people.models import Person


class Article(models.Model):
    """One subject in one market ("" for all) and language: an explainer, a policy or a script for a call.

    The same `topic` in another market or language is the same subject told there. `governs` are the rows of
    the authority table that wait for the exam of this policy.
    """

    kind = models.CharField(max_length=10)
    topic = models.CharField(max_length=60)
    market = models.CharField(max_length=2, default="", db_default="")
    language = models.CharField(max_length=5, default="en")
    governs = models.JSONField(default=list, db_default=[])
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "quality_article"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=list(KINDS)), name="article_kind_known"),
            models.CheckConstraint(condition=Q(language__in=list(LANGUAGES)), name="article_language_known"),
            models.CheckConstraint(
                condition=Q(kind="policy") | Q(governs=[]), name="article_only_a_policy_governs"
            ),
            models.UniqueConstraint(
                fields=["topic", "market", "language"], name="article_topic_once_per_place"
            ),
        ]

    def __str__(self) -> str:
        return f"article {self.pk}"


class ArticleVersion(models.Model):
    """What an article says, in Markdown. Once it is published its words never change (a trigger sees to it).

    `kind` is the article's, kept here so that the database can ask for the second person of a policy.
    `change` says what is new.
    """

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="versions", db_index=False)
    number = models.IntegerField()
    kind = models.CharField(max_length=10)
    title = models.CharField(max_length=120)
    text = models.TextField()
    change = models.CharField(max_length=200, default="", db_default="")
    notice_days = models.IntegerField(default=5, db_default=5)
    state = models.CharField(max_length=10, default=ARTICLE_VERSION.start)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    published_by = models.CharField(max_length=80, default="", db_default="")
    published_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "quality_article_version"
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="article_version_once"),
            models.UniqueConstraint(
                fields=["article"], condition=Q(state="published"), name="article_one_version_counts"
            ),
            models.UniqueConstraint(fields=["article"], condition=Q(state="draft"), name="article_one_draft"),
            models.CheckConstraint(
                condition=Q(state__in=ARTICLE_VERSION.states), name="article_version_state_known"
            ),
            models.CheckConstraint(
                condition=Q(notice_days__gte=0, notice_days__lte=60), name="article_notice_in_reason"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "discarded"], published_at__isnull=True, published_by="")
                | (
                    ~Q(state__in=["draft", "discarded"]) & Q(published_at__isnull=False) & ~Q(published_by="")
                ),
                name="article_version_published_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(kind="policy") | ~Q(published_by=F("made_by")),
                name="article_policy_takes_two",
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number} of article {self.article_id}"


class Exam(models.Model):
    """The exam of a policy's version: questions with their answers, what is enough, tries a day."""

    version = models.OneToOneField(ArticleVersion, on_delete=models.PROTECT, related_name="exam")
    questions = models.JSONField()
    pass_percent = models.IntegerField()
    tries_a_day = models.IntegerField()

    class Meta:
        db_table = "quality_exam"
        constraints = [
            models.CheckConstraint(
                condition=Q(pass_percent__gte=1, pass_percent__lte=100), name="exam_pass_mark_in_percent"
            ),
            models.CheckConstraint(condition=Q(tries_a_day__gte=1), name="exam_can_be_tried"),
        ]

    def __str__(self) -> str:
        return f"exam {self.pk}"


class Attempt(models.Model):
    """One try of one person, with what they answered and how it went. Append-only."""

    exam = models.ForeignKey(Exam, on_delete=models.PROTECT, related_name="attempts", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="exam_attempts")
    answers = models.JSONField()
    right = models.IntegerField()
    asked = models.IntegerField()
    passed = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        db_table = "quality_attempt"
        constraints = [
            models.UniqueConstraint(
                fields=["exam", "person"], condition=Q(passed=True), name="exam_passed_once"
            ),
            models.CheckConstraint(
                condition=Q(right__gte=0, asked__gt=0, right__lte=F("asked")), name="attempt_counts_add_up"
            ),
        ]
        indexes = [models.Index(fields=["exam", "person", "at"], name="attempt_of_person")]

    def __str__(self) -> str:
        return f"attempt {self.pk}"
