"""Articles in versions, the exam of a version of a policy, tries at it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
            },
        ),
        migrations.AddConstraint(
            model_name="articleversion",
            constraint=models.UniqueConstraint(fields=("article", "number"), name="article_version_once"),
        ),
        migrations.AddConstraint(
            model_name="articleversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "published")),
                fields=("article",),
                name="article_one_version_counts",
            ),
        ),
        migrations.AddConstraint(
            model_name="articleversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "draft")), fields=("article",), name="article_one_draft"
            ),
        ),
        migrations.AddConstraint(
            model_name="articleversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["draft", "published", "replaced", "withdrawn", "discarded"])
                ),
                name="article_version_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="articleversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("notice_days__gte", 0), ("notice_days__lte", 60)),
                name="article_notice_in_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="articleversion",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="articleversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "policy"), _negated=True),
                    models.Q(("published_by", models.F("made_by")), _negated=True),
                    _connector="OR",
                ),
                name="article_policy_takes_two",
            ),
        ),
        migrations.AddConstraint(
            model_name="exam",
            constraint=models.CheckConstraint(
                condition=models.Q(("pass_percent__gte", 1), ("pass_percent__lte", 100)),
                name="exam_pass_mark_in_percent",
            ),
        ),
        migrations.AddConstraint(
            model_name="exam",
            constraint=models.CheckConstraint(
                condition=models.Q(("tries_a_day__gte", 1)), name="exam_can_be_tried"
            ),
        ),
        migrations.AddIndex(
            model_name="attempt",
            index=models.Index(fields=["exam", "person", "at"], name="attempt_of_person"),
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.UniqueConstraint(
                condition=models.Q(("passed", True)), fields=("exam", "person"), name="exam_passed_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.CheckConstraint(
                condition=models.Q(("asked__gt", 0), ("right__gte", 0), ("right__lte", models.F("asked"))),
                name="attempt_counts_add_up",
            ),
        ),
    ]
