"""Calls that nobody answered are found by an index of their own until they are in a case."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("doors", "0001_tables")]

    operations = [
        migrations.AddIndex(
            "phonecall",
            models.Index(
                fields=["rang_at"],
                name="phone_call_in_no_case",
                condition=models.Q(
                    ("case__isnull", True),
                    ("state__in", ["ringing", "missed"]),
                    ("taken_by_id__isnull", True),
                ),
            ),
        ),
    ]
