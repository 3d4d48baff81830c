"""Texts that are made once and used in many cases: ready texts of answers, Word letters."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class ReadyText(models.Model):
    """One version of an answer that is kept ready, in every language it has; the newest of a key counts.

    `texts` is {"en": "…", "fr": "…"} with places for facts, "{payment.state}". Empty `market` and `category`
    are for all. `then_category` and `then_wait_hours` are what else is done with it.
    """

    key = models.CharField(max_length=60)
    version = models.IntegerField()
    title = models.CharField(max_length=80)
    market = models.CharField(max_length=2, default="", db_default="")
    category = models.CharField(max_length=40, default="", db_default="")
    texts = models.JSONField()
    then_category = models.CharField(max_length=40, default="", db_default="")
    then_wait_hours = models.IntegerField(null=True)
    is_retired = models.BooleanField(default=False, db_default=False)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="ready_text_version_once"),
            models.CheckConstraint(
                condition=Q(then_wait_hours__isnull=True) | Q(then_wait_hours__gt=0),
                name="ready_text_waits_forward",
            ),
        ]


class LetterTemplate(models.Model):
    """One version of a Word letter in one language; its places are filled with the facts of a case."""

    key = models.CharField(max_length=60)
    language = models.CharField(max_length=10)
    version = models.IntegerField()
    title = models.CharField(max_length=80)
    document_id = models.BigIntegerField()
    is_retired = models.BooleanField(default=False, db_default=False)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "language", "version"], name="letter_version_once")
        ]
