"""The tables of assignments."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from paydesk.foundation.migrating.tables_at_once import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("people", "__first__"),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="Assignment",
                fields=[
                    ("id", models.BigAutoField(primary_key=True, serialize=False)),
                    ("subject_kind", models.CharField(max_length=20)),
                    ("subject_id", models.BigIntegerField()),
                    ("market", models.CharField(max_length=2)),
                    ("next_step", models.CharField(db_default="", default="", max_length=200)),
                    ("next_step_on", models.DateField(null=True)),
                    ("version", models.IntegerField(db_default=1, default=1)),
                    ("changed_at", models.DateTimeField()),
                    (
                        "owner",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="assignments",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                ],
                options={
                    "db_table": "assignments_assignment",
                    "indexes": [
                        models.Index(
                            fields=["owner", "subject_kind", "subject_id"], name="assignment_of_owner"
                        ),
                        models.Index(
                            condition=models.Q(("next_step_on__isnull", False)),
                            fields=["subject_kind", "next_step_on"],
                            name="assignment_next_step",
                        ),
                    ],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("subject_kind", "subject_id"), name="assignment_once"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("next_step", ""), ("next_step_on", None)),
                                models.Q(
                                    models.Q(("next_step", ""), _negated=True),
                                    ("next_step_on__isnull", False),
                                ),
                                _connector="OR",
                            ),
                            name="assignment_next_step_has_a_day",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Note",
                fields=[
                    ("id", models.BigAutoField(primary_key=True, serialize=False)),
                    ("subject_kind", models.CharField(max_length=20)),
                    ("subject_id", models.BigIntegerField()),
                    ("market", models.CharField(max_length=2)),
                    ("text", models.TextField()),
                    ("at", models.DateTimeField()),
                    ("erased_at", models.DateTimeField(null=True)),
                    (
                        "author",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="notes",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                ],
                options={
                    "db_table": "assignments_note",
                    "indexes": [
                        models.Index(fields=["subject_kind", "subject_id", "at"], name="note_of_subject")
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(models.Q(("text", ""), _negated=True), ("erased_at", None)),
                                models.Q(("erased_at__isnull", False), ("text", "")),
                                _connector="OR",
                            ),
                            name="note_says_something_until_erased",
                        )
                    ],
                },
            ),
        ),
    ]
