"""Where each minor unit of a payment is; how much of it is meant for a contract; parts written off."""

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0003_activation"),
        ("parties", "0001_parties"),
        ("payments", "0004_find_payments"),
        ("providers", "0001_providers"),
        ("statements", "0007_withdrawn"),
    ]

    operations = [
        migrations.CreateModel(
            name="Application",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("limit_minor", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=80)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="payment",
            name="payment_evidence_once",
        ),
        migrations.RemoveConstraint(
            model_name="payment",
            name="payment_state_known",
        ),
        migrations.RemoveConstraint(
            model_name="payment",
            name="payment_not_applied_twice",
        ),
        migrations.RemoveIndex(
            model_name="payment",
            name="payment_open",
        ),
        migrations.RemoveIndex(
            model_name="payment",
            name="payment_suspense",
        ),
        migrations.AddField(
            model_name="payment",
            name="refunded_minor",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="payment",
            name="reserved_minor",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="payment",
            name="reversed_minor",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="payment",
            name="shortfall_minor",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AlterField(
            model_name="allocation",
            name="payment",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="allocations",
                to="payments.payment",
            ),
        ),
        migrations.RemoveField(model_name="payment", name="open_minor"),
        migrations.AddField(
            model_name="payment",
            name="open_minor",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.expressions.CombinedExpression(
                    django.db.models.expressions.CombinedExpression(
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("amount_minor"), "+", models.F("shortfall_minor")
                                    ),
                                    "-",
                                    models.F("allocated_minor"),
                                ),
                                "-",
                                models.F("credited_minor"),
                            ),
                            "-",
                            models.F("reserved_minor"),
                        ),
                        "-",
                        models.F("refunded_minor"),
                    ),
                    "-",
                    models.F("reversed_minor"),
                ),
                output_field=models.BigIntegerField(),
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("open_minor__gt", 0)), fields=["market", "value_on"], name="payment_open"
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("open_minor__gt", 0), ("customer__isnull", True)),
                fields=["market", "-value_on", "-id"],
                name="payment_suspense",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "unposted"), _negated=True),
                fields=("source_account", "evidence_key"),
                name="payment_evidence_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["received", "reversed", "charged_back", "returned", "unposted"])
                ),
                name="payment_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("allocated_minor__gte", 0),
                    ("amount_minor__gt", 0),
                    ("amount_minor__gte", models.F("reversed_minor")),
                    ("credited_minor__gte", 0),
                    ("refunded_minor__gte", 0),
                    ("reserved_minor__gte", 0),
                    ("reversed_minor__gte", models.F("shortfall_minor")),
                    ("shortfall_minor__gte", 0),
                    (
                        "amount_minor__gte",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("allocated_minor"), "+", models.F("credited_minor")
                                        ),
                                        "+",
                                        models.F("reserved_minor"),
                                    ),
                                    "+",
                                    models.F("refunded_minor"),
                                ),
                                "+",
                                models.F("reversed_minor"),
                            ),
                            "-",
                            models.F("shortfall_minor"),
                        ),
                    ),
                ),
                name="payment_not_applied_twice",
            ),
        ),
        migrations.AddField(
            model_name="application",
            name="contract",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="applications",
                to="contracts.contract",
            ),
        ),
        migrations.AddField(
            model_name="application",
            name="payment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="applications",
                to="payments.payment",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.UniqueConstraint(fields=("payment", "contract"), name="application_once"),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(("limit_minor__gte", 0)), name="application_limit_sound"
            ),
        ),
    ]
