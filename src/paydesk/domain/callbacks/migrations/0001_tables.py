"""The tables of callbacks."""

import django.db.models.deletion
from django.db import migrations, models

from paydesk.foundation.migrating.tables_at_once import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("providers", "0001_tables"),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="PendingPayment",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("ask_ref", models.TextField()),
                    ("reference", models.TextField()),
                    ("amount_minor", models.BigIntegerField(null=True)),
                    ("currency", models.CharField(max_length=3)),
                    ("msisdn", models.CharField(max_length=15)),
                    ("payer_name", models.TextField()),
                    ("heard_at", models.DateTimeField()),
                    ("state", models.CharField(default="waiting", max_length=12)),
                    ("asked", models.SmallIntegerField(default=0)),
                    ("due_at", models.DateTimeField(null=True)),
                    ("settled_at", models.DateTimeField(null=True)),
                    ("line_id", models.BigIntegerField(null=True)),
                    ("closed_reason", models.TextField(default="")),
                    ("version", models.IntegerField(default=1)),
                    (
                        "source_account",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, to="providers.sourceaccount"
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(
                            condition=models.Q(("due_at__isnull", False)),
                            fields=["due_at"],
                            name="pending_payment_due",
                        ),
                        models.Index(
                            condition=models.Q(("state__in", ["waiting", "stale"])),
                            fields=["heard_at"],
                            name="pending_payment_open",
                        ),
                    ],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("source_account", "ask_ref"), name="pending_payment_once"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("state__in", ["waiting", "stale", "failed", "expired", "received"])
                            ),
                            name="pending_payment_state_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("amount_minor__isnull", True), ("amount_minor__gt", 0), _connector="OR"
                            ),
                            name="pending_payment_amount_positive",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("state", "expired"), _negated=True),
                                models.Q(("closed_reason", ""), _negated=True),
                                _connector="OR",
                            ),
                            name="pending_payment_closed_with_reason",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="StatusAnswer",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("asked_at", models.DateTimeField()),
                    ("actor", models.CharField(max_length=80)),
                    ("question", models.TextField()),
                    ("outcome", models.CharField(max_length=16)),
                    ("note", models.TextField(default="")),
                    ("message_id", models.BigIntegerField(null=True)),
                    (
                        "pending",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="answers",
                            to="callbacks.pendingpayment",
                        ),
                    ),
                ],
            ),
        ),
    ]
