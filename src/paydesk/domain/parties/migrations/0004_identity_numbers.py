"""The numbers of documents that say who a customer is."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0003_find_customers"),
    ]

    operations = [
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
    ]
