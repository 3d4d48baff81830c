"""The tables of refunds."""

import django.db.models.deletion
from django.db import migrations, models

from paydesk.foundation.migrating.tables_at_once import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("parties", "0002_tables"),
        ("payments", "0001_tables"),
        ("providers", "0001_tables"),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="PayoutFile",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("market", models.CharField(max_length=2)),
                    ("format", models.CharField(max_length=20)),
                    ("currency", models.CharField(max_length=3)),
                    ("count", models.IntegerField()),
                    ("total_minor", models.BigIntegerField()),
                    ("state", models.CharField(default="asked", max_length=10)),
                    ("document_id", models.BigIntegerField(null=True)),
                    ("asked_by_id", models.BigIntegerField(null=True)),
                    ("asked_by", models.CharField(max_length=80)),
                    ("asked_at", models.DateTimeField()),
                    ("released_by", models.CharField(default="", max_length=80)),
                    ("released_at", models.DateTimeField(null=True)),
                    ("sent_by", models.CharField(default="", max_length=80)),
                    ("sent_at", models.DateTimeField(null=True)),
                    ("version", models.IntegerField(default=1)),
                    (
                        "source_account",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="payout_files",
                            to="providers.sourceaccount",
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("state__in", ["asked", "released", "sent", "put_aside", "closed"])
                            ),
                            name="payout_file_state_known",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="PayoutProfile",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("columns", models.JSONField()),
                    ("delimiter", models.CharField(default=",", max_length=1)),
                    ("saved_by", models.CharField(max_length=80)),
                    ("saved_at", models.DateTimeField()),
                    (
                        "source_account",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="payout_profile",
                            to="providers.sourceaccount",
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="Refund",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("market", models.CharField(max_length=2)),
                    ("state", models.CharField(default="requested", max_length=12)),
                    ("amount_minor", models.BigIntegerField()),
                    ("currency", models.CharField(max_length=3)),
                    ("reason", models.CharField(max_length=20)),
                    ("note", models.TextField()),
                    ("payee_kind", models.CharField(max_length=12)),
                    ("payee_name", models.TextField()),
                    ("payee_account", models.CharField(max_length=64)),
                    ("rail", models.CharField(max_length=14)),
                    ("reasons", models.JSONField(default=list)),
                    ("requested_by_id", models.BigIntegerField(null=True)),
                    ("requested_by", models.CharField(max_length=80)),
                    ("requested_at", models.DateTimeField()),
                    ("approved_by_id", models.BigIntegerField(null=True)),
                    ("approved_by", models.CharField(default="", max_length=80)),
                    ("approved_at", models.DateTimeField(null=True)),
                    ("owed", models.BooleanField(default=False)),
                    ("sent_at", models.DateTimeField(null=True)),
                    ("tries", models.IntegerField(default=0)),
                    ("provider_ref", models.TextField(default="")),
                    ("finished_at", models.DateTimeField(null=True)),
                    ("failure", models.TextField(default="")),
                    ("version", models.IntegerField(default=1)),
                    (
                        "customer",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="refunds",
                            to="parties.customer",
                        ),
                    ),
                    (
                        "payment",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="refunds",
                            to="payments.payment",
                        ),
                    ),
                    (
                        "payout_file",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="refunds",
                            to="refunds.payoutfile",
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["market", "state", "requested_at"], name="refund_queue"),
                        models.Index(fields=["payee_account", "-requested_at"], name="refund_payee"),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "state__in",
                                    [
                                        "requested",
                                        "under_review",
                                        "approved",
                                        "rejected",
                                        "failed",
                                        "cancelled",
                                        "released",
                                        "sent",
                                        "unknown",
                                        "paid",
                                    ],
                                )
                            ),
                            name="refund_state_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("amount_minor__gt", 0)), name="refund_amount_above_zero"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "reason__in",
                                    [
                                        "duplicate",
                                        "overpaid",
                                        "wrong_recipient",
                                        "not_ours",
                                        "returned_goods",
                                        "cancelled",
                                        "goodwill",
                                        "other",
                                    ],
                                )
                            ),
                            name="refund_reason_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("payee_kind__in", ["payer", "relative", "third_person"])),
                            name="refund_payee_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("rail__in", ["mobile_money", "bank"])),
                            name="refund_rail_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("approved_by_id__isnull", True),
                                ("requested_by_id__isnull", True),
                                models.Q(("approved_by_id", models.F("requested_by_id")), _negated=True),
                                _connector="OR",
                            ),
                            name="refund_approved_by_another",
                        ),
                    ],
                },
            ),
        ),
    ]
