"""The tables of retention."""

import django.db.models.deletion
from django.db import migrations, models

from paydesk.foundation.migrating.tables_at_once import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("parties", "0002_tables"),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="RetentionRun",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("number", models.BigIntegerField(unique=True)),
                    ("at", models.DateTimeField()),
                    ("by", models.CharField(max_length=80)),
                    ("erased", models.JSONField()),
                    ("held", models.JSONField()),
                    ("schedule", models.JSONField()),
                    ("previous_hash", models.CharField(max_length=64)),
                    ("hash", models.CharField(max_length=64)),
                ],
            ),
            migrations.CreateModel(
                name="Pack",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("market", models.CharField(max_length=2)),
                    ("kind", models.CharField(max_length=8)),
                    ("subject_kind", models.CharField(max_length=20)),
                    ("subject_id", models.BigIntegerField()),
                    ("reason", models.TextField()),
                    ("state", models.CharField(default="asked", max_length=8)),
                    ("asked_by_id", models.BigIntegerField(null=True)),
                    ("asked_by", models.CharField(max_length=80)),
                    ("asked_at", models.DateTimeField()),
                    ("document_id", models.BigIntegerField(null=True)),
                    ("over_all", models.CharField(db_default="", default="", max_length=64)),
                    ("missing", models.JSONField(db_default=[], default=list)),
                    ("made_at", models.DateTimeField(null=True)),
                    ("problem", models.TextField(db_default="", default="")),
                ],
                options={
                    "indexes": [models.Index(fields=["subject_kind", "subject_id"], name="pack_of_subject")],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("kind__in", ["evidence", "person"]),
                                ("state__in", ["asked", "made", "failed", "gone"]),
                            ),
                            name="pack_words_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("document_id__isnull", False), ("state", "made")),
                                models.Q(("state", "made"), _negated=True),
                                _connector="OR",
                            ),
                            name="pack_made_has_a_file",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Redaction",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("market", models.CharField(max_length=2)),
                    ("case_id", models.BigIntegerField()),
                    ("message_id", models.BigIntegerField(null=True)),
                    ("attachment_id", models.BigIntegerField(null=True)),
                    ("state", models.CharField(default="asked", max_length=8)),
                    ("is_card", models.BooleanField(default=False)),
                    ("words", models.TextField(db_default="", default="")),
                    ("fingerprint", models.CharField(max_length=64)),
                    ("reason", models.TextField()),
                    ("places", models.IntegerField(default=0)),
                    ("asked_by_id", models.BigIntegerField(null=True)),
                    ("asked_by", models.CharField(max_length=80)),
                    ("asked_at", models.DateTimeField()),
                    ("decided_by", models.CharField(db_default="", default="", max_length=80)),
                    ("decided_at", models.DateTimeField(null=True)),
                ],
                options={
                    "indexes": [models.Index(fields=["case_id"], name="redaction_of_case")],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("state__in", ["asked", "redacted", "refused"])),
                            name="redaction_state_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("attachment_id", None), ("message_id__isnull", False)),
                                models.Q(("attachment_id__isnull", False), ("message_id", None)),
                                _connector="OR",
                            ),
                            name="redaction_of_one_thing",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("state", "asked"), ("words", ""), _connector="OR"),
                            name="redaction_keeps_no_words",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="RetentionRule",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("data_class", models.CharField(max_length=20)),
                    ("market", models.CharField(db_default="", default="", max_length=2)),
                    ("keep_days", models.IntegerField()),
                    ("source", models.TextField()),
                    ("source_on", models.DateField()),
                    ("set_by", models.CharField(max_length=80)),
                    ("set_at", models.DateTimeField()),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "data_class__in",
                                    ["drafts", "case_text", "case_files", "packs", "working_papers", "books"],
                                ),
                                ("keep_days__gt", 0),
                                models.Q(("source", ""), _negated=True),
                            ),
                            name="retention_rule_is_sound",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Erasure",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("market", models.CharField(max_length=2)),
                    ("state", models.CharField(default="asked", max_length=8)),
                    ("reason", models.TextField()),
                    ("asked_by_id", models.BigIntegerField(null=True)),
                    ("asked_by", models.CharField(max_length=80)),
                    ("asked_at", models.DateTimeField()),
                    ("decided_by", models.CharField(db_default="", default="", max_length=80)),
                    ("decided_at", models.DateTimeField(null=True)),
                    ("counts", models.JSONField(db_default={}, default=dict)),
                    ("fingerprint", models.CharField(db_default="", default="", max_length=64)),
                    (
                        "customer",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="parties.customer",
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("state__in", ["asked", "erased", "refused"])),
                            name="erasure_state_known",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("state", "asked")),
                            fields=("customer",),
                            name="erasure_asked_once",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="LegalHold",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("market", models.CharField(max_length=2)),
                    ("case_id", models.BigIntegerField(null=True)),
                    ("reason", models.TextField()),
                    ("placed_by_id", models.BigIntegerField(null=True)),
                    ("placed_by", models.CharField(max_length=80)),
                    ("placed_at", models.DateTimeField()),
                    ("lifted_by", models.CharField(db_default="", default="", max_length=80)),
                    ("lifted_at", models.DateTimeField(null=True)),
                    ("lift_reason", models.TextField(db_default="", default="")),
                    (
                        "customer",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="parties.customer",
                        ),
                    ),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("case_id", None), ("customer__isnull", False)),
                                models.Q(("case_id__isnull", False), ("customer__isnull", True)),
                                _connector="OR",
                            ),
                            name="legal_hold_of_one_thing",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("lifted_at", None)),
                            fields=("customer",),
                            name="legal_hold_of_customer_once",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("lifted_at", None)),
                            fields=("case_id",),
                            name="legal_hold_of_case_once",
                        ),
                    ],
                },
            ),
        ),
    ]
