"""What rows prove beside payments: reversals, money in transit, batches, rows per hour and day."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0007_reservations"),
        ("providers", "0002_callback_addresses"),
        ("statements", "0007_withdrawn"),
    ]

    operations = [
        migrations.CreateModel(
            name="CountedRows",
            fields=[
                ("first_line_id", models.BigIntegerField(primary_key=True, serialize=False)),
            ],
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
                ("keys", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ("state", models.CharField(max_length=10)),
                ("found_by", models.CharField(max_length=16)),
                ("at", models.DateTimeField()),
                (
                    "batch",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="payments.settlementbatch"
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
                ("keys", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ("state", models.CharField(max_length=10)),
                ("reason", models.CharField(max_length=30)),
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
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "matched", "confirmed", "withdrawn"])),
                        name="reversal_row_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="reversal_row_amount_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("payment__isnull", False), ("state__in", ["matched", "confirmed"])),
                            models.Q(("payment__isnull", True), ("state__in", ["open", "withdrawn"])),
                            _connector="OR",
                        ),
                        name="reversal_row_matched_has_payment",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="settlementbatch",
            constraint=models.UniqueConstraint(
                fields=("batch_key", "source_account", "currency"), name="settlement_batch_once"
            ),
        ),
        migrations.AddIndex(
            model_name="shownbalance",
            index=models.Index(fields=["source_account", "-shown_on"], name="shown_balance_newest"),
        ),
        migrations.AddIndex(
            model_name="transitrow",
            index=models.Index(
                condition=models.Q(("state", "open")),
                fields=["market", "currency", "amount_minor"],
                name="transit_row_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="transitrow",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "matched", "withdrawn"])),
                name="transit_row_state_known",
            ),
        ),
    ]
