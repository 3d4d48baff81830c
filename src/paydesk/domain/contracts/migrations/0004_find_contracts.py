"""Contracts found by the beginning of their account number."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0003_activation"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="contract",
            index=models.Index(
                fields=["account_key"], name="contract_account_begins", opclasses=["varchar_pattern_ops"]
            ),
        ),
    ]
