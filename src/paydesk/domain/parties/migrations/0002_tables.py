"""The tables of parties."""

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

from paydesk.foundation.migrating.tables_at_once import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("parties", "0001_trigrams"),
    ]

    operations = [
        CreateModels(
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
                        models.Index(
                            django.db.models.functions.text.Lower("name"), name="customer_lower_name"
                        ),
                        models.Index(
                            django.contrib.postgres.indexes.OpClass(
                                django.db.models.functions.text.Lower("name"), name="text_pattern_ops"
                            ),
                            name="customer_name_begins",
                        ),
                        django.contrib.postgres.indexes.GinIndex(
                            django.contrib.postgres.indexes.OpClass(
                                django.db.models.functions.text.Lower("name"), name="gin_trgm_ops"
                            ),
                            name="customer_name_part",
                        ),
                        models.Index(
                            django.contrib.postgres.indexes.OpClass(
                                django.db.models.functions.text.Upper("external_ref"), name="text_pattern_ops"
                            ),
                            name="customer_ref_begins",
                        ),
                    ],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("market", "external_ref"), name="customer_external_ref_once"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="NameWord",
                fields=[
                    ("word", models.TextField(primary_key=True, serialize=False)),
                ],
                options={
                    "indexes": [
                        django.contrib.postgres.indexes.GinIndex(
                            fields=["word"], name="name_word_part", opclasses=["gin_trgm_ops"]
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Party",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("market", models.CharField(max_length=2)),
                    ("kind", models.CharField(max_length=10)),
                    ("name", models.CharField(max_length=200)),
                    ("external_ref", models.CharField(max_length=64)),
                    ("opened_at", models.DateTimeField()),
                    ("created_by", models.CharField(max_length=80)),
                ],
                options={
                    "indexes": [
                        models.Index(django.db.models.functions.text.Lower("name"), name="party_lower_name")
                    ],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("market", "external_ref"), name="party_external_ref_once"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("kind__in", ["seller", "creator", "merchant"])),
                            name="party_kind_known",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="CustomerIdentity",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("kind", models.CharField(max_length=20)),
                    ("number", models.CharField(max_length=60)),
                    ("key", models.CharField(max_length=30)),
                    (
                        "customer",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="identities",
                            to="parties.customer",
                        ),
                    ),
                ],
                options={
                    "indexes": [models.Index(fields=["key"], name="customer_identity_whole")],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("customer", "kind", "key"), name="customer_identity_once"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "kind__in",
                                    [
                                        "national_id",
                                        "passport",
                                        "voter_id",
                                        "driving_licence",
                                        "residence_permit",
                                        "tax_number",
                                    ],
                                )
                            ),
                            name="customer_identity_kind_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("key__regex", "^[0-9A-Z]{5,30}$")),
                            name="customer_identity_key_sound",
                        ),
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
                    "indexes": [
                        models.Index(
                            fields=["msisdn"], name="customer_phone_begins", opclasses=["varchar_pattern_ops"]
                        ),
                        models.Index(
                            django.contrib.postgres.indexes.OpClass(
                                django.db.models.functions.text.Reverse("msisdn"), name="text_pattern_ops"
                            ),
                            name="customer_phone_ends",
                        ),
                        django.contrib.postgres.indexes.GinIndex(
                            fields=["msisdn"], name="customer_phone_part", opclasses=["gin_trgm_ops"]
                        ),
                    ],
                    "constraints": [
                        models.UniqueConstraint(fields=("customer", "msisdn"), name="customer_phone_once")
                    ],
                },
            ),
        ),
    ]
