"""Rows are found by how the account of the other side ends."""

from django.contrib.postgres.indexes import OpClass
from django.db import migrations, models
from django.db.models import F, Q, Value
from django.db.models.functions import Replace, Reverse, Upper


class Migration(migrations.Migration):
    dependencies = [("statements", "0002_storing")]

    operations = [
        migrations.AddIndex(
            "statementline",
            models.Index(
                OpClass(Reverse(Replace(Upper("account"), Value(" "), Value(""))), name="text_pattern_ops"),
                F("amount"),
                F("value_on"),
                name="statement_line_account_ends",
                condition=~Q(account=""),
            ),
        ),
    ]
