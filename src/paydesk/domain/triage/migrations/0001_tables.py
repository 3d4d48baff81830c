"""The tables of triage."""

import django.db.models.deletion
from django.db import migrations, models

from paydesk.foundation.migrating.tables_at_once import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0001_tables"),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="CategoryModel",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("state", models.CharField(default="asked", max_length=8)),
                    ("asked_by", models.CharField(max_length=80)),
                    ("asked_at", models.DateTimeField()),
                    ("learnt_at", models.DateTimeField(null=True)),
                    ("document_id", models.BigIntegerField(null=True)),
                    ("cases", models.IntegerField(db_default=0, default=0)),
                    ("figures", models.JSONField(db_default={}, default=dict)),
                    ("threshold", models.IntegerField(null=True)),
                    ("gates", models.JSONField(db_default=[], default=list)),
                    ("problem", models.TextField(db_default="", default="")),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("state__in", ["asked", "ready", "failed"])),
                            name="category_model_state_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("document_id__isnull", False),
                                    ("learnt_at__isnull", False),
                                    ("state", "ready"),
                                ),
                                models.Q(models.Q(("state", "ready"), _negated=True), ("document_id", None)),
                                _connector="OR",
                            ),
                            name="category_model_ready_has_arrays",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("state", "asked")),
                            fields=("state",),
                            name="category_model_one_under_way",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Escalation",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("reason", models.CharField(max_length=16)),
                    ("raised_at", models.DateTimeField()),
                    ("seen_by", models.CharField(db_default="", default="", max_length=80)),
                    ("seen_at", models.DateTimeField(null=True)),
                    (
                        "case",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="escalations",
                            to="cases.case",
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(
                            condition=models.Q(("seen_at", None)),
                            fields=["raised_at"],
                            name="case_escalation_unseen",
                        )
                    ],
                    "constraints": [
                        models.UniqueConstraint(fields=("case", "reason"), name="case_escalation_once"),
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "reason__in",
                                    ["unauthorised", "regulator", "staff", "vulnerable", "several"],
                                )
                            ),
                            name="case_escalation_reason_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("seen_at", None), ("seen_by", "")),
                                models.Q(
                                    ("seen_at__isnull", False), models.Q(("seen_by", ""), _negated=True)
                                ),
                                _connector="OR",
                            ),
                            name="case_escalation_seen_by_somebody",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Suggestion",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("top", models.JSONField()),
                    ("fill", models.CharField(db_default="", default="", max_length=40)),
                    ("why", models.TextField()),
                    ("at", models.DateTimeField()),
                    ("filled_at", models.DateTimeField(null=True)),
                    (
                        "case",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="suggestion",
                            to="cases.case",
                        ),
                    ),
                    (
                        "model",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="suggestions",
                            to="triage.categorymodel",
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("filled_at", None), models.Q(("fill", ""), _negated=True), _connector="OR"
                            ),
                            name="suggestion_filled_says_with_what",
                        )
                    ],
                },
            ),
        ),
    ]
