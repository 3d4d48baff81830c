"""Rules by which cases are routed, who takes cases, and what was routed to whom."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from paydesk.domain.cases.models import Case, Mailbox
from paydesk.domain.cases.rules import CHANNELS, SEVERITIES
from paydesk.domain.routing.rules import HIGHEST_CAP, MOST_OPEN
from paydesk.foundation.people.models import Person, Team


class RoutingRule(models.Model):
    """One rule; the first by `place` that fits a case counts. What is empty fits every case.

    `severity` is the lowest it fits. `category` may be a group of categories. Without a team the case stays
    for whoever takes it. One that is taken away stays, for what was routed by it.
    """

    place = models.IntegerField()
    market = models.CharField(max_length=2, default="", db_default="")
    channel = models.CharField(max_length=10, default="", db_default="")
    category = models.CharField(max_length=40, default="", db_default="")
    language = models.CharField(max_length=10, default="", db_default="")
    severity = models.CharField(max_length=8, default="", db_default="")
    mailbox = models.ForeignKey(Mailbox, null=True, on_delete=models.PROTECT, related_name="+")
    complaints_alone = models.BooleanField(default=False, db_default=False)
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="+")
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(channel__in=["", *CHANNELS]), name="routing_rule_channel_known"
            ),
            models.CheckConstraint(
                condition=Q(severity__in=["", *SEVERITIES]), name="routing_rule_severity_known"
            ),
        ]


class CaseTaker(models.Model):
    """Whether somebody takes cases, at most how many at once, in what; `seen_at` is the last sign of them.

    `languages` and `categories` are what they answer in; empty is all.
    """

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="+")
    takes = models.BooleanField(default=False, db_default=False)
    seen_at = models.DateTimeField(null=True)
    most = models.IntegerField(default=MOST_OPEN)
    languages = models.JSONField(default=list, db_default=[])
    categories = models.JSONField(default=list, db_default=[])
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(most__gte=1, most__lte=HIGHEST_CAP), name="case_taker_has_a_cap"
            ),
        ]


class Routed(models.Model):
    """What became of a case by the rules: it went to `person` of `team`, or waits for somebody of it.

    `open` is how many cases they had, with this one, of `most`; `language` is that of the case where it was
    asked for; `instead_of` is the owner who was away.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+", db_index=False)
    market = models.CharField(max_length=2)
    rule = models.ForeignKey(RoutingRule, on_delete=models.PROTECT, related_name="+", db_index=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    instead_of = models.ForeignKey(
        Person, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    language = models.CharField(max_length=10, default="", db_default="")
    open = models.IntegerField(null=True)
    most = models.IntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["case", "-id"], name="routed_case"),
            models.Index(fields=["market", "-id"], name="routed_lately"),
            models.Index(fields=["person", "-at"], name="routed_to_person"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=True, open__isnull=True, most__isnull=True)
                | Q(person__isnull=False, open__isnull=False, most__isnull=False, open__lte=models.F("most")),
                name="routed_below_the_cap",
            ),
        ]
