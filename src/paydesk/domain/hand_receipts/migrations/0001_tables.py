"""The tables of hand receipts."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("providers", "0001_tables"),
        ("statements", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="HandReceipt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("market", models.CharField(max_length=2)),
                ("state", models.CharField(default="asked", max_length=10)),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("paid_at", models.DateTimeField()),
                ("provider_ref", models.TextField()),
                ("reference", models.TextField()),
                ("msisdn", models.CharField(max_length=15)),
                ("payer_name", models.TextField()),
                ("note", models.TextField()),
                ("document_id", models.BigIntegerField()),
                ("asked_by_id", models.BigIntegerField(null=True)),
                ("asked_by", models.CharField(max_length=80)),
                ("asked_at", models.DateTimeField()),
                ("received_at", models.DateTimeField(null=True)),
                (
                    "line",
                    models.OneToOneField(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hand_receipt",
                        to="statements.statementline",
                    ),
                ),
                (
                    "source_account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hand_receipts",
                        to="providers.sourceaccount",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["market", "state", "asked_at"], name="hand_receipt_queue")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["asked", "received", "rejected"])),
                        name="hand_receipt_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="hand_receipt_amount_above_zero"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "received"), _negated=True),
                            models.Q(("line__isnull", False), ("received_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="hand_receipt_received_has_line",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "asked")),
                        fields=("source_account", "provider_ref"),
                        name="hand_receipt_asked_once",
                    ),
                ],
            },
        ),
    ]
