"""Reviews of what was done with a case, by scorecards and plans; customers are asked how it was."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0005_known_on_a_channel"),
        ("quality", "0002_published_once"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="cases.case"
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
            },
        ),
        migrations.AddIndex(
            model_name="invitation",
            index=models.Index(fields=["agent", "resolved_at"], name="csat_of_agent"),
        ),
        migrations.AddIndex(
            model_name="invitation",
            index=models.Index(fields=["market", "resolved_at"], name="csat_of_market"),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("why_not__in", ["", "spam", "merged", "fraud", "regulator", "no_address"])
                ),
                name="csat_why_not_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(("language__in", ["en", "fr", "sw"])), name="csat_language_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="csatanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(("score__gte", 1), ("score__lte", 5)), name="csat_score_of_five"
            ),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(fields=["agent", "worked_at"], name="review_of_agent"),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(fields=["market", "state", "sampled_at"], name="review_queue"),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["waiting", "scored", "answered", "appealed", "settled", "dropped"])
                ),
                name="review_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reason__in", ["share", "amount", "category", "reopened", "by_hand", "calibration"])
                ),
                name="review_reason_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(("followed__in", ["", "yes", "no", "none"])), name="review_followed_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(("answer_kind__in", ["", "answer", "appeal"])), name="review_answer_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("percent__isnull", True),
                    models.Q(("percent__gte", 0), ("percent__lte", 100)),
                    _connector="OR",
                ),
                name="review_score_in_percent",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(("reviewer_id", models.F("agent_id")), _negated=True),
                name="review_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(("critical_failed", False), ("percent", 0), _connector="OR"),
                name="review_critical_is_nothing",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.UniqueConstraint(
                condition=models.Q(("calibration__isnull", True)),
                fields=("case", "agent"),
                name="review_once",
            ),
        ),
    ]
