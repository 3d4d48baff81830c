"""The tables of payments."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

from paydesk.foundation.migrating.tables_at_once import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("contracts", "0001_tables"),
        ("parties", "0002_tables"),
        ("providers", "0001_tables"),
        ("statements", "0001_tables"),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="CountedRows",
                fields=[
                    ("first_line_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ],
            ),
            migrations.CreateModel(
                name="Payment",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("market", models.CharField(max_length=2)),
                    ("evidence_key", models.TextField()),
                    ("state", models.CharField(default="received", max_length=14)),
                    ("amount_minor", models.BigIntegerField()),
                    ("currency", models.CharField(max_length=3)),
                    ("paid_at", models.DateTimeField(null=True)),
                    ("received_at", models.DateTimeField()),
                    ("booked_on", models.DateField()),
                    ("value_on", models.DateField()),
                    ("counts_on", models.DateField(null=True)),
                    ("rule", models.CharField(max_length=24)),
                    ("matched_key", models.TextField()),
                    ("allocated_minor", models.BigIntegerField(default=0)),
                    ("credited_minor", models.BigIntegerField(default=0)),
                    ("reserved_minor", models.BigIntegerField(db_default=0, default=0)),
                    ("refunded_minor", models.BigIntegerField(db_default=0, default=0)),
                    ("reversed_minor", models.BigIntegerField(db_default=0, default=0)),
                    ("shortfall_minor", models.BigIntegerField(db_default=0, default=0)),
                    (
                        "open_minor",
                        models.GeneratedField(
                            db_persist=True,
                            expression=django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                django.db.models.expressions.CombinedExpression(
                                                    models.F("amount_minor"), "+", models.F("shortfall_minor")
                                                ),
                                                "-",
                                                models.F("allocated_minor"),
                                            ),
                                            "-",
                                            models.F("credited_minor"),
                                        ),
                                        "-",
                                        models.F("reserved_minor"),
                                    ),
                                    "-",
                                    models.F("refunded_minor"),
                                ),
                                "-",
                                models.F("reversed_minor"),
                            ),
                            output_field=models.BigIntegerField(),
                        ),
                    ),
                    ("version", models.IntegerField(default=1)),
                    (
                        "contract",
                        models.ForeignKey(
                            db_constraint=False,
                            db_index=False,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="payments",
                            to="contracts.contract",
                        ),
                    ),
                    (
                        "customer",
                        models.ForeignKey(
                            db_constraint=False,
                            db_index=False,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="payments",
                            to="parties.customer",
                        ),
                    ),
                    (
                        "source_account",
                        models.ForeignKey(
                            db_constraint=False,
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            to="providers.sourceaccount",
                        ),
                    ),
                    (
                        "statement_line",
                        models.OneToOneField(
                            db_constraint=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="payment",
                            to="statements.statementline",
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["market", "-value_on", "-id"], name="payment_newest"),
                        models.Index(fields=["customer", "-value_on"], name="payment_customer"),
                        models.Index(
                            condition=models.Q(("open_minor__gt", 0)),
                            fields=["market", "value_on"],
                            name="payment_open",
                        ),
                        models.Index(
                            condition=models.Q(("open_minor__gt", 0), ("customer__isnull", True)),
                            fields=["market", "-value_on", "-id"],
                            name="payment_suspense",
                        ),
                        models.Index(
                            fields=["currency", "amount_minor", "value_on"], name="payment_amount_day"
                        ),
                    ],
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("state", "unposted"), _negated=True),
                            fields=("source_account", "evidence_key"),
                            name="payment_evidence_once",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "state__in",
                                    ["received", "reversed", "charged_back", "returned", "unposted"],
                                )
                            ),
                            name="payment_state_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("allocated_minor__gte", 0),
                                ("amount_minor__gt", 0),
                                ("amount_minor__gte", models.F("reversed_minor")),
                                ("credited_minor__gte", 0),
                                ("refunded_minor__gte", 0),
                                ("reserved_minor__gte", 0),
                                ("reversed_minor__gte", models.F("shortfall_minor")),
                                ("shortfall_minor__gte", 0),
                                (
                                    "amount_minor__gte",
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                django.db.models.expressions.CombinedExpression(
                                                    django.db.models.expressions.CombinedExpression(
                                                        models.F("allocated_minor"),
                                                        "+",
                                                        models.F("credited_minor"),
                                                    ),
                                                    "+",
                                                    models.F("reserved_minor"),
                                                ),
                                                "+",
                                                models.F("refunded_minor"),
                                            ),
                                            "+",
                                            models.F("reversed_minor"),
                                        ),
                                        "-",
                                        models.F("shortfall_minor"),
                                    ),
                                ),
                            ),
                            name="payment_not_applied_twice",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("customer__isnull", False),
                                models.Q(
                                    ("allocated_minor", 0), ("contract__isnull", True), ("credited_minor", 0)
                                ),
                                _connector="OR",
                            ),
                            name="payment_unknown_payer_is_suspense",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("counts_on__isnull", True),
                                ("counts_on__lt", models.F("value_on")),
                                _connector="OR",
                            ),
                            name="payment_counts_from_earlier",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Learning",
                fields=[
                    ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                    ("through_id", models.BigIntegerField(default=0)),
                    ("head_id", models.BigIntegerField(default=0)),
                    ("head_xid", models.BigIntegerField(default=0)),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(condition=models.Q(("id", 1)), name="learning_one_row")
                    ],
                },
            ),
            migrations.CreateModel(
                name="Claim",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("rule", models.CharField(max_length=24)),
                    ("matched_key", models.TextField()),
                    (
                        "contract",
                        models.ForeignKey(
                            db_constraint=False,
                            db_index=False,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            to="contracts.contract",
                        ),
                    ),
                    (
                        "customer",
                        models.ForeignKey(
                            db_constraint=False,
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            to="parties.customer",
                        ),
                    ),
                    (
                        "payment",
                        models.ForeignKey(
                            db_constraint=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="claims",
                            to="payments.payment",
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="Application",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("limit_minor", models.BigIntegerField()),
                    ("at", models.DateTimeField()),
                    ("actor", models.CharField(max_length=80)),
                    (
                        "contract",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="applications",
                            to="contracts.contract",
                        ),
                    ),
                    (
                        "payment",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="applications",
                            to="payments.payment",
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("payment", "contract"), name="application_once"),
                        models.CheckConstraint(
                            condition=models.Q(("limit_minor__gte", 0)), name="application_limit_sound"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Allocation",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("amount_minor", models.BigIntegerField()),
                    ("entry_id", models.BigIntegerField()),
                    ("at", models.DateTimeField()),
                    ("actor", models.CharField(max_length=80)),
                    ("goodwill_id", models.BigIntegerField(null=True)),
                    (
                        "due_item",
                        models.ForeignKey(
                            db_constraint=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="allocations",
                            to="contracts.dueitem",
                        ),
                    ),
                    (
                        "reverses",
                        models.ForeignKey(
                            db_constraint=False,
                            db_index=False,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            to="payments.allocation",
                        ),
                    ),
                    (
                        "payment",
                        models.ForeignKey(
                            db_constraint=False,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="allocations",
                            to="payments.payment",
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(
                            condition=models.Q(("goodwill_id__isnull", False)),
                            fields=["goodwill_id"],
                            name="allocation_goodwill",
                        )
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("amount_minor__gt", 0), ("reverses__isnull", True)),
                                models.Q(("amount_minor__lt", 0), ("reverses__isnull", False)),
                                _connector="OR",
                            ),
                            name="allocation_sign_sound",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("reverses__isnull", False)),
                            fields=("reverses",),
                            name="allocation_reversed_once",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("goodwill_id__isnull", True), ("payment__isnull", True), _connector="OR"
                            ),
                            name="allocation_goodwill_is_no_payment",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ReversalRow",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("market", models.CharField(max_length=2)),
                    ("kind", models.CharField(max_length=10)),
                    ("amount_minor", models.BigIntegerField()),
                    ("currency", models.CharField(max_length=3)),
                    ("booked_on", models.DateField()),
                    (
                        "keys",
                        django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None),
                    ),
                    ("state", models.CharField(max_length=10)),
                    ("reason", models.CharField(max_length=30)),
                    ("explained_as", models.CharField(db_default="", default="", max_length=16)),
                    ("explained_id", models.BigIntegerField(null=True)),
                    ("entry_id", models.BigIntegerField(null=True)),
                    ("confirms_id", models.BigIntegerField(null=True)),
                    ("at", models.DateTimeField()),
                    (
                        "payment",
                        models.ForeignKey(
                            db_constraint=False,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="reversal_rows",
                            to="payments.payment",
                        ),
                    ),
                    (
                        "source_account",
                        models.ForeignKey(
                            db_constraint=False,
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            to="providers.sourceaccount",
                        ),
                    ),
                    (
                        "statement_line",
                        models.OneToOneField(
                            db_constraint=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="reversal_row",
                            to="statements.statementline",
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(
                            condition=models.Q(("state", "open")),
                            fields=["source_account", "id"],
                            name="reversal_row_open",
                        ),
                        models.Index(
                            condition=models.Q(
                                ("amount_minor__gt", 0),
                                ("kind__in", ["reversal", "chargeback"]),
                                ("state", "open"),
                            ),
                            fields=["source_account", "id"],
                            name="reversal_row_seeks",
                        ),
                        models.Index(
                            condition=models.Q(("state", "explained")),
                            fields=["explained_as", "explained_id"],
                            name="reversal_row_explained",
                        ),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("state__in", ["open", "matched", "confirmed", "explained", "withdrawn"])
                            ),
                            name="reversal_row_state_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("amount_minor", 0), _negated=True),
                            name="reversal_row_amount_not_zero",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("payment__isnull", False), ("state__in", ["matched", "confirmed"])),
                                models.Q(
                                    ("payment__isnull", True),
                                    ("state__in", ["open", "explained", "withdrawn"]),
                                ),
                                _connector="OR",
                            ),
                            name="reversal_row_matched_has_payment",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("entry_id__isnull", False),
                                    ("state", "explained"),
                                    models.Q(("explained_as", ""), _negated=True),
                                ),
                                models.Q(("state", "explained"), _negated=True),
                                _connector="OR",
                            ),
                            name="reversal_row_explained_is_posted",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("confirms_id__isnull", False)),
                            fields=("confirms_id",),
                            name="reversal_row_confirms_once",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="SettlementBatch",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("batch_key", models.TextField()),
                    ("currency", models.CharField(max_length=3)),
                    ("rows", models.IntegerField()),
                    ("net_minor", models.BigIntegerField()),
                    (
                        "source_account",
                        models.ForeignKey(
                            db_constraint=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            to="providers.sourceaccount",
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("batch_key", "source_account", "currency"), name="settlement_batch_once"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="ShownBalance",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("shown_on", models.DateField()),
                    ("amount_minor", models.BigIntegerField()),
                    ("currency", models.CharField(max_length=3)),
                    ("document_id", models.BigIntegerField()),
                    ("note", models.TextField()),
                    ("entered_by", models.CharField(max_length=80)),
                    ("entered_at", models.DateTimeField()),
                    (
                        "source_account",
                        models.ForeignKey(
                            db_constraint=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            to="providers.sourceaccount",
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["source_account", "-shown_on"], name="shown_balance_newest")
                    ],
                },
            ),
            migrations.CreateModel(
                name="TransitRow",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("market", models.CharField(max_length=2)),
                    ("amount_minor", models.BigIntegerField()),
                    ("currency", models.CharField(max_length=3)),
                    ("booked_on", models.DateField()),
                    (
                        "keys",
                        django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None),
                    ),
                    ("state", models.CharField(max_length=10)),
                    ("found_by", models.CharField(max_length=16)),
                    ("at", models.DateTimeField()),
                    (
                        "batch",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            to="payments.settlementbatch",
                        ),
                    ),
                    (
                        "partner",
                        models.ForeignKey(
                            null=True, on_delete=django.db.models.deletion.PROTECT, to="payments.transitrow"
                        ),
                    ),
                    (
                        "source_account",
                        models.ForeignKey(
                            db_constraint=False,
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            to="providers.sourceaccount",
                        ),
                    ),
                    (
                        "statement_line",
                        models.OneToOneField(
                            db_constraint=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="transit_row",
                            to="statements.statementline",
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(
                            condition=models.Q(("state", "open")),
                            fields=["market", "currency", "amount_minor"],
                            name="transit_row_open",
                        )
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("state__in", ["open", "matched", "withdrawn"])),
                            name="transit_row_state_known",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="DayOfRows",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("currency", models.CharField(max_length=3)),
                    ("day", models.DateField()),
                    ("kind", models.CharField(max_length=16)),
                    ("rows", models.IntegerField()),
                    ("amount_minor", models.BigIntegerField()),
                    ("booked_minor", models.BigIntegerField()),
                    ("fee_minor", models.BigIntegerField()),
                    (
                        "source_account",
                        models.ForeignKey(
                            db_constraint=False,
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            to="providers.sourceaccount",
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("source_account", "day", "kind", "currency"), name="day_of_rows_once"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="HourOfRows",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("channel", models.TextField()),
                    ("hour", models.DateTimeField()),
                    ("rows", models.IntegerField()),
                    (
                        "source_account",
                        models.ForeignKey(
                            db_constraint=False,
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            to="providers.sourceaccount",
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("source_account", "hour", "channel"), name="hour_of_rows_once"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="PayerLink",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("market", models.CharField(max_length=2)),
                    ("msisdn", models.CharField(max_length=15)),
                    ("confirmations", models.IntegerField()),
                    ("first_confirmed_on", models.DateField()),
                    ("last_confirmed_on", models.DateField()),
                    ("revoked_at", models.DateTimeField(null=True)),
                    (
                        "contract",
                        models.ForeignKey(
                            db_constraint=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            to="contracts.contract",
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("msisdn", "contract"), name="payer_link_once"),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("confirmations__gte", 0),
                                ("last_confirmed_on__gte", models.F("first_confirmed_on")),
                            ),
                            name="payer_link_sound",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="PossibleDouble",
                fields=[
                    (
                        "payment",
                        models.OneToOneField(
                            db_constraint=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            primary_key=True,
                            related_name="possible_double",
                            serialize=False,
                            to="payments.payment",
                        ),
                    ),
                    ("market", models.CharField(max_length=2)),
                    ("value_on", models.DateField()),
                    ("on_purpose_at", models.DateTimeField(null=True)),
                    ("on_purpose_by", models.CharField(db_default="", default="", max_length=80)),
                    (
                        "first",
                        models.ForeignKey(
                            db_constraint=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="similar_after",
                            to="payments.payment",
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(
                            condition=models.Q(("on_purpose_at__isnull", True)),
                            fields=["market", "-value_on"],
                            name="possible_double_newest",
                        )
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("payment", models.F("first")), _negated=True),
                            name="possible_double_of_another",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("on_purpose_at__isnull", True), ("on_purpose_by", "")),
                                models.Q(
                                    ("on_purpose_at__isnull", False),
                                    models.Q(("on_purpose_by", ""), _negated=True),
                                ),
                                _connector="OR",
                            ),
                            name="possible_double_answered_by_somebody",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="StoredSuggestion",
                fields=[
                    (
                        "payment",
                        models.OneToOneField(
                            db_constraint=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            primary_key=True,
                            related_name="stored_suggestion",
                            serialize=False,
                            to="payments.payment",
                        ),
                    ),
                    ("market", models.CharField(max_length=2)),
                    ("score", models.SmallIntegerField()),
                    ("reason", models.TextField()),
                    ("looked_at", models.DateTimeField()),
                    (
                        "contract",
                        models.ForeignKey(
                            db_constraint=False,
                            db_index=False,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            to="contracts.contract",
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(
                            condition=models.Q(("contract__isnull", False)),
                            fields=["market"],
                            name="suggestion_of_contract",
                        )
                    ],
                },
            ),
        ),
    ]
