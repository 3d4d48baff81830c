"""Incidents: cases that are one thing, and what all of them are told once."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from paydesk.domain.cases.categories import ROOT_CAUSES
from paydesk.domain.cases.models import Case
from paydesk.domain.incidents.rules import FOUND_BY
from paydesk.domain.incidents.states import BROADCAST, INCIDENT

MEMBER_STATES = ("in", "out")
TOLD_STATES = {"waits": "to be told", "told": "told", "held": "not told", "elsewhere": "hears it elsewhere"}


class Incident(models.Model):
    """Something that hit several people at once. `why` is what the radar or a person saw; `shares` is the
    money its cases share, [[kind, key]]. Owner and next step are an assignment. `version` counts changes."""

    market = models.CharField(max_length=2)
    title = models.CharField(max_length=120)
    state = models.CharField(max_length=10, default=INCIDENT.start)
    found_by = models.CharField(max_length=8)
    why = models.CharField(max_length=500)
    words = models.JSONField(default=list, db_default=[])
    shares = models.JSONField(default=list, db_default=[])
    category = models.CharField(max_length=40, default="", db_default="")
    root_cause = models.CharField(max_length=40, default="", db_default="")
    proposed_by = models.CharField(max_length=80)
    proposed_at = models.DateTimeField()
    adopted_by = models.CharField(max_length=80, default="", db_default="")
    adopted_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=80, default="", db_default="")
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, default="", db_default="")
    version = models.IntegerField(default=1, db_default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=INCIDENT.states), name="incident_state_known"),
            models.CheckConstraint(condition=Q(found_by__in=list(FOUND_BY)), name="incident_found_by_known"),
            models.CheckConstraint(
                condition=Q(root_cause__in=["", *ROOT_CAUSES]), name="incident_root_cause_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("closed", "rejected"), ended_at__isnull=False)
                | (~Q(state__in=("closed", "rejected")) & Q(ended_at=None)),
                name="incident_ended_has_its_time",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="incident_has_a_title"),
        ]
        indexes = [models.Index(fields=["market", "state", "-proposed_at"], name="incident_by_state")]


class IncidentCase(models.Model):
    """A case of an incident; "out" once a person took it off, so that the radar does not put it back."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="members", db_index=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="incidents")
    state = models.CharField(max_length=3, default="in")
    added_by = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["incident", "case"], name="incident_case_once"),
            models.CheckConstraint(condition=Q(state__in=MEMBER_STATES), name="incident_case_state_known"),
        ]


class Broadcast(models.Model):
    """One answer to all cases of an incident: written, previewed with the facts of each, then sent."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="broadcasts")
    text = models.TextField()
    state = models.CharField(max_length=8, default=BROADCAST.start)
    made_by = models.CharField(max_length=80)
    person_id = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=BROADCAST.states), name="broadcast_state_known"),
            models.CheckConstraint(condition=~Q(text=""), name="broadcast_says_something"),
            models.UniqueConstraint(
                fields=["incident"], condition=Q(state="sending"), name="broadcast_one_at_a_time"
            ),
        ]


class BroadcastTo(models.Model):
    """What one case is told: the text with its own facts as they were when it was looked at, and what came
    of it. `case_version` is what the case had come to: if it went on, it is not told. `why` says why not."""

    broadcast = models.ForeignKey(Broadcast, on_delete=models.PROTECT, related_name="to", db_index=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, default="waits")
    text = models.TextField(default="", db_default="")
    facts = models.JSONField(default=dict, db_default={})
    case_version = models.IntegerField()
    message_id = models.BigIntegerField(null=True)
    why = models.TextField(default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["broadcast", "case"], name="broadcast_to_case_once"),
            models.CheckConstraint(condition=Q(state__in=list(TOLD_STATES)), name="broadcast_told_known"),
            models.CheckConstraint(
                condition=Q(state="told", message_id__isnull=False) | (~Q(state="told") & Q(message_id=None)),
                name="broadcast_told_by_a_message",
            ),
        ]
