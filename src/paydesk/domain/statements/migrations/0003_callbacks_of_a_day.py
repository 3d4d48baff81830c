"""The callbacks of an account and day stand in the place of a file."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("providers", "0002_callback_addresses"),
        ("statements", "0002_store_lines"),
    ]

    operations = [
        migrations.AddField(
            model_name="sourcefile",
            name="callbacks_on",
            field=models.DateField(null=True),
        ),
        migrations.AlterField(
            model_name="sourcefile",
            name="document_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddConstraint(
            model_name="sourcefile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("document_id__isnull", False), ("callbacks_on__isnull", False), _connector="OR"
                ),
                name="source_file_has_document_or_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="sourcefile",
            constraint=models.UniqueConstraint(
                fields=("source_account", "callbacks_on"), name="callbacks_of_a_day_once"
            ),
        ),
    ]
