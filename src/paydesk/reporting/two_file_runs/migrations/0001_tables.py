"""The tables of two file runs."""

import django.contrib.postgres.fields
import django.db.models.constraints
import django.db.models.deletion
from django.db import migrations, models

from paydesk.foundation.migrating.tables_at_once import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="SavedMap",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("name", models.CharField(max_length=100)),
                    ("header", models.CharField(max_length=32)),
                    ("map", models.JSONField()),
                    ("saved_by", models.CharField(max_length=80)),
                    ("saved_at", models.DateTimeField()),
                ],
                options={
                    "db_table": "two_file_runs_saved_map",
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("header", "name"), name="two_file_map_one_name_a_header"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="TwoFileRun",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("state", models.CharField(default="draft", max_length=10)),
                    (
                        "markets",
                        django.contrib.postgres.fields.ArrayField(
                            base_field=models.CharField(max_length=2), null=True, size=None
                        ),
                    ),
                    ("made_by", models.CharField(max_length=80)),
                    ("made_at", models.DateTimeField()),
                    ("started_by", models.CharField(blank=True, max_length=80)),
                    ("started_at", models.DateTimeField(null=True)),
                    ("finished_at", models.DateTimeField(null=True)),
                    ("changed_at", models.DateTimeField()),
                    ("problem", models.TextField(blank=True)),
                    ("progress", models.JSONField(default=dict)),
                    ("summary", models.JSONField(default=dict)),
                    ("counts", models.JSONField(default=dict)),
                    ("has_workbook", models.BooleanField(default=False)),
                    ("digest", models.CharField(blank=True, max_length=64)),
                    ("revision", models.IntegerField(default=0)),
                ],
                options={
                    "db_table": "two_file_runs_run",
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("state__in", ["draft", "running", "done", "failed", "cancelled"])
                            ),
                            name="two_file_run_state",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("state", "done"), _negated=True),
                                models.Q(("digest__regex", "^[0-9a-f]{64}$"), ("finished_at__isnull", False)),
                                _connector="OR",
                            ),
                            name="two_file_run_done_has_a_digest",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="RunFile",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("side", models.CharField(max_length=5)),
                    ("filename", models.CharField(max_length=200)),
                    ("sha256", models.CharField(max_length=64)),
                    ("size_bytes", models.BigIntegerField()),
                    ("state", models.CharField(default="reading", max_length=8)),
                    ("problem", models.TextField(blank=True)),
                    ("asked", models.JSONField(default=dict)),
                    ("map", models.JSONField(null=True)),
                    ("map_name", models.CharField(blank=True, max_length=100)),
                    ("told", models.JSONField(default=dict)),
                    ("uploaded_by", models.CharField(max_length=80)),
                    ("uploaded_at", models.DateTimeField()),
                    ("revision", models.IntegerField(default=0)),
                    (
                        "run",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.CASCADE,
                            related_name="files",
                            to="two_file_runs.twofilerun",
                        ),
                    ),
                ],
                options={
                    "db_table": "two_file_runs_file",
                    "constraints": [
                        models.UniqueConstraint(
                            deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                            fields=("run", "side"),
                            name="two_file_run_one_file_a_side",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("side__in", ("left", "right"))), name="two_file_run_side"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("state__in", ["reading", "asking", "ready", "refused"])),
                            name="two_file_run_file_state",
                        ),
                    ],
                },
            ),
        ),
    ]
