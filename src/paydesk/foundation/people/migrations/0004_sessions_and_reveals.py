"""Sessions can be ended all at once; who revealed whom, and until when."""

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("people", "0003_shared_cache")]
    operations: ClassVar = [
        migrations.AddField(
            "person", "sessions_number", models.PositiveIntegerField(db_default=0, default=0)
        ),
        migrations.CreateModel(
            name="Reveal",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("subject_kind", models.CharField(max_length=40)),
                ("subject_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reveals",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "people_reveal",
                "indexes": [models.Index(fields=["person", "at"], name="reveal_of_person")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(until__gt=models.F("at")), name="reveal_ends_after_it_begins"
                    )
                ],
            },
        ),
    ]
