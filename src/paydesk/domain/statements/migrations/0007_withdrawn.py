"""A file that was un-posted: its lines count no more, and the same rows may come again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("providers", "0001_providers"),
        ("statements", "0006_staged_statistics"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="sourcefile",
            name="source_file_state_known",
        ),
        migrations.RemoveConstraint(
            model_name="statementline",
            name="statement_line_once",
        ),
        migrations.AddField(
            model_name="statementline",
            name="withdrawn",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddConstraint(
            model_name="sourcefile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "uploaded",
                            "mapping_needed",
                            "reading",
                            "refused",
                            "previewed",
                            "posting",
                            "posted",
                            "unposting",
                            "unposted",
                            "discarded",
                        ],
                    )
                ),
                name="source_file_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="statementline",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn", False)),
                fields=("source_account", "line_key"),
                name="statement_line_once",
            ),
        ),
    ]
