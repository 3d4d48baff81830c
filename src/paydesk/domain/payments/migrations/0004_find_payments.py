"""Payments found by amount and day, and those in suspense by themselves."""

import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0003_references_checked"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                condition=models.Q(
                    (
                        "amount_minor__gt",
                        django.db.models.expressions.CombinedExpression(
                            models.F("allocated_minor"), "+", models.F("credited_minor")
                        ),
                    ),
                    ("customer__isnull", True),
                ),
                fields=["market", "-value_on", "-id"],
                name="payment_suspense",
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["currency", "amount_minor", "value_on"], name="payment_amount_day"),
        ),
    ]
