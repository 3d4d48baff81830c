"""A run, its two files and the maps that were saved. What a run finds lies in files, not in tables."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from paydesk.reporting.two_file_runs.states import RUN, SIDE, SIDES


class TwoFileRun(models.Model):
    """One pair of files. `markets` are those of whoever made it, None for all: who works in all of them
    sees it. `progress` is {doing, done, of}; `summary` is what summary.json says, `counts` are the rows to
    look through."""

    state = models.CharField(max_length=10, default=RUN.start)
    markets = ArrayField(models.CharField(max_length=2), null=True)
    made_by = models.CharField(max_length=80)  # Actor.label
    made_at = models.DateTimeField()
    started_by = models.CharField(max_length=80, blank=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()
    problem = models.TextField(blank=True)
    progress = models.JSONField(default=dict)
    summary = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    has_workbook = models.BooleanField(default=False)
    digest = models.CharField(max_length=64, blank=True)
    revision = models.IntegerField(default=0)

    class Meta:
        db_table = "two_file_runs_run"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=RUN.states), name="two_file_run_state"),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(digest__regex="^[0-9a-f]{64}$", finished_at__isnull=False),
                name="two_file_run_done_has_a_digest",
            ),
        ]


class RunFile(models.Model):
    """One side of a run. `told` is what reading it said; `asked` holds the words nobody has explained."""

    run = models.ForeignKey(TwoFileRun, on_delete=models.CASCADE, related_name="files")
    side = models.CharField(max_length=5)
    filename = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    state = models.CharField(max_length=8, default=SIDE.start)
    problem = models.TextField(blank=True)
    asked = models.JSONField(default=dict)
    map = models.JSONField(null=True)
    map_name = models.CharField(max_length=100, blank=True)
    told = models.JSONField(default=dict)
    uploaded_by = models.CharField(max_length=80)
    uploaded_at = models.DateTimeField()
    revision = models.IntegerField(default=0)

    class Meta:
        db_table = "two_file_runs_file"
        constraints = [
            models.UniqueConstraint(
                fields=["run", "side"],
                name="two_file_run_one_file_a_side",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=Q(side__in=SIDES), name="two_file_run_side"),
            models.CheckConstraint(condition=Q(state__in=SIDE.states), name="two_file_run_file_state"),
        ]


class SavedMap(models.Model):
    """How tables with one header are read, under a name. It holds column names and status words only."""

    name = models.CharField(max_length=100)
    header = models.CharField(max_length=32)  # the fingerprint of the columns
    map = models.JSONField()
    saved_by = models.CharField(max_length=80)
    saved_at = models.DateTimeField()

    class Meta:
        db_table = "two_file_runs_saved_map"
        constraints = [
            models.UniqueConstraint(fields=["header", "name"], name="two_file_map_one_name_a_header")
        ]
