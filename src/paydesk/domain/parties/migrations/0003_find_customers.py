"""Customers found by parts of names and numbers, and by names that are misspelt."""

import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.db import migrations, models

from paydesk.kernel.sql_files import sql_beside


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0002_trigrams"),
    ]

    operations = [
        migrations.CreateModel(
            name="NameWord",
            fields=[
                ("word", models.TextField(primary_key=True, serialize=False)),
            ],
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Lower("name"), name="text_pattern_ops"
                ),
                name="customer_name_begins",
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Lower("name"), name="gin_trgm_ops"
                ),
                name="customer_name_part",
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Upper("external_ref"), name="text_pattern_ops"
                ),
                name="customer_ref_begins",
            ),
        ),
        migrations.AddIndex(
            model_name="customerphone",
            index=models.Index(
                fields=["msisdn"], name="customer_phone_begins", opclasses=["varchar_pattern_ops"]
            ),
        ),
        migrations.AddIndex(
            model_name="customerphone",
            index=models.Index(
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Reverse("msisdn"), name="text_pattern_ops"
                ),
                name="customer_phone_ends",
            ),
        ),
        migrations.AddIndex(
            model_name="customerphone",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["msisdn"], name="customer_phone_part", opclasses=["gin_trgm_ops"]
            ),
        ),
        migrations.AddIndex(
            model_name="nameword",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["word"], name="name_word_part", opclasses=["gin_trgm_ops"]
            ),
        ),
        migrations.RemoveIndex(
            model_name="customerphone",
            name="customer_phone_msisdn",
        ),
        migrations.RunSQL(
            sql_beside(__file__, "0003_find_customers.sql"),
            "DROP FUNCTION parties_note_name_words() CASCADE",
        ),
    ]
