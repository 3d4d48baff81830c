"""What named people alone see."""

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("people", "0004_sessions_and_reveals"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="RestrictedView",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("subject_kind", models.CharField(max_length=40)),
                ("subject_id", models.BigIntegerField()),
                ("market", models.CharField(max_length=2)),
                ("begun_by", models.CharField(max_length=80)),
                ("begun_at", models.DateTimeField()),
                ("ended_by", models.CharField(db_default="", default="", max_length=80)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "people_restricted_view",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("subject_kind", "subject_id"),
                        name="restricted_view_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RestrictedThing",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("subject_kind", models.CharField(max_length=40)),
                ("subject_id", models.BigIntegerField()),
                (
                    "view",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="things",
                        to="people.restrictedview",
                    ),
                ),
            ],
            options={
                "db_table": "people_restricted_thing",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("subject_kind", "subject_id"), name="restricted_thing_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RestrictedViewer",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("named_by", models.CharField(max_length=80)),
                ("named_at", models.DateTimeField()),
                ("opened_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "view",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="viewers",
                        to="people.restrictedview",
                    ),
                ),
            ],
            options={
                "db_table": "people_restricted_viewer",
                "constraints": [
                    models.UniqueConstraint(fields=("view", "person"), name="restricted_viewer_once")
                ],
            },
        ),
    ]
