"""The tables of contracts."""

import django.db.models.deletion
from django.db import migrations, models

from paydesk.foundation.migrating.tables_at_once import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("parties", "0002_tables"),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="Contract",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("market", models.CharField(max_length=2)),
                    ("account_number", models.CharField(max_length=40)),
                    ("account_key", models.CharField(max_length=40)),
                    ("product", models.CharField(max_length=120)),
                    ("currency", models.CharField(max_length=3)),
                    ("price_minor", models.BigIntegerField()),
                    ("deposit_minor", models.BigIntegerField()),
                    ("state", models.CharField(default="deposit_pending", max_length=20)),
                    ("allocation_order", models.CharField(default="due_date_1", max_length=20)),
                    ("opened_on", models.DateField()),
                    ("activated_on", models.DateField(null=True)),
                    ("created_by", models.CharField(max_length=80)),
                    ("version", models.PositiveIntegerField(default=1)),
                    (
                        "customer",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="contracts",
                            to="parties.customer",
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(
                            fields=["account_key"],
                            name="contract_account_begins",
                            opclasses=["varchar_pattern_ops"],
                        )
                    ],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("account_key", "market"), name="contract_account_key_once"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "state__in",
                                    [
                                        "deposit_pending",
                                        "deposit_paid",
                                        "active",
                                        "completed",
                                        "defaulted",
                                        "written_off",
                                        "recovery",
                                        "returning",
                                        "returned",
                                        "cancelled",
                                    ],
                                )
                            ),
                            name="contract_state_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("deposit_minor__gte", 0),
                                ("deposit_minor__lte", models.F("price_minor")),
                                ("price_minor__gt", 0),
                            ),
                            name="contract_amounts_sound",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("allocation_order__in", ["due_date_1"])),
                            name="contract_allocation_order_known",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="CreditEvent",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("kind", models.CharField(max_length=20)),
                    ("amount_minor", models.BigIntegerField()),
                    ("value_on", models.DateField()),
                    ("at", models.DateTimeField()),
                    ("cause_kind", models.CharField(max_length=20)),
                    ("cause_id", models.BigIntegerField()),
                    ("entry_id", models.BigIntegerField()),
                    (
                        "contract",
                        models.ForeignKey(
                            db_constraint=False,
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="credit_events",
                            to="contracts.contract",
                        ),
                    ),
                ],
                options={
                    "indexes": [models.Index(fields=["contract", "value_on"], name="credit_event_contract")],
                },
            ),
            migrations.CreateModel(
                name="DueItem",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("kind", models.CharField(max_length=12)),
                    ("due_on", models.DateField()),
                    ("amount_minor", models.BigIntegerField()),
                    ("allocated_minor", models.BigIntegerField(default=0)),
                    (
                        "contract",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="due_items",
                            to="contracts.contract",
                        ),
                    ),
                ],
                options={
                    "indexes": [models.Index(fields=["contract", "due_on"], name="due_item_contract_due")],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("kind__in", ["deposit", "instalment", "fee", "penalty"])),
                            name="due_item_kind_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("allocated_minor__gte", 0),
                                ("allocated_minor__lte", models.F("amount_minor")),
                                ("amount_minor__gt", 0),
                            ),
                            name="due_item_allocated_within_amount",
                        ),
                    ],
                },
            ),
        ),
    ]
