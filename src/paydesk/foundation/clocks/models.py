"""Calendars and policies in versions that never change; clocks on things, their pauses and escalations."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

ENDS = ("", "met", "waived", "merged")


class CalendarVersion(models.Model):
    """Opening hours of a market or of everybody, as they were set once. The newest version of a name counts.

    `hours` is {"mon": ["08:00-17:00"]}; `holidays` and `closed_days` are {"2026-03-06": "Independence Day"};
    `open_days` is {"2026-12-26": ["09:00-12:00"]}. `source` says where the holidays come from. `earlier` has
    the weeks that held until a day, oldest first: [{"until": "2026-12-01", "hours": {…}}].
    """

    name = models.CharField(max_length=20)
    version = models.IntegerField()
    zone = models.CharField(max_length=40)
    hours = models.JSONField()
    earlier = models.JSONField(default=list, db_default=[])
    holidays = models.JSONField(default=dict)
    closed_days = models.JSONField(default=dict)
    open_days = models.JSONField(default=dict)
    source = models.CharField(max_length=200, default="", blank=True)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "clocks_calendar"
        constraints = [
            models.UniqueConstraint(fields=["name", "version"], name="calendar_version_once"),
            models.CheckConstraint(condition=Q(version__gt=0), name="calendar_version_counts_from_1"),
        ]


class PolicyVersion(models.Model):
    """What one kind of clock promises in a market ("" for all), as it was set once.

    The one that came into force last counts: at `holds_from`, for clocks that start then or later; where that
    is empty when it was made, also for those that run.
    """

    kind = models.CharField(max_length=40)
    market = models.CharField(max_length=2, default="", blank=True)
    version = models.IntegerField()
    calendar = models.CharField(max_length=20, default="", blank=True)
    target_seconds = models.IntegerField(null=True)
    target_days = models.IntegerField(null=True)
    cut_off = models.TimeField(null=True)
    pauses = models.JSONField(default=dict)
    steps = models.JSONField(default=list)
    grace_seconds = models.IntegerField()
    holds_from = models.DateTimeField(null=True)
    source = models.CharField(max_length=200, default="", blank=True)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "clocks_policy"
        constraints = [
            models.UniqueConstraint(fields=["kind", "market", "version"], name="policy_version_once"),
            models.CheckConstraint(condition=Q(version__gt=0), name="policy_version_counts_from_1"),
            models.CheckConstraint(
                condition=Q(target_seconds__gt=0, target_days__isnull=True, cut_off__isnull=True)
                | Q(target_seconds__isnull=True, target_days__gte=0),
                name="policy_has_one_target",
            ),
        ]


class Clock(models.Model):
    """One promise about one thing (`subject_kind`, `subject_id`), planned by a policy and a calendar version.

    `due_at` is always right, also while nobody looks: during a pause it is planned as if the pause lasted
    as long as it may. `paused_at` and `paused_until` are of the pause that goes on. `next_step_at` is when
    the next escalation step falls. `own_start_at` is its own start where a merge gave it an earlier one.
    """

    kind = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    market = models.CharField(max_length=2)
    policy = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, db_index=False, related_name="+")
    calendar = models.ForeignKey(CalendarVersion, on_delete=models.PROTECT, db_index=False, related_name="+")
    start_at = models.DateTimeField()
    own_start_at = models.DateTimeField()
    target_seconds = models.BigIntegerField()
    due_at = models.DateTimeField()
    due_by_hand = models.BooleanField(default=False, db_default=False)
    next_step_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    paused_until = models.DateTimeField(null=True)
    pause_reason = models.CharField(max_length=40, default="", db_default="", blank=True)
    breached_at = models.DateTimeField(null=True)
    ended_as = models.CharField(max_length=8, default="", db_default="", blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=200, default="", db_default="", blank=True)
    by_merge = models.BooleanField(default=False, db_default=False)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    reopens = models.IntegerField(default=0, db_default=0)

    class Meta:
        db_table = "clocks_clock"
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id", "kind"],
                condition=Q(ended_as=""),
                name="clock_runs_once",
            ),
            models.CheckConstraint(condition=Q(ended_as__in=ENDS), name="clock_end_known"),
            models.CheckConstraint(
                condition=Q(ended_as="", ended_at__isnull=True)
                | (~Q(ended_as="") & Q(ended_at__isnull=False)),
                name="clock_end_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(paused_at__isnull=True, paused_until__isnull=True, pause_reason="")
                | (
                    Q(paused_at__isnull=False, paused_until__gt=F("paused_at"), ended_as="")
                    & ~Q(pause_reason="")
                ),
                name="clock_pause_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(target_seconds__gte=0, start_at__lte=F("own_start_at")),
                name="clock_start_never_moves_on",
            ),
            models.CheckConstraint(
                condition=(Q(ended_as="merged") & Q(merged_into__isnull=False))
                | (~Q(ended_as="merged") & Q(merged_into__isnull=True)),
                name="clock_merged_into_another",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], name="clock_due", condition=Q(ended_as="")),
            models.Index(
                fields=["next_step_at"],
                name="clock_next_step",
                condition=Q(ended_as="", next_step_at__isnull=False),
            ),
            models.Index(fields=["subject_kind", "subject_id", "kind"], name="clock_of_subject"),
            models.Index(fields=["kind", "market", "ended_at"], name="clock_ended"),
            models.Index(
                fields=["breached_at"], name="clock_breached", condition=Q(breached_at__isnull=False)
            ),
        ]


class ClockPause(models.Model):
    """Time of a clock that does not count. `until` stays empty while it goes on, to `ends_by` at most."""

    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="pauses")
    reason = models.CharField(max_length=40)
    at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    ends_by = models.DateTimeField()
    paused_by = models.CharField(max_length=80)
    note = models.CharField(max_length=200, default="", db_default="", blank=True)

    class Meta:
        db_table = "clocks_pause"
        constraints = [
            models.UniqueConstraint(
                fields=["clock"], condition=Q(until__isnull=True), name="one_pause_at_once"
            ),
            models.CheckConstraint(
                condition=Q(ends_by__gte=F("at"))
                & (Q(until__isnull=True) | Q(until__gte=F("at"), until__lte=F("ends_by"))),
                name="pause_ends_after_it_began",
            ),
        ]


class Escalation(models.Model):
    """A step that fired: once per clock and step. A person says that they have it."""

    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, db_index=False, related_name="escalations")
    step = models.CharField(max_length=60)
    words = models.CharField(max_length=120)
    to = models.CharField(max_length=8)
    due_at = models.DateTimeField()
    fired_at = models.DateTimeField()
    acknowledged_by = models.CharField(max_length=80, default="", db_default="", blank=True)
    acknowledged_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "clocks_escalation"
        constraints = [
            models.UniqueConstraint(fields=["clock", "step"], name="a_step_fires_once"),
            models.CheckConstraint(
                condition=Q(acknowledged_by="", acknowledged_at__isnull=True)
                | (~Q(acknowledged_by="") & Q(acknowledged_at__isnull=False)),
                name="acknowledged_by_somebody_at_some_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["clock"], name="escalation_waits", condition=Q(acknowledged_at__isnull=True)
            ),
        ]
