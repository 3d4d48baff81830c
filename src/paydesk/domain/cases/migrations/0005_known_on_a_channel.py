"""On which channel somebody proved who they are: they are known there, not everywhere."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_owners_of_cases_counted")]
    operations = [
        migrations.AddField(
            "case", "level_channel", models.CharField(db_default="", default="", max_length=10)
        ),
    ]
