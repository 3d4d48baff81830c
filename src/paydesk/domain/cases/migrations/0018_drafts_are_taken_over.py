"""An empty draft stays where a colleague took it over, with who did."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0017_fields_of_their_own")]

    operations = [
        migrations.AddField("draft", "taken_by_id", models.BigIntegerField(null=True)),
        migrations.AddConstraint(
            "draft",
            models.CheckConstraint(
                condition=models.Q(
                    ("taken_by_id", None), models.Q(("facts", []), ("text", "")), _connector="OR"
                ),
                name="draft_taken_over_is_empty",
            ),
        ),
    ]
