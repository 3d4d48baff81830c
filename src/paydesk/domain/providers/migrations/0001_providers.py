"""The tables of this package."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("audit", "0004_audit_seal"),
    ]

    operations = [
        migrations.CreateModel(
            name="Provider",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=40, unique=True)),
                ("name", models.CharField(max_length=100)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("mobile_money", "Mobile money"),
                            ("psp", "Payment service provider"),
                            ("bank", "Bank"),
                        ],
                        max_length=20,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SourceAccount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("market", models.CharField(max_length=2)),
                ("name", models.CharField(max_length=100)),
                ("identifier", models.CharField(max_length=64)),
                ("currency", models.CharField(max_length=3)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("originates", "Originates payments"),
                            ("settles", "Settles (receives sweeps and payouts)"),
                            ("evidence", "Evidence only"),
                        ],
                        max_length=20,
                    ),
                ),
                ("ledger_code", models.CharField(default="1020", max_length=4)),
                ("time_zone", models.CharField(default="UTC", max_length=40)),
                ("expected_every_days", models.PositiveSmallIntegerField(default=1)),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="source_accounts",
                        to="providers.provider",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FileProfile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("fingerprint", models.CharField(db_index=True, max_length=64)),
                ("mapping", models.JSONField()),
                ("version", models.PositiveIntegerField(default=1)),
                ("is_current", models.BooleanField(default=True)),
                ("created_by", models.CharField(max_length=80)),
                ("created_at", models.DateTimeField()),
                (
                    "source_account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="profiles",
                        to="providers.sourceaccount",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="sourceaccount",
            constraint=models.UniqueConstraint(
                fields=("provider", "identifier"), name="source_account_identifier_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="sourceaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ["originates", "settles", "evidence"])),
                name="source_account_role_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="sourceaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(("ledger_code__in", ["1010", "1020"])),
                name="source_account_ledger_code_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="fileprofile",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_current", True)),
                fields=("source_account", "fingerprint"),
                name="one_current_profile_per_header",
            ),
        ),
    ]
