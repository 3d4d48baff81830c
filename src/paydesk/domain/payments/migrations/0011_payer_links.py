"""Who pays for whom, learnt; and whose money in suspense probably is."""

import django.db.models.deletion
from django.db import migrations, models

from paydesk.kernel.sql_files import sql_beside


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0004_find_contracts"),
        ("payments", "0010_earlier_provider_rows"),
    ]

    operations = [
        migrations.CreateModel(
            name="Learning",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("through_id", models.BigIntegerField(default=0)),
                ("head_id", models.BigIntegerField(default=0)),
                ("head_xid", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="learning_one_row")
                ],
            },
        ),
        migrations.CreateModel(
            name="PayerLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("market", models.CharField(max_length=2)),
                ("msisdn", models.CharField(max_length=15)),
                ("confirmations", models.IntegerField()),
                ("first_confirmed_on", models.DateField()),
                ("last_confirmed_on", models.DateField()),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "contract",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="contracts.contract",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("msisdn", "contract"), name="payer_link_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmations__gte", 0),
                            ("last_confirmed_on__gte", models.F("first_confirmed_on")),
                        ),
                        name="payer_link_sound",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StoredSuggestion",
            fields=[
                (
                    "payment",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="stored_suggestion",
                        serialize=False,
                        to="payments.payment",
                    ),
                ),
                ("market", models.CharField(max_length=2)),
                ("score", models.SmallIntegerField()),
                ("reason", models.TextField()),
                ("looked_at", models.DateTimeField()),
                (
                    "contract",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="contracts.contract",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("contract__isnull", False)),
                        fields=["market"],
                        name="suggestion_of_contract",
                    )
                ],
            },
        ),
        migrations.RunSQL(sql_beside(__file__, "0011_payer_links.sql"), migrations.RunSQL.noop),
    ]
