"""Weeks that held before, policies that hold later, what a pause waits for; late ones found by their day."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clocks", "0001_calendars_policies_and_clocks"),
    ]

    operations = [
        migrations.AddField(
            model_name="calendarversion",
            name="earlier",
            field=models.JSONField(db_default=[], default=list),
        ),
        migrations.AddField(
            model_name="clockpause",
            name="note",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="policyversion",
            name="holds_from",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="clock",
            index=models.Index(
                condition=models.Q(("breached_at__isnull", False)),
                fields=["breached_at"],
                name="clock_breached",
            ),
        ),
    ]
