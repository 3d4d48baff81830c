"""Batches of providers as their rows state them."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

EXACT = {"decimal_places": 8, "max_digits": 30}
PARTS = ["gross", "fees", "refunds", "chargebacks", "reserve", "converted", "rounding", "other"]


class Migration(migrations.Migration):
    dependencies = [
        ("providers", "0005_closed_on_holidays"),
        ("statements", "0009_lines_of_a_batch"),
        ("reconciliation", "0002_explanations_kept"),
    ]

    operations = [
        migrations.CreateModel(
            name="Settlement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("market", models.CharField(max_length=2)),
                ("batch_key", models.TextField()),
                ("currency", models.CharField(max_length=3)),
                ("day", models.DateField()),
                ("first_on", models.DateField()),
                ("rows", models.IntegerField()),
                *((part, models.DecimalField(**EXACT)) for part in PARTS),
                ("payout", models.DecimalField(null=True, **EXACT)),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="reconciliation.run"
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
                                    "paid", "rounding", "short_paid", "over_paid", "not_paid_out", "no_rows",
                                    "on_account",
                                ],
                            )
                        ),
                        name="settlement_standing_known",
                    ),
                ],
            },
        ),
    ]  # fmt: skip
