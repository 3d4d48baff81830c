"""Runs, exceptions, matches that a person made or decides on, and the days of accounts."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from paydesk.domain.payments.models import Payment
from paydesk.domain.providers.models import SourceAccount
from paydesk.domain.reconciliation.rules import CLASSES, SEVERITIES
from paydesk.domain.reconciliation.states import (
    DAY,
    EXCEPTION,
    LIVE,
    MATCH,
    PROPOSAL,
    RESOLUTIONS,
    RULES,
    RUN,
    UNDER_WAY,
)
from paydesk.importers.settlements import STANDINGS, SettledBatch
from paydesk.importers.settlements import WORDS as PARTS


class Run(models.Model):
    """One comparison of the ledger with the provider's own files for an account and a day.

    A dry run changes nothing but its own row. `summary` has counts and sums by status, kind, rule and class;
    every row behind them stands in the document `result_id` (Parquet, see results.py). `left_rows_id` and
    `right_rows_id` are the rows of both sides as they were compared, for explanations.
    """

    market = models.CharField(max_length=2)
    source_account = models.ForeignKey(SourceAccount, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    state = models.CharField(max_length=10, default=RUN.start)
    is_dry = models.BooleanField(default=False)
    problem = models.TextField(default="")
    progress = models.CharField(max_length=60, default="")
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    rules_version = models.CharField(max_length=40, default="")
    engine = models.CharField(max_length=20, default="")
    digest = models.CharField(max_length=64, default="")
    left_rows = models.IntegerField(default=0)
    right_rows = models.IntegerField(default=0)
    summary = models.JSONField(default=dict)
    result_id = models.BigIntegerField(null=True)
    left_rows_id = models.BigIntegerField(null=True)
    right_rows_id = models.BigIntegerField(null=True)
    attempts = models.SmallIntegerField(default=0)

    class Meta:
        db_table = "reconciliation_run"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=RUN.states), name="run_state_known"),
            models.UniqueConstraint(
                fields=["source_account", "day"], condition=Q(state__in=UNDER_WAY), name="run_one_under_way"
            ),
        ]
        indexes = [models.Index(fields=["source_account", "day", "-id"], name="run_newest")]


class ReconciliationException(models.Model):
    """A row or a pair of rows that evidence does not prove. `kind` is its class of the taxonomy.

    `left` is what the ledger says, `right` what the provider says: the fields as they were compared.
    `left_key` and `right_key` name the rows: "payment:12" or "line:7", and the key of the provider's row.
    `identity` makes it the same exception in the next run. `waits_for` says why it is pending. `explanation`
    says why it is one, field by field (explained.py).
    """

    market = models.CharField(max_length=2)
    source_account = models.ForeignKey(SourceAccount, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    kind = models.CharField(max_length=30)
    identity = models.CharField(max_length=64)
    left_key = models.TextField(default="")
    right_key = models.TextField(default="")
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, null=True, db_constraint=False, related_name="exceptions"
    )
    left = models.JSONField(default=dict)
    right = models.JSONField(default=dict)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    severity = models.CharField(max_length=8)
    state = models.CharField(max_length=10, default=EXCEPTION.start)
    waits_for = models.CharField(max_length=10, default="")
    waits_until = models.DateField(null=True)
    resolution = models.CharField(max_length=20, default="")
    reason = models.TextField(default="")
    resolved_by = models.CharField(max_length=80, default="")
    resolved_at = models.DateTimeField(null=True)
    why = models.TextField()
    runner_up = models.TextField(default="")
    explanation = models.JSONField(default=dict)
    rule = models.CharField(max_length=60, default="")
    rules_version = models.CharField(max_length=40, default="")
    found_at = models.DateTimeField()
    last_run = models.ForeignKey(Run, on_delete=models.PROTECT, null=True, related_name="exceptions")
    version = models.IntegerField(default=1)

    class Meta:
        db_table = "reconciliation_exception"
        constraints = [
            models.UniqueConstraint(fields=["source_account", "identity"], name="exception_once"),
            models.CheckConstraint(condition=Q(state__in=EXCEPTION.states), name="exception_state_known"),
            models.CheckConstraint(condition=Q(kind__in=list(CLASSES)), name="exception_class_known"),
            models.CheckConstraint(
                condition=Q(severity__in=list(SEVERITIES)), name="exception_severity_known"
            ),
            models.CheckConstraint(
                condition=Q(state="resolved", resolution__in=list(RESOLUTIONS), resolved_at__isnull=False)
                | (~Q(state="resolved") & Q(resolution="", resolved_at=None)),
                name="exception_resolved_says_how",
            ),
            models.CheckConstraint(
                condition=Q(state="pending", waits_until__isnull=False) & ~Q(waits_for="")
                | (~Q(state="pending") & Q(waits_until=None, waits_for="")),
                name="exception_pending_has_a_day",
            ),
        ]
        indexes = [
            models.Index(fields=["market", "day"], name="exception_unsolved", condition=~Q(state="resolved")),
            models.Index(fields=["source_account", "day"], name="exception_day"),
        ]


class Match(models.Model):
    """Rows of both sides that belong together: proposed by a rule, or made by a person, locked against rules.

    What a rule confirms alone is no row here; it stands in the result of its run. `residual_minor` is what
    the provider has more than the ledger, posted by `entry_id` as `residual_as`.
    """

    market = models.CharField(max_length=2)
    source_account = models.ForeignKey(SourceAccount, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    state = models.CharField(max_length=10, default=MATCH.start)
    kind = models.CharField(max_length=8)
    identity = models.CharField(max_length=64)
    rule = models.CharField(max_length=60)
    rules_version = models.CharField(max_length=40, default="")
    score = models.IntegerField(default=0)
    why = models.TextField()
    explanation = models.JSONField(default=dict)
    residual_minor = models.BigIntegerField(default=0)
    residual_as = models.CharField(max_length=10, default="")
    entry_id = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    run = models.ForeignKey(Run, on_delete=models.PROTECT, null=True, related_name="matches")
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    decided_by = models.CharField(max_length=80, default="")
    decided_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        db_table = "reconciliation_match"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=MATCH.states), name="match_state_known"),
            models.CheckConstraint(
                condition=Q(residual_minor=0, entry_id=None, residual_as="")
                | (~Q(residual_minor=0) & Q(entry_id__isnull=False) & ~Q(residual_as="")),
                name="match_residual_is_posted",
            ),
            models.UniqueConstraint(
                fields=["source_account", "identity"], condition=Q(state__in=LIVE), name="match_live_once"
            ),
        ]
        indexes = [models.Index(fields=["source_account", "day"], name="match_day")]


class MatchMember(models.Model):
    """One row in a match. A row is in one live match at most: `is_live` is false once that ended."""

    match = models.ForeignKey(Match, on_delete=models.PROTECT, related_name="members")
    source_account = models.ForeignKey(SourceAccount, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=5)
    key = models.TextField()
    amount_minor = models.BigIntegerField()
    facts = models.JSONField(default=dict)
    is_live = models.BooleanField(default=True)

    class Meta:
        db_table = "reconciliation_match_member"
        constraints = [
            models.CheckConstraint(condition=Q(side__in=["left", "right"]), name="match_member_side_known"),
            models.UniqueConstraint(
                fields=["source_account", "side", "key"],
                condition=Q(is_live=True),
                name="match_member_live_once",
            ),
        ]


class Settlement(models.Model):
    """A batch of a provider as its rows state it; worked out again by every run of a day that it has rows on.

    The parts are exact, in major units, signed by their effect on us: see importers.settlements.SettledBatch.
    `day` is that of the payout, else that of the last row. What arrived at a bank is looked up, not kept.
    """

    market = models.CharField(max_length=2)
    source_account = models.ForeignKey(SourceAccount, on_delete=models.PROTECT, related_name="+")
    batch_key = models.TextField()
    currency = models.CharField(max_length=3)
    day = models.DateField()
    first_on = models.DateField()
    rows = models.IntegerField()
    gross = models.DecimalField(max_digits=30, decimal_places=8)
    fees = models.DecimalField(max_digits=30, decimal_places=8)
    refunds = models.DecimalField(max_digits=30, decimal_places=8)
    chargebacks = models.DecimalField(max_digits=30, decimal_places=8)
    reserve = models.DecimalField(max_digits=30, decimal_places=8)
    converted = models.DecimalField(max_digits=30, decimal_places=8)
    rounding = models.DecimalField(max_digits=30, decimal_places=8)
    other = models.DecimalField(max_digits=30, decimal_places=8)
    payout = models.DecimalField(max_digits=30, decimal_places=8, null=True)
    payout_line_ids = ArrayField(models.BigIntegerField(), default=list)
    standing = models.CharField(max_length=14)
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "reconciliation_settlement"
        constraints = [
            models.UniqueConstraint(
                fields=["source_account", "batch_key", "currency"], name="settlement_once"
            ),
            models.CheckConstraint(
                condition=Q(standing__in=list(STANDINGS)), name="settlement_standing_known"
            ),
        ]
        indexes = [
            models.Index(fields=["market", "-day", "-id"], name="settlement_newest"),
            models.Index(fields=["source_account", "day"], name="settlement_day"),
        ]

    @property
    def batch(self) -> SettledBatch:
        """The batch as the importers know it, with its sentences."""
        parts = {part: getattr(self, part) for part in PARTS}
        return SettledBatch(
            self.batch_key, self.currency, 0, rows=self.rows, payout=self.payout,
            payouts=len(self.payout_line_ids), **parts,
        )  # fmt: skip


class Day(models.Model):
    """A day of an account as somebody signed it, or means to: its proof of cash as it stood then."""

    market = models.CharField(max_length=2)
    source_account = models.ForeignKey(SourceAccount, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    state = models.CharField(max_length=10, default=DAY.start)
    run = models.ForeignKey(Run, on_delete=models.PROTECT, null=True, related_name="+")
    proof = models.JSONField(default=dict)
    note = models.TextField(default="")
    approval_id = models.BigIntegerField(null=True)
    asked_by = models.CharField(max_length=80, default="")
    asked_at = models.DateTimeField(null=True)
    signed_by = models.CharField(max_length=80, default="")
    signed_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        db_table = "reconciliation_day"
        constraints = [
            models.UniqueConstraint(fields=["source_account", "day"], name="reconciled_day_once"),
            models.CheckConstraint(condition=Q(state__in=DAY.states), name="reconciled_day_state_known"),
            models.CheckConstraint(
                condition=~Q(state="signed") | (~Q(signed_by=F("asked_by")) & Q(signed_at__isnull=False)),
                name="reconciled_day_signed_by_two",
            ),
        ]
        indexes = [models.Index(fields=["market", "day"], name="reconciled_day_market")]


class RulesVersion(models.Model):
    """The rules of matching as people changed them: the whole YAML, asked for by one, adopted by another.

    The newest adopted one is in force; before the first, the rules that paydesk comes with are. `label` is
    the version that its text says and that runs name.
    """

    label = models.CharField(max_length=40, unique=True)
    based_on = models.CharField(max_length=40)
    text = models.TextField()
    state = models.CharField(max_length=10, default=RULES.start)
    note = models.TextField()
    proposal = models.ForeignKey("RuleProposal", on_delete=models.PROTECT, null=True, related_name="versions")
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    decided_by = models.CharField(max_length=80, default="")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "reconciliation_rules_version"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=RULES.states), name="rules_state_known"),
            models.CheckConstraint(
                condition=~Q(state="adopted") | (~Q(decided_by=F("asked_by")) & Q(decided_at__isnull=False)),
                name="rules_adopted_by_two",
            ),
        ]
        indexes = [models.Index(fields=["-decided_at"], name="rules_newest", condition=Q(state="adopted"))]


class RuleProposal(models.Model):
    """A change of one number of one rule that repeated matches by people speak for, and what it would have
    done on days that were run: `agreed` with people, `contradicted` them, or met rows nobody decided on."""

    shape = models.CharField(max_length=40)
    rule = models.CharField(max_length=60)
    number = models.CharField(max_length=30)
    was = models.IntegerField()
    value = models.IntegerField()
    rules_version = models.CharField(max_length=40)
    match_ids = ArrayField(models.BigIntegerField())
    days = models.IntegerField(default=0)
    agreed = models.IntegerField(default=0)
    contradicted = models.IntegerField(default=0)
    undecided = models.IntegerField(default=0)
    state = models.CharField(max_length=10, default=PROPOSAL.start)
    made_at = models.DateTimeField()
    decided_by = models.CharField(max_length=80, default="")
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(default="")

    class Meta:
        db_table = "reconciliation_rule_proposal"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=PROPOSAL.states), name="proposal_state_known"),
            models.UniqueConstraint(
                fields=["shape"], condition=Q(state__in=["open", "asked"]), name="proposal_one_of_a_shape"
            ),
        ]


class RuleLearning(models.Model):
    """From how many matches of one shape on a rule is proposed; one row."""

    matches_needed = models.PositiveSmallIntegerField(default=3)
    changed_by = models.CharField(max_length=80, default="")
    changed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "reconciliation_learning"
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="rule_learning_one_row"),
            models.CheckConstraint(
                condition=Q(matches_needed__gte=2, matches_needed__lte=100),
                name="rule_learning_matches_in_bounds",
            ),
        ]
