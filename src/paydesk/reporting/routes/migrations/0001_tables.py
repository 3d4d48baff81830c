"""The tables of routes."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("providers", "0001_tables"),
    ]

    operations = [
        migrations.CreateModel(
            name="RouteNorm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("channel", models.TextField()),
                ("step", models.CharField(max_length=10)),
                ("count", models.IntegerField()),
                ("half_seconds", models.BigIntegerField()),
                ("most_seconds", models.BigIntegerField()),
                ("measured_at", models.DateTimeField()),
                (
                    "source_account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="providers.sourceaccount",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source_account", "channel", "step"), name="route_norm_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("step__in", ["received", "applied", "settled"])),
                        name="route_norm_step_known",
                    ),
                ],
            },
        ),
    ]
