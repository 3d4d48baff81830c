"""The tables of goodwill."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0001_tables"),
        ("contracts", "0001_tables"),
        ("parties", "0002_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="Goodwill",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("market", models.CharField(max_length=2)),
                ("payment_id", models.BigIntegerField(null=True)),
                ("goes_to", models.CharField(max_length=10)),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("reason", models.CharField(max_length=20)),
                ("note", models.TextField()),
                ("earlier", models.JSONField(default=list)),
                ("state", models.CharField(default="requested", max_length=10)),
                ("asked_by_id", models.BigIntegerField(null=True)),
                ("asked_by", models.CharField(max_length=80)),
                ("asked_at", models.DateTimeField()),
                ("approved_by_id", models.BigIntegerField(null=True)),
                ("given_at", models.DateTimeField(null=True)),
                ("undone_by", models.CharField(default="", max_length=80)),
                ("undone_at", models.DateTimeField(null=True)),
                ("version", models.IntegerField(default=1)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="goodwill", to="cases.case"
                    ),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="goodwill",
                        to="contracts.contract",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="goodwill",
                        to="parties.customer",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("payment_id__isnull", False)),
                        fields=["payment_id"],
                        name="goodwill_payment",
                    ),
                    models.Index(fields=["market", "-asked_at"], name="goodwill_newest"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["requested", "given", "rejected", "cancelled", "undone"])
                        ),
                        name="goodwill_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="goodwill_above_zero"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reason__in", ["late", "locked", "our_mistake", "provider", "costs", "other"])
                        ),
                        name="goodwill_reason_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("contract__isnull", False), ("goes_to", "contract")),
                            models.Q(("contract__isnull", True), ("goes_to", "credit")),
                            _connector="OR",
                        ),
                        name="goodwill_goes_somewhere",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("goes_to__in", ["contract", "credit"])), name="goodwill_way_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by_id__isnull", True),
                            ("asked_by_id__isnull", True),
                            models.Q(("approved_by_id", models.F("asked_by_id")), _negated=True),
                            _connector="OR",
                        ),
                        name="goodwill_approved_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("earlier", []),
                            models.Q(("state__in", ["given", "undone"]), _negated=True),
                            ("approved_by_id__isnull", False),
                            _connector="OR",
                        ),
                        name="goodwill_second_by_two",
                    ),
                ],
            },
        ),
    ]
