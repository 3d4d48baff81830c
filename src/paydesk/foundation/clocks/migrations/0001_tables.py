"""The tables of clocks."""

import django.db.models.deletion
from django.db import migrations, models

from paydesk.foundation.migrating.tables_at_once import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="CalendarVersion",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("name", models.CharField(max_length=20)),
                    ("version", models.IntegerField()),
                    ("zone", models.CharField(max_length=40)),
                    ("hours", models.JSONField()),
                    ("earlier", models.JSONField(db_default=[], default=list)),
                    ("holidays", models.JSONField(default=dict)),
                    ("closed_days", models.JSONField(default=dict)),
                    ("open_days", models.JSONField(default=dict)),
                    ("source", models.CharField(blank=True, default="", max_length=200)),
                    ("made_by", models.CharField(max_length=80)),
                    ("made_at", models.DateTimeField()),
                ],
                options={
                    "db_table": "clocks_calendar",
                    "constraints": [
                        models.UniqueConstraint(fields=("name", "version"), name="calendar_version_once"),
                        models.CheckConstraint(
                            condition=models.Q(("version__gt", 0)), name="calendar_version_counts_from_1"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="PolicyVersion",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("kind", models.CharField(max_length=40)),
                    ("market", models.CharField(blank=True, default="", max_length=2)),
                    ("version", models.IntegerField()),
                    ("calendar", models.CharField(blank=True, default="", max_length=20)),
                    ("target_seconds", models.IntegerField(null=True)),
                    ("target_days", models.IntegerField(null=True)),
                    ("cut_off", models.TimeField(null=True)),
                    ("pauses", models.JSONField(default=dict)),
                    ("steps", models.JSONField(default=list)),
                    ("grace_seconds", models.IntegerField()),
                    ("holds_from", models.DateTimeField(null=True)),
                    ("source", models.CharField(blank=True, default="", max_length=200)),
                    ("made_by", models.CharField(max_length=80)),
                    ("made_at", models.DateTimeField()),
                ],
                options={
                    "db_table": "clocks_policy",
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("kind", "market", "version"), name="policy_version_once"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("version__gt", 0)), name="policy_version_counts_from_1"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("cut_off__isnull", True),
                                    ("target_days__isnull", True),
                                    ("target_seconds__gt", 0),
                                ),
                                models.Q(("target_days__gte", 0), ("target_seconds__isnull", True)),
                                _connector="OR",
                            ),
                            name="policy_has_one_target",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Clock",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("kind", models.CharField(max_length=40)),
                    ("subject_kind", models.CharField(max_length=40)),
                    ("subject_id", models.BigIntegerField()),
                    ("market", models.CharField(max_length=2)),
                    ("start_at", models.DateTimeField()),
                    ("own_start_at", models.DateTimeField()),
                    ("target_seconds", models.BigIntegerField()),
                    ("due_at", models.DateTimeField()),
                    ("due_by_hand", models.BooleanField(db_default=False, default=False)),
                    ("next_step_at", models.DateTimeField(null=True)),
                    ("paused_at", models.DateTimeField(null=True)),
                    ("paused_until", models.DateTimeField(null=True)),
                    ("pause_reason", models.CharField(blank=True, db_default="", default="", max_length=40)),
                    ("breached_at", models.DateTimeField(null=True)),
                    ("ended_as", models.CharField(blank=True, db_default="", default="", max_length=8)),
                    ("ended_at", models.DateTimeField(null=True)),
                    ("ended_why", models.CharField(blank=True, db_default="", default="", max_length=200)),
                    ("by_merge", models.BooleanField(db_default=False, default=False)),
                    ("reopens", models.IntegerField(db_default=0, default=0)),
                    (
                        "calendar",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="clocks.calendarversion",
                        ),
                    ),
                    (
                        "merged_into",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="clocks.clock",
                        ),
                    ),
                    (
                        "policy",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="clocks.policyversion",
                        ),
                    ),
                ],
                options={
                    "db_table": "clocks_clock",
                    "indexes": [
                        models.Index(
                            condition=models.Q(("ended_as", "")), fields=["due_at", "id"], name="clock_due"
                        ),
                        models.Index(
                            condition=models.Q(("ended_as", ""), ("next_step_at__isnull", False)),
                            fields=["next_step_at"],
                            name="clock_next_step",
                        ),
                        models.Index(fields=["subject_kind", "subject_id", "kind"], name="clock_of_subject"),
                        models.Index(fields=["kind", "market", "ended_at"], name="clock_ended"),
                        models.Index(
                            condition=models.Q(("breached_at__isnull", False)),
                            fields=["breached_at"],
                            name="clock_breached",
                        ),
                    ],
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("ended_as", "")),
                            fields=("subject_kind", "subject_id", "kind"),
                            name="clock_runs_once",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("ended_as__in", ("", "met", "waived", "merged"))),
                            name="clock_end_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("ended_as", ""), ("ended_at__isnull", True)),
                                models.Q(
                                    models.Q(("ended_as", ""), _negated=True), ("ended_at__isnull", False)
                                ),
                                _connector="OR",
                            ),
                            name="clock_end_has_its_time",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("pause_reason", ""),
                                    ("paused_at__isnull", True),
                                    ("paused_until__isnull", True),
                                ),
                                models.Q(
                                    ("ended_as", ""),
                                    ("paused_at__isnull", False),
                                    ("paused_until__gt", models.F("paused_at")),
                                    models.Q(("pause_reason", ""), _negated=True),
                                ),
                                _connector="OR",
                            ),
                            name="clock_pause_is_whole",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("start_at__lte", models.F("own_start_at")), ("target_seconds__gte", 0)
                            ),
                            name="clock_start_never_moves_on",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("ended_as", "merged"), ("merged_into__isnull", False)),
                                models.Q(
                                    models.Q(("ended_as", "merged"), _negated=True),
                                    ("merged_into__isnull", True),
                                ),
                                _connector="OR",
                            ),
                            name="clock_merged_into_another",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ClockPause",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("reason", models.CharField(max_length=40)),
                    ("at", models.DateTimeField()),
                    ("until", models.DateTimeField(null=True)),
                    ("ends_by", models.DateTimeField()),
                    ("paused_by", models.CharField(max_length=80)),
                    ("note", models.CharField(blank=True, db_default="", default="", max_length=200)),
                    (
                        "clock",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="pauses",
                            to="clocks.clock",
                        ),
                    ),
                ],
                options={
                    "db_table": "clocks_pause",
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("until__isnull", True)),
                            fields=("clock",),
                            name="one_pause_at_once",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("ends_by__gte", models.F("at")),
                                models.Q(
                                    ("until__isnull", True),
                                    models.Q(
                                        ("until__gte", models.F("at")), ("until__lte", models.F("ends_by"))
                                    ),
                                    _connector="OR",
                                ),
                            ),
                            name="pause_ends_after_it_began",
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
                    ("step", models.CharField(max_length=60)),
                    ("words", models.CharField(max_length=120)),
                    ("to", models.CharField(max_length=8)),
                    ("due_at", models.DateTimeField()),
                    ("fired_at", models.DateTimeField()),
                    (
                        "acknowledged_by",
                        models.CharField(blank=True, db_default="", default="", max_length=80),
                    ),
                    ("acknowledged_at", models.DateTimeField(null=True)),
                    (
                        "clock",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="escalations",
                            to="clocks.clock",
                        ),
                    ),
                ],
                options={
                    "db_table": "clocks_escalation",
                    "indexes": [
                        models.Index(
                            condition=models.Q(("acknowledged_at__isnull", True)),
                            fields=["clock"],
                            name="escalation_waits",
                        )
                    ],
                    "constraints": [
                        models.UniqueConstraint(fields=("clock", "step"), name="a_step_fires_once"),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("acknowledged_at__isnull", True), ("acknowledged_by", "")),
                                models.Q(
                                    models.Q(("acknowledged_by", ""), _negated=True),
                                    ("acknowledged_at__isnull", False),
                                ),
                                _connector="OR",
                            ),
                            name="acknowledged_by_somebody_at_some_time",
                        ),
                    ],
                },
            ),
        ),
    ]
