"""A file that was made here keeps what it tells, to be asked again when it leaves."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0015_cases_are_split")]

    operations = [
        migrations.AddField("attachment", "tells", models.JSONField(default=dict, db_default={})),
        migrations.AddField("waitingfile", "tells", models.JSONField(default=dict, db_default={})),
    ]
