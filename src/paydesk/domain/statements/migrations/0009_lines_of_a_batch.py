"""The rows of a settlement are found by the batch they name. Only rows that name one are in the index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("statements", "0008_confirmations")]

    operations = [
        migrations.AddIndex(
            "statementline",
            models.Index(
                fields=["batch_key"],
                name="statement_line_batch",
                opclasses=["text_pattern_ops"],
                condition=~models.Q(batch_key=""),
            ),
        ),
    ]
