"""The tables of this package."""

import django.db.models.deletion
from django.db import migrations, models

from paydesk.foundation.migrating.tables_at_once import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("audit", "0003_tables"),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="Account",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("code", models.CharField(max_length=4)),
                    ("currency", models.CharField(max_length=3)),
                    ("key_id", models.BigIntegerField()),
                    ("market", models.CharField(max_length=2)),
                    ("keeps_balance", models.BooleanField()),
                ],
                options={
                    "db_table": "ledger_account",
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("key_id", "code", "currency", "market"), name="ledger_account_once"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="ChartRow",
                fields=[
                    ("code", models.CharField(max_length=4, primary_key=True, serialize=False)),
                    ("name", models.CharField(max_length=100)),
                    ("type", models.CharField(max_length=20)),
                    ("key", models.CharField(max_length=20)),
                    ("keeps_balance", models.BooleanField()),
                ],
                options={
                    "db_table": "ledger_chart",
                },
            ),
            migrations.CreateModel(
                name="ClosedPeriod",
                fields=[
                    ("market", models.CharField(max_length=2, primary_key=True, serialize=False)),
                    ("closed_through", models.DateField()),
                    ("closed_by", models.CharField(max_length=80)),
                    ("closed_at", models.DateTimeField()),
                ],
                options={
                    "db_table": "ledger_closed_period",
                },
            ),
            migrations.CreateModel(
                name="JournalEntry",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("kind", models.CharField(max_length=40)),
                    ("market", models.CharField(max_length=2)),
                    ("booked_on", models.DateField()),
                    ("value_on", models.DateField()),
                    ("posted_at", models.DateTimeField()),
                    ("leg_count", models.SmallIntegerField()),
                    ("cause_kind", models.CharField(max_length=20)),
                    ("cause_id", models.BigIntegerField()),
                    ("idempotency_key", models.CharField(max_length=80)),
                    ("reverses_id", models.BigIntegerField(null=True)),
                    ("actor", models.CharField(max_length=80)),
                ],
                options={
                    "db_table": "ledger_entry",
                    "constraints": [
                        models.UniqueConstraint(fields=("idempotency_key",), name="ledger_entry_once")
                    ],
                    "indexes": [models.Index(fields=["cause_kind", "cause_id"], name="ledger_entry_cause")],
                },
            ),
            migrations.CreateModel(
                name="Posting",
                fields=[
                    (
                        "pk",
                        models.CompositePrimaryKey(
                            "entry_id",
                            "leg_no",
                            blank=True,
                            editable=False,
                            primary_key=True,
                            serialize=False,
                        ),
                    ),
                    (
                        "entry",
                        models.ForeignKey(
                            db_constraint=False,
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="postings",
                            to="ledger.journalentry",
                        ),
                    ),
                    ("leg_no", models.SmallIntegerField()),
                    (
                        "account",
                        models.ForeignKey(
                            db_constraint=False,
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="postings",
                            to="ledger.account",
                        ),
                    ),
                    ("amount_minor", models.BigIntegerField()),
                    ("currency", models.CharField(max_length=3)),
                    ("detail_id", models.BigIntegerField(null=True)),
                ],
                options={
                    "db_table": "ledger_posting",
                    "indexes": [
                        models.Index(fields=["account", "entry"], name="ledger_posting_account"),
                        models.Index(
                            condition=models.Q(("detail_id__isnull", False)),
                            fields=["account", "detail_id"],
                            name="ledger_posting_detail",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Balance",
                fields=[
                    (
                        "account",
                        models.OneToOneField(
                            db_constraint=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            primary_key=True,
                            serialize=False,
                            to="ledger.account",
                        ),
                    ),
                    ("amount_minor", models.BigIntegerField()),
                ],
                options={
                    "db_table": "ledger_balance",
                },
            ),
        ),
    ]
