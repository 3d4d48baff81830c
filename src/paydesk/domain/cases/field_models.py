"""Definitions of the fields that a company adds to its cases; the values stand in Case.field_values."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from paydesk.domain.cases.own_fields import KEY, TYPES


class CaseField(models.Model):
    """One field as it is now; what it was before is in the trail. Key and type never change, for cases have
    values under them; it is retired instead of deleted, and its name is free again then.
    """

    key = models.CharField(max_length=30, unique=True)
    label = models.CharField(max_length=60)
    type = models.CharField(max_length=10)
    help_text = models.CharField(max_length=200, default="", db_default="")
    choices = models.JSONField(default=list, db_default=[])
    categories = models.JSONField(default=list, db_default=[])
    is_required = models.BooleanField(default=False, db_default=False)
    is_retired = models.BooleanField(default=False, db_default=False)
    version = models.IntegerField(default=1, db_default=1)
    changed_by = models.CharField(max_length=80)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(key__regex=KEY), name="case_field_key_is_plain"),
            models.CheckConstraint(condition=Q(type__in=list(TYPES)), name="case_field_type_known"),
            models.CheckConstraint(condition=~Q(label=""), name="case_field_has_a_name"),
            models.CheckConstraint(
                condition=Q(type="choice") & ~Q(choices=[]) | ~Q(type="choice") & Q(choices=[]),
                name="case_field_choice_has_answers",
            ),
            models.UniqueConstraint(
                Lower("label"), condition=Q(is_retired=False), name="case_field_name_once"
            ),
        ]
