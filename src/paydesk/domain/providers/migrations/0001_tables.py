"""The tables of providers."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from paydesk.foundation.migrating.tables_at_once import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        CreateModels(
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
                        "expected_weekdays",
                        django.contrib.postgres.fields.ArrayField(
                            base_field=models.SmallIntegerField(), default=list, size=None
                        ),
                    ),
                    ("expected_from", models.TimeField(null=True)),
                    ("expected_to", models.TimeField(null=True)),
                    ("closed_on_holidays", models.BooleanField(db_default=False, default=False)),
                    (
                        "provider",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="source_accounts",
                            to="providers.provider",
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("provider", "identifier"), name="source_account_identifier_once"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("role__in", ["originates", "settles", "evidence"])),
                            name="source_account_role_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("ledger_code__in", ["1010", "1020"])),
                            name="source_account_ledger_code_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("expected_from__isnull", True), ("expected_to__isnull", True)),
                                models.Q(
                                    ("expected_from__isnull", False),
                                    ("expected_to__isnull", False),
                                    models.Q(("expected_from", models.F("expected_to")), _negated=True),
                                ),
                                _connector="OR",
                            ),
                            name="source_account_expected_hours_sound",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("expected_weekdays__contained_by", [0, 1, 2, 3, 4, 5, 6])),
                            name="source_account_expected_weekdays_known",
                        ),
                    ],
                },
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
                options={
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("is_current", True)),
                            fields=("source_account", "fingerprint"),
                            name="one_current_profile_per_header",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="CallbackEndpoint",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("dialect", models.CharField(max_length=20)),
                    (
                        "allowed_networks",
                        django.contrib.postgres.fields.ArrayField(
                            base_field=models.CharField(max_length=49), default=list, size=None
                        ),
                    ),
                    (
                        "also_numbers",
                        django.contrib.postgres.fields.ArrayField(
                            base_field=models.CharField(max_length=64), default=list, size=None
                        ),
                    ),
                    ("opened_at", models.DateTimeField()),
                    ("closed_at", models.DateTimeField(null=True)),
                    (
                        "source_account",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="callback_endpoint",
                            to="providers.sourceaccount",
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("dialect__regex", "^[a-z][a-z0-9_]{1,19}$")),
                            name="callback_dialect_is_a_code",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="CallbackSecret",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("nonce", models.CharField(max_length=32)),
                    ("digest", models.BinaryField(max_length=32, unique=True)),
                    ("made_at", models.DateTimeField()),
                    ("ends_at", models.DateTimeField(null=True)),
                    (
                        "endpoint",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="secrets",
                            to="providers.callbackendpoint",
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("ends_at", None)),
                            fields=("endpoint",),
                            name="one_current_callback_secret",
                        )
                    ],
                },
            ),
        ),
    ]
