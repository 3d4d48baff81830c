"""The tables of this package."""

import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("audit", "0004_audit_seal"),
    ]

    operations = [
        migrations.CreateModel(
            name="Customer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("market", models.CharField(max_length=2)),
                ("name", models.CharField(max_length=200)),
                ("external_ref", models.CharField(max_length=64)),
                ("opened_at", models.DateTimeField()),
                ("created_by", models.CharField(max_length=80)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "indexes": [
                    models.Index(django.db.models.functions.text.Lower("name"), name="customer_lower_name")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("market", "external_ref"), name="customer_external_ref_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CustomerPhone",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("msisdn", models.CharField(max_length=15)),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="phones",
                        to="parties.customer",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["msisdn"], name="customer_phone_msisdn")],
                "constraints": [
                    models.UniqueConstraint(fields=("customer", "msisdn"), name="customer_phone_once")
                ],
            },
        ),
    ]
