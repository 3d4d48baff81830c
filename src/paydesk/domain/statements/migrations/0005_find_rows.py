"""Rows found by what was typed, network reference and phone; rejected ones and files by a part."""

import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0002_trigrams"),
        ("statements", "0004_store_lines_by_key"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="rejectedline",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Upper("raw"), name="gin_trgm_ops"
                ),
                name="rejected_line_part",
            ),
        ),
        migrations.AddIndex(
            model_name="sourcefile",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Upper("filename"), name="gin_trgm_ops"
                ),
                name="source_file_name_part",
            ),
        ),
        migrations.AddIndex(
            model_name="statementline",
            index=models.Index(
                condition=models.Q(("network_ref", ""), _negated=True),
                fields=["network_ref"],
                name="statement_line_network_ref",
                opclasses=["text_pattern_ops"],
            ),
        ),
        migrations.AddIndex(
            model_name="statementline",
            index=models.Index(
                django.contrib.postgres.indexes.OpClass(models.F("account_keys__0"), name="text_pattern_ops"),
                condition=models.Q(("account_keys__0__isnull", False)),
                name="statement_line_typed",
            ),
        ),
        migrations.AddIndex(
            model_name="statementline",
            index=models.Index(
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Reverse("msisdn"), name="text_pattern_ops"
                ),
                condition=models.Q(("msisdn", ""), _negated=True),
                name="statement_line_phone_ends",
            ),
        ),
    ]
