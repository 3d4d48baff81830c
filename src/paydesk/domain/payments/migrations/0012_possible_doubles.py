"""Payments that may have been made twice are noticed and shown."""

import django.db.models.deletion
from django.db import migrations, models

from paydesk.kernel.sql_files import sql_beside


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0011_payer_links"),
    ]

    operations = [
        migrations.CreateModel(
            name="PossibleDouble",
            fields=[
                (
                    "payment",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="possible_double",
                        serialize=False,
                        to="payments.payment",
                    ),
                ),
                ("market", models.CharField(max_length=2)),
                ("value_on", models.DateField()),
                (
                    "first",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="similar_after",
                        to="payments.payment",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["market", "-value_on"], name="possible_double_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("payment", models.F("first")), _negated=True),
                        name="possible_double_of_another",
                    )
                ],
            },
        ),
        migrations.RunSQL(sql_beside(__file__, "0012_possible_doubles.sql"), migrations.RunSQL.noop),
    ]
