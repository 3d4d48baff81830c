"""The tables of quality."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from paydesk.foundation.migrating.tables_at_once import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0001_tables"),
        ("people", "__first__"),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="SamplingPlan",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("version", models.IntegerField(unique=True)),
                    ("plan", models.JSONField()),
                    ("made_by", models.CharField(max_length=80)),
                    ("made_at", models.DateTimeField()),
                ],
                options={
                    "db_table": "quality_sampling_plan",
                },
            ),
            migrations.CreateModel(
                name="Scorecard",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("version", models.IntegerField(unique=True)),
                    ("items", models.JSONField()),
                    ("made_by", models.CharField(max_length=80)),
                    ("made_at", models.DateTimeField()),
                ],
                options={
                    "db_table": "quality_scorecard",
                },
            ),
            migrations.CreateModel(
                name="Article",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("kind", models.CharField(max_length=10)),
                    ("topic", models.CharField(max_length=60)),
                    ("market", models.CharField(db_default="", default="", max_length=2)),
                    ("language", models.CharField(default="en", max_length=5)),
                    ("governs", models.JSONField(db_default=[], default=list)),
                    ("made_by", models.CharField(max_length=80)),
                    ("made_at", models.DateTimeField()),
                ],
                options={
                    "db_table": "quality_article",
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("kind__in", ["explainer", "policy", "script"])),
                            name="article_kind_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("language__in", ["en", "fr", "sw"])),
                            name="article_language_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("kind", "policy"), ("governs", []), _connector="OR"),
                            name="article_only_a_policy_governs",
                        ),
                        models.UniqueConstraint(
                            fields=("topic", "market", "language"), name="article_topic_once_per_place"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="ArticleVersion",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("number", models.IntegerField()),
                    ("kind", models.CharField(max_length=10)),
                    ("title", models.CharField(max_length=120)),
                    ("text", models.TextField()),
                    ("change", models.CharField(db_default="", default="", max_length=200)),
                    ("notice_days", models.IntegerField(db_default=5, default=5)),
                    ("state", models.CharField(default="draft", max_length=10)),
                    ("made_by", models.CharField(max_length=80)),
                    ("made_at", models.DateTimeField()),
                    ("published_by", models.CharField(db_default="", default="", max_length=80)),
                    ("published_at", models.DateTimeField(null=True)),
                    ("ended_at", models.DateTimeField(null=True)),
                    (
                        "article",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="versions",
                            to="quality.article",
                        ),
                    ),
                ],
                options={
                    "db_table": "quality_article_version",
                    "constraints": [
                        models.UniqueConstraint(fields=("article", "number"), name="article_version_once"),
                        models.UniqueConstraint(
                            condition=models.Q(("state", "published")),
                            fields=("article",),
                            name="article_one_version_counts",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("state", "draft")),
                            fields=("article",),
                            name="article_one_draft",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("state__in", ["draft", "published", "replaced", "withdrawn", "discarded"])
                            ),
                            name="article_version_state_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("notice_days__gte", 0), ("notice_days__lte", 60)),
                            name="article_notice_in_reason",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("published_at__isnull", True),
                                    ("published_by", ""),
                                    ("state__in", ["draft", "discarded"]),
                                ),
                                models.Q(
                                    models.Q(("state__in", ["draft", "discarded"]), _negated=True),
                                    ("published_at__isnull", False),
                                    models.Q(("published_by", ""), _negated=True),
                                ),
                                _connector="OR",
                            ),
                            name="article_version_published_by_somebody",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("kind", "policy"), _negated=True),
                                models.Q(("published_by", models.F("made_by")), _negated=True),
                                _connector="OR",
                            ),
                            name="article_policy_takes_two",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Calibration",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("asked_by", models.CharField(max_length=80)),
                    ("asked_at", models.DateTimeField()),
                    (
                        "case",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"
                        ),
                    ),
                ],
                options={
                    "db_table": "quality_calibration",
                },
            ),
            migrations.CreateModel(
                name="Exam",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("questions", models.JSONField()),
                    ("pass_percent", models.IntegerField()),
                    ("tries_a_day", models.IntegerField()),
                    (
                        "version",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="exam",
                            to="quality.articleversion",
                        ),
                    ),
                ],
                options={
                    "db_table": "quality_exam",
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("pass_percent__gte", 1), ("pass_percent__lte", 100)),
                            name="exam_pass_mark_in_percent",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("tries_a_day__gte", 1)), name="exam_can_be_tried"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Attempt",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("answers", models.JSONField()),
                    ("right", models.IntegerField()),
                    ("asked", models.IntegerField()),
                    ("passed", models.BooleanField()),
                    ("at", models.DateTimeField()),
                    (
                        "person",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="exam_attempts",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "exam",
                        models.ForeignKey(
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="attempts",
                            to="quality.exam",
                        ),
                    ),
                ],
                options={
                    "db_table": "quality_attempt",
                    "indexes": [models.Index(fields=["exam", "person", "at"], name="attempt_of_person")],
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("passed", True)),
                            fields=("exam", "person"),
                            name="exam_passed_once",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("asked__gt", 0), ("right__gte", 0), ("right__lte", models.F("asked"))
                            ),
                            name="attempt_counts_add_up",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Invitation",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("market", models.CharField(max_length=2)),
                    ("language", models.CharField(default="en", max_length=5)),
                    ("why_not", models.CharField(db_default="", default="", max_length=12)),
                    ("resolved_at", models.DateTimeField()),
                    ("made_at", models.DateTimeField()),
                    ("expires_at", models.DateTimeField()),
                    (
                        "agent",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "case",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="csat_invitation",
                            to="cases.case",
                        ),
                    ),
                    (
                        "message",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="cases.message",
                        ),
                    ),
                ],
                options={
                    "db_table": "quality_csat_invitation",
                    "indexes": [
                        models.Index(fields=["agent", "resolved_at"], name="csat_of_agent"),
                        models.Index(fields=["market", "resolved_at"], name="csat_of_market"),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("why_not__in", ["", "spam", "merged", "fraud", "regulator", "no_address"])
                            ),
                            name="csat_why_not_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("language__in", ["en", "fr", "sw"])),
                            name="csat_language_known",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="CsatAnswer",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("score", models.SmallIntegerField()),
                    ("comment", models.TextField(db_default="", default="")),
                    ("at", models.DateTimeField()),
                    (
                        "invitation",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="answers",
                            to="quality.invitation",
                        ),
                    ),
                ],
                options={
                    "db_table": "quality_csat_answer",
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("score__gte", 1), ("score__lte", 5)),
                            name="csat_score_of_five",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Review",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("market", models.CharField(max_length=2)),
                    ("reason", models.CharField(max_length=12)),
                    ("state", models.CharField(default="waiting", max_length=10)),
                    ("sampled_at", models.DateTimeField()),
                    ("worked_at", models.DateTimeField()),
                    ("reviewer_id", models.BigIntegerField(null=True)),
                    ("marks", models.JSONField(db_default={}, default=dict)),
                    ("percent", models.IntegerField(null=True)),
                    ("critical_failed", models.BooleanField(db_default=False, default=False)),
                    ("followed", models.CharField(db_default="", default="", max_length=12)),
                    ("coaching", models.TextField(db_default="", default="")),
                    ("scored_at", models.DateTimeField(null=True)),
                    ("answer_kind", models.CharField(db_default="", default="", max_length=8)),
                    ("answer", models.TextField(db_default="", default="")),
                    ("answered_at", models.DateTimeField(null=True)),
                    ("first_percent", models.IntegerField(null=True)),
                    ("settled_by_id", models.BigIntegerField(null=True)),
                    ("settled_note", models.TextField(db_default="", default="")),
                    ("settled_at", models.DateTimeField(null=True)),
                    (
                        "agent",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="reviews",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "calibration",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="reviews",
                            to="quality.calibration",
                        ),
                    ),
                    (
                        "case",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="reviews",
                            to="cases.case",
                        ),
                    ),
                    (
                        "scorecard",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="quality.scorecard",
                        ),
                    ),
                ],
                options={
                    "db_table": "quality_review",
                    "indexes": [
                        models.Index(fields=["agent", "worked_at"], name="review_of_agent"),
                        models.Index(fields=["market", "state", "sampled_at"], name="review_queue"),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "state__in",
                                    ["waiting", "scored", "answered", "appealed", "settled", "dropped"],
                                )
                            ),
                            name="review_state_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "reason__in",
                                    ["share", "amount", "category", "reopened", "by_hand", "calibration"],
                                )
                            ),
                            name="review_reason_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("followed__in", ["", "yes", "no", "none"])),
                            name="review_followed_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("answer_kind__in", ["", "answer", "appeal"])),
                            name="review_answer_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("percent__isnull", True),
                                models.Q(("percent__gte", 0), ("percent__lte", 100)),
                                _connector="OR",
                            ),
                            name="review_score_in_percent",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("percent__isnull", True), ("state__in", ["waiting", "dropped"])),
                                models.Q(
                                    models.Q(("state__in", ["waiting", "dropped"]), _negated=True),
                                    ("percent__isnull", False),
                                    ("reviewer_id__isnull", False),
                                    ("scorecard__isnull", False),
                                ),
                                _connector="OR",
                            ),
                            name="review_scored_has_a_score",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("reviewer_id", models.F("agent_id")), _negated=True),
                            name="review_by_another",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    models.Q(("settled_by_id", models.F("agent_id")), _negated=True),
                                    models.Q(("settled_by_id", models.F("reviewer_id")), _negated=True),
                                ),
                                ("settled_by_id__isnull", True),
                                _connector="OR",
                            ),
                            name="review_settled_by_a_third",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("critical_failed", False), ("percent", 0), _connector="OR"),
                            name="review_critical_is_nothing",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("calibration__isnull", True)),
                            fields=("case", "agent"),
                            name="review_once",
                        ),
                    ],
                },
            ),
        ),
    ]
