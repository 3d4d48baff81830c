"""The tables of marketplace."""

import django.db.models.deletion
from django.db import migrations, models

from paydesk.foundation.migrating.tables_at_once import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("parties", "0002_tables"),
        ("providers", "0001_tables"),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="LinkAttempt",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("market", models.CharField(max_length=2)),
                    ("external_ref", models.CharField(max_length=80)),
                    ("method", models.CharField(max_length=40)),
                    ("state", models.CharField(max_length=8)),
                    ("reason_code", models.CharField(default="", max_length=40)),
                    ("reason", models.CharField(default="", max_length=200)),
                    ("at", models.DateTimeField()),
                    (
                        "party",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="link_attempts",
                            to="parties.party",
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("market", "external_ref"), name="link_attempt_once"),
                        models.CheckConstraint(
                            condition=models.Q(("state__in", ("linked", "failed"))),
                            name="link_attempt_state_known",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="MarketEvent",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("event_id", models.CharField(max_length=80)),
                    ("kind", models.CharField(max_length=24)),
                    ("amount_minor", models.BigIntegerField()),
                    ("fee_minor", models.BigIntegerField(default=0)),
                    ("currency", models.CharField(max_length=3)),
                    ("about_kind", models.CharField(default="", max_length=12)),
                    ("about_id", models.BigIntegerField(null=True)),
                    ("at", models.DateTimeField()),
                    ("document_id", models.BigIntegerField(null=True)),
                    ("line_no", models.IntegerField()),
                    ("taken_at", models.DateTimeField()),
                    (
                        "party",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="market_events",
                            to="parties.party",
                        ),
                    ),
                    (
                        "source_account",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="market_events",
                            to="providers.sourceaccount",
                        ),
                    ),
                ],
                options={
                    "indexes": [models.Index(fields=["about_kind", "about_id"], name="market_event_about")],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("source_account", "event_id"), name="market_event_once"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "kind__in",
                                    [
                                        "order_paid",
                                        "order_available",
                                        "held",
                                        "released",
                                        "withdrawal_requested",
                                        "withdrawal_paid",
                                        "withdrawal_failed",
                                        "link_attempt",
                                    ],
                                )
                            ),
                            name="market_event_kind_known",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="SellerOrder",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("market", models.CharField(max_length=2)),
                    ("external_ref", models.CharField(max_length=64)),
                    ("amount_minor", models.BigIntegerField()),
                    ("fee_minor", models.BigIntegerField()),
                    ("currency", models.CharField(max_length=3)),
                    ("state", models.CharField(default="paid", max_length=10)),
                    ("paid_at", models.DateTimeField()),
                    ("available_at", models.DateTimeField(null=True)),
                    (
                        "party",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="orders",
                            to="parties.party",
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("market", "external_ref"), name="seller_order_once"),
                        models.CheckConstraint(
                            condition=models.Q(("state__in", ["paid", "available"])),
                            name="seller_order_state_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("amount_minor__gt", 0),
                                ("fee_minor__gte", 0),
                                ("fee_minor__lte", models.F("amount_minor")),
                            ),
                            name="seller_order_amounts_sound",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Withdrawal",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("market", models.CharField(max_length=2)),
                    ("external_ref", models.CharField(max_length=64)),
                    ("amount_minor", models.BigIntegerField()),
                    ("currency", models.CharField(max_length=3)),
                    ("method", models.CharField(default="", max_length=40)),
                    ("state", models.CharField(default="in_transit", max_length=12)),
                    ("reason_code", models.CharField(default="", max_length=40)),
                    ("reason", models.CharField(default="", max_length=200)),
                    ("requested_at", models.DateTimeField()),
                    ("ended_at", models.DateTimeField(null=True)),
                    (
                        "party",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="withdrawals",
                            to="parties.party",
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("market", "external_ref"), name="withdrawal_once"),
                        models.CheckConstraint(
                            condition=models.Q(("state__in", ["in_transit", "paid", "failed"])),
                            name="withdrawal_state_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("amount_minor__gt", 0)), name="withdrawal_above_zero"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("state", "failed"), _negated=True),
                                models.Q(("reason_code", ""), _negated=True),
                                _connector="OR",
                            ),
                            name="withdrawal_failed_says_why",
                        ),
                    ],
                },
            ),
        ),
    ]
