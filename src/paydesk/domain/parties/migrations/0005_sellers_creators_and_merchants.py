"""Sellers, creators and merchants, whose money passes through us."""

import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0004_identity_numbers"),
    ]

    operations = [
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
    ]
