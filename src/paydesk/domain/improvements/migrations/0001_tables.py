"""The tables of improvements."""

import django.db.models.deletion
from django.db import migrations, models

from paydesk.foundation.migrating.tables_at_once import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="Improvement",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("market", models.CharField(max_length=2)),
                    ("title", models.CharField(max_length=120)),
                    ("problem", models.TextField()),
                    ("expected", models.TextField()),
                    ("root_cause", models.CharField(db_default="", default="", max_length=40)),
                    ("category", models.CharField(db_default="", default="", max_length=40)),
                    ("state", models.CharField(default="proposed", max_length=10)),
                    ("proposed_by", models.CharField(max_length=80)),
                    ("proposed_at", models.DateTimeField()),
                    ("decided_by", models.CharField(db_default="", default="", max_length=80)),
                    ("decided_at", models.DateTimeField(null=True)),
                    ("decision", models.TextField(db_default="", default="")),
                    ("done_at", models.DateTimeField(null=True)),
                    ("measured", models.TextField(db_default="", default="")),
                    ("measured_at", models.DateTimeField(null=True)),
                    ("before", models.BigIntegerField(null=True)),
                    ("since", models.BigIntegerField(null=True)),
                    ("version", models.IntegerField(db_default=1, default=1)),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["market", "state", "-proposed_at"], name="improvement_by_state")
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("state__in", ["proposed", "accepted", "rejected", "done", "measured"])
                            ),
                            name="improvement_state_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("measured_at__isnull", False),
                                    ("state", "measured"),
                                    models.Q(("measured", ""), _negated=True),
                                ),
                                models.Q(
                                    models.Q(("state", "measured"), _negated=True),
                                    ("measured", ""),
                                    ("measured_at", None),
                                ),
                                _connector="OR",
                            ),
                            name="improvement_measured_says_what",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("done_at__isnull", False), ("state__in", ("done", "measured"))),
                                models.Q(
                                    models.Q(("state__in", ("done", "measured")), _negated=True),
                                    ("done_at", None),
                                ),
                                _connector="OR",
                            ),
                            name="improvement_done_has_its_time",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Evidence",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("kind", models.CharField(max_length=10)),
                    ("key", models.CharField(max_length=40)),
                    (
                        "improvement",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="evidence",
                            to="improvements.improvement",
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("improvement", "kind", "key"), name="evidence_once"),
                        models.CheckConstraint(
                            condition=models.Q(("kind__in", ["incident", "case", "root_cause"])),
                            name="evidence_kind_known",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Vote",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("person_id", models.BigIntegerField()),
                    ("at", models.DateTimeField()),
                    (
                        "improvement",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="votes",
                            to="improvements.improvement",
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("improvement", "person_id"), name="vote_once_a_person"
                        )
                    ],
                },
            ),
        ),
    ]
