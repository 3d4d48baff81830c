"""The tables of reconciliation."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from paydesk.foundation.migrating.tables_at_once import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("payments", "0001_tables"),
        ("providers", "0001_tables"),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="RuleLearning",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("matches_needed", models.PositiveSmallIntegerField(default=3)),
                    ("changed_by", models.CharField(default="", max_length=80)),
                    ("changed_at", models.DateTimeField(null=True)),
                ],
                options={
                    "db_table": "reconciliation_learning",
                    "constraints": [
                        models.CheckConstraint(condition=models.Q(("id", 1)), name="rule_learning_one_row"),
                        models.CheckConstraint(
                            condition=models.Q(("matches_needed__gte", 2), ("matches_needed__lte", 100)),
                            name="rule_learning_matches_in_bounds",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="RuleProposal",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("shape", models.CharField(max_length=40)),
                    ("rule", models.CharField(max_length=60)),
                    ("number", models.CharField(max_length=30)),
                    ("was", models.IntegerField()),
                    ("value", models.IntegerField()),
                    ("rules_version", models.CharField(max_length=40)),
                    (
                        "match_ids",
                        django.contrib.postgres.fields.ArrayField(
                            base_field=models.BigIntegerField(), size=None
                        ),
                    ),
                    ("days", models.IntegerField(default=0)),
                    ("agreed", models.IntegerField(default=0)),
                    ("contradicted", models.IntegerField(default=0)),
                    ("undecided", models.IntegerField(default=0)),
                    ("state", models.CharField(default="open", max_length=10)),
                    ("made_at", models.DateTimeField()),
                    ("decided_by", models.CharField(default="", max_length=80)),
                    ("decided_at", models.DateTimeField(null=True)),
                    ("reason", models.TextField(default="")),
                ],
                options={
                    "db_table": "reconciliation_rule_proposal",
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("state__in", ["open", "asked", "adopted", "refused"])),
                            name="proposal_state_known",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("state__in", ["open", "asked"])),
                            fields=("shape",),
                            name="proposal_one_of_a_shape",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Run",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("market", models.CharField(max_length=2)),
                    ("day", models.DateField()),
                    ("state", models.CharField(default="queued", max_length=10)),
                    ("is_dry", models.BooleanField(default=False)),
                    ("problem", models.TextField(default="")),
                    ("progress", models.CharField(default="", max_length=60)),
                    ("asked_by", models.CharField(max_length=80)),
                    ("asked_at", models.DateTimeField()),
                    ("started_at", models.DateTimeField(null=True)),
                    ("ended_at", models.DateTimeField(null=True)),
                    ("rules_version", models.CharField(default="", max_length=40)),
                    ("engine", models.CharField(default="", max_length=20)),
                    ("digest", models.CharField(default="", max_length=64)),
                    ("left_rows", models.IntegerField(default=0)),
                    ("right_rows", models.IntegerField(default=0)),
                    ("summary", models.JSONField(default=dict)),
                    ("result_id", models.BigIntegerField(null=True)),
                    ("left_rows_id", models.BigIntegerField(null=True)),
                    ("right_rows_id", models.BigIntegerField(null=True)),
                    ("attempts", models.SmallIntegerField(default=0)),
                    (
                        "source_account",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="providers.sourceaccount",
                        ),
                    ),
                ],
                options={
                    "db_table": "reconciliation_run",
                    "indexes": [models.Index(fields=["source_account", "day", "-id"], name="run_newest")],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("state__in", ["queued", "running", "done", "blocked", "failed", "cancelled"])
                            ),
                            name="run_state_known",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("state__in", ("queued", "running"))),
                            fields=("source_account", "day"),
                            name="run_one_under_way",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ReconciliationException",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("market", models.CharField(max_length=2)),
                    ("day", models.DateField()),
                    ("kind", models.CharField(max_length=30)),
                    ("identity", models.CharField(max_length=64)),
                    ("left_key", models.TextField(default="")),
                    ("right_key", models.TextField(default="")),
                    ("left", models.JSONField(default=dict)),
                    ("right", models.JSONField(default=dict)),
                    ("amount_minor", models.BigIntegerField()),
                    ("currency", models.CharField(max_length=3)),
                    ("severity", models.CharField(max_length=8)),
                    ("state", models.CharField(default="open", max_length=10)),
                    ("waits_for", models.CharField(default="", max_length=10)),
                    ("waits_until", models.DateField(null=True)),
                    ("resolution", models.CharField(default="", max_length=20)),
                    ("reason", models.TextField(default="")),
                    ("resolved_by", models.CharField(default="", max_length=80)),
                    ("resolved_at", models.DateTimeField(null=True)),
                    ("why", models.TextField()),
                    ("runner_up", models.TextField(default="")),
                    ("explanation", models.JSONField(default=dict)),
                    ("rule", models.CharField(default="", max_length=60)),
                    ("rules_version", models.CharField(default="", max_length=40)),
                    ("found_at", models.DateTimeField()),
                    ("version", models.IntegerField(default=1)),
                    (
                        "payment",
                        models.ForeignKey(
                            db_constraint=False,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="exceptions",
                            to="payments.payment",
                        ),
                    ),
                    (
                        "source_account",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="providers.sourceaccount",
                        ),
                    ),
                    (
                        "last_run",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="exceptions",
                            to="reconciliation.run",
                        ),
                    ),
                ],
                options={
                    "db_table": "reconciliation_exception",
                    "indexes": [
                        models.Index(
                            condition=models.Q(("state", "resolved"), _negated=True),
                            fields=["market", "day"],
                            name="exception_unsolved",
                        ),
                        models.Index(fields=["source_account", "day"], name="exception_day"),
                    ],
                    "constraints": [
                        models.UniqueConstraint(fields=("source_account", "identity"), name="exception_once"),
                        models.CheckConstraint(
                            condition=models.Q(("state__in", ["open", "pending", "resolved"])),
                            name="exception_state_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "kind__in",
                                    [
                                        "missing_in_ledger",
                                        "missing_at_provider",
                                        "missing_at_bank",
                                        "amount_mismatch",
                                        "currency_mismatch",
                                        "status_mismatch",
                                        "sign_mismatch",
                                        "fee_variance",
                                        "duplicate_provider",
                                        "duplicate_ledger",
                                        "late_settlement",
                                        "early_settlement",
                                        "fee_data_missing",
                                        "fx_variance",
                                        "tax_variance",
                                        "wrong_account",
                                        "unidentified_payer",
                                        "ambiguous_match",
                                        "split_incomplete",
                                        "out_of_period",
                                        "short_settled",
                                        "over_settled",
                                        "reversal_without_original",
                                        "refund_without_original",
                                        "unexpected_chargeback",
                                        "stale_pending",
                                        "control_total_break",
                                        "parse_error",
                                        "balance_drift",
                                    ],
                                )
                            ),
                            name="exception_class_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("severity__in", ["low", "medium", "high", "critical"])),
                            name="exception_severity_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    (
                                        "resolution__in",
                                        [
                                            "matched",
                                            "proven",
                                            "fee",
                                            "fx",
                                            "rounding",
                                            "written_off",
                                            "posted",
                                            "chased",
                                            "timing",
                                            "error_in_file",
                                            "done_elsewhere",
                                        ],
                                    ),
                                    ("resolved_at__isnull", False),
                                    ("state", "resolved"),
                                ),
                                models.Q(
                                    models.Q(("state", "resolved"), _negated=True),
                                    ("resolution", ""),
                                    ("resolved_at", None),
                                ),
                                _connector="OR",
                            ),
                            name="exception_resolved_says_how",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("state", "pending"),
                                    ("waits_until__isnull", False),
                                    models.Q(("waits_for", ""), _negated=True),
                                ),
                                models.Q(
                                    models.Q(("state", "pending"), _negated=True),
                                    ("waits_for", ""),
                                    ("waits_until", None),
                                ),
                                _connector="OR",
                            ),
                            name="exception_pending_has_a_day",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Match",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("market", models.CharField(max_length=2)),
                    ("day", models.DateField()),
                    ("state", models.CharField(default="proposed", max_length=10)),
                    ("kind", models.CharField(max_length=8)),
                    ("identity", models.CharField(max_length=64)),
                    ("rule", models.CharField(max_length=60)),
                    ("rules_version", models.CharField(default="", max_length=40)),
                    ("score", models.IntegerField(default=0)),
                    ("why", models.TextField()),
                    ("explanation", models.JSONField(default=dict)),
                    ("residual_minor", models.BigIntegerField(default=0)),
                    ("residual_as", models.CharField(default="", max_length=10)),
                    ("entry_id", models.BigIntegerField(null=True)),
                    ("currency", models.CharField(max_length=3)),
                    ("made_by", models.CharField(max_length=80)),
                    ("made_at", models.DateTimeField()),
                    ("decided_by", models.CharField(default="", max_length=80)),
                    ("decided_at", models.DateTimeField(null=True)),
                    ("version", models.IntegerField(default=1)),
                    (
                        "source_account",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="providers.sourceaccount",
                        ),
                    ),
                    (
                        "run",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="matches",
                            to="reconciliation.run",
                        ),
                    ),
                ],
                options={
                    "db_table": "reconciliation_match",
                    "indexes": [models.Index(fields=["source_account", "day"], name="match_day")],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("state__in", ["proposed", "confirmed", "rejected", "dropped", "revoked"])
                            ),
                            name="match_state_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("entry_id", None), ("residual_as", ""), ("residual_minor", 0)),
                                models.Q(
                                    models.Q(("residual_minor", 0), _negated=True),
                                    ("entry_id__isnull", False),
                                    models.Q(("residual_as", ""), _negated=True),
                                ),
                                _connector="OR",
                            ),
                            name="match_residual_is_posted",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("state__in", ("proposed", "confirmed"))),
                            fields=("source_account", "identity"),
                            name="match_live_once",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Day",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("market", models.CharField(max_length=2)),
                    ("day", models.DateField()),
                    ("state", models.CharField(default="open", max_length=10)),
                    ("proof", models.JSONField(default=dict)),
                    ("note", models.TextField(default="")),
                    ("approval_id", models.BigIntegerField(null=True)),
                    ("asked_by", models.CharField(default="", max_length=80)),
                    ("asked_at", models.DateTimeField(null=True)),
                    ("signed_by", models.CharField(default="", max_length=80)),
                    ("signed_at", models.DateTimeField(null=True)),
                    ("version", models.IntegerField(default=1)),
                    (
                        "source_account",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="providers.sourceaccount",
                        ),
                    ),
                    (
                        "run",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="reconciliation.run",
                        ),
                    ),
                ],
                options={
                    "db_table": "reconciliation_day",
                    "indexes": [models.Index(fields=["market", "day"], name="reconciled_day_market")],
                    "constraints": [
                        models.UniqueConstraint(fields=("source_account", "day"), name="reconciled_day_once"),
                        models.CheckConstraint(
                            condition=models.Q(("state__in", ["open", "asked", "signed"])),
                            name="reconciled_day_state_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("state", "signed"), _negated=True),
                                models.Q(
                                    models.Q(("signed_by", models.F("asked_by")), _negated=True),
                                    ("signed_at__isnull", False),
                                ),
                                _connector="OR",
                            ),
                            name="reconciled_day_signed_by_two",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Settlement",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("market", models.CharField(max_length=2)),
                    ("batch_key", models.TextField()),
                    ("currency", models.CharField(max_length=3)),
                    ("day", models.DateField()),
                    ("first_on", models.DateField()),
                    ("rows", models.IntegerField()),
                    ("gross", models.DecimalField(decimal_places=8, max_digits=30)),
                    ("fees", models.DecimalField(decimal_places=8, max_digits=30)),
                    ("refunds", models.DecimalField(decimal_places=8, max_digits=30)),
                    ("chargebacks", models.DecimalField(decimal_places=8, max_digits=30)),
                    ("reserve", models.DecimalField(decimal_places=8, max_digits=30)),
                    ("converted", models.DecimalField(decimal_places=8, max_digits=30)),
                    ("rounding", models.DecimalField(decimal_places=8, max_digits=30)),
                    ("other", models.DecimalField(decimal_places=8, max_digits=30)),
                    ("payout", models.DecimalField(decimal_places=8, max_digits=30, null=True)),
                    (
                        "payout_line_ids",
                        django.contrib.postgres.fields.ArrayField(
                            base_field=models.BigIntegerField(), default=list, size=None
                        ),
                    ),
                    ("standing", models.CharField(max_length=14)),
                    (
                        "run",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="reconciliation.run",
                        ),
                    ),
                    (
                        "source_account",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="providers.sourceaccount",
                        ),
                    ),
                ],
                options={
                    "db_table": "reconciliation_settlement",
                    "indexes": [
                        models.Index(fields=["market", "-day", "-id"], name="settlement_newest"),
                        models.Index(fields=["source_account", "day"], name="settlement_day"),
                    ],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("source_account", "batch_key", "currency"), name="settlement_once"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "standing__in",
                                    [
                                        "paid",
                                        "rounding",
                                        "short_paid",
                                        "over_paid",
                                        "not_paid_out",
                                        "no_rows",
                                        "on_account",
                                    ],
                                )
                            ),
                            name="settlement_standing_known",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="MatchMember",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("side", models.CharField(max_length=5)),
                    ("key", models.TextField()),
                    ("amount_minor", models.BigIntegerField()),
                    ("facts", models.JSONField(default=dict)),
                    ("is_live", models.BooleanField(default=True)),
                    (
                        "match",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="members",
                            to="reconciliation.match",
                        ),
                    ),
                    (
                        "source_account",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="providers.sourceaccount",
                        ),
                    ),
                ],
                options={
                    "db_table": "reconciliation_match_member",
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("side__in", ["left", "right"])),
                            name="match_member_side_known",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("is_live", True)),
                            fields=("source_account", "side", "key"),
                            name="match_member_live_once",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="RulesVersion",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("label", models.CharField(max_length=40, unique=True)),
                    ("based_on", models.CharField(max_length=40)),
                    ("text", models.TextField()),
                    ("state", models.CharField(default="asked", max_length=10)),
                    ("note", models.TextField()),
                    ("asked_by", models.CharField(max_length=80)),
                    ("asked_at", models.DateTimeField()),
                    ("decided_by", models.CharField(default="", max_length=80)),
                    ("decided_at", models.DateTimeField(null=True)),
                    (
                        "proposal",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="versions",
                            to="reconciliation.ruleproposal",
                        ),
                    ),
                ],
                options={
                    "db_table": "reconciliation_rules_version",
                    "indexes": [
                        models.Index(
                            condition=models.Q(("state", "adopted")),
                            fields=["-decided_at"],
                            name="rules_newest",
                        )
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("state__in", ["asked", "adopted", "refused"])),
                            name="rules_state_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("state", "adopted"), _negated=True),
                                models.Q(
                                    models.Q(("decided_by", models.F("asked_by")), _negated=True),
                                    ("decided_at__isnull", False),
                                ),
                                _connector="OR",
                            ),
                            name="rules_adopted_by_two",
                        ),
                    ],
                },
            ),
        ),
    ]
