"""The tables of pricing."""

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
                name="RateCard",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("market", models.CharField(max_length=2)),
                    ("valid_from", models.DateField()),
                    ("note", models.TextField()),
                    ("made_by", models.CharField(max_length=80)),
                    ("made_at", models.DateTimeField()),
                    (
                        "source_account",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="rate_cards",
                            to="providers.sourceaccount",
                        ),
                    ),
                ],
                options={
                    "db_table": "pricing_ratecard",
                    "indexes": [
                        models.Index(fields=["source_account", "-valid_from", "-id"], name="rate_card_newest")
                    ],
                },
            ),
            migrations.CreateModel(
                name="Rate",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("method", models.CharField(default="", max_length=60)),
                    ("from_minor", models.BigIntegerField(default=0)),
                    ("millionths", models.IntegerField(default=0)),
                    ("fixed_minor", models.BigIntegerField(default=0)),
                    ("least_minor", models.BigIntegerField(default=0)),
                    ("most_minor", models.BigIntegerField(null=True)),
                    ("tax_millionths", models.IntegerField(db_default=0, default=0)),
                    (
                        "card",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="rates",
                            to="pricing.ratecard",
                        ),
                    ),
                ],
                options={
                    "db_table": "pricing_rate",
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("card", "method", "from_minor"), name="rate_once_a_card"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("fixed_minor__gte", 0),
                                ("from_minor__gte", 0),
                                ("millionths__gte", 0),
                                ("millionths__lte", 1000000),
                            ),
                            name="rate_keeps_a_part",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("tax_millionths__gte", 0), ("tax_millionths__lte", 1000000)),
                            name="rate_tax_is_a_part",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("least_minor__gte", 0),
                                models.Q(
                                    ("most_minor__isnull", True),
                                    ("most_minor__gte", models.F("least_minor")),
                                    _connector="OR",
                                ),
                            ),
                            name="rate_bounds_in_order",
                        ),
                    ],
                },
            ),
        ),
    ]
