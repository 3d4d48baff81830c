"""Why a row is what it is, kept with exceptions and matches; the rows of a run, to explain any other."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0001_runs_and_exceptions")]

    operations = [
        migrations.AddField("reconciliationexception", "explanation", models.JSONField(default=dict)),
        migrations.AddField("match", "explanation", models.JSONField(default=dict)),
        migrations.AddField("run", "left_rows_id", models.BigIntegerField(null=True)),
        migrations.AddField("run", "right_rows_id", models.BigIntegerField(null=True)),
    ]
