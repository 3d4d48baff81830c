"""The tables of approvals."""

from django.db import migrations, models

from paydesk.foundation.migrating.tables_at_once import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="Approval",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("kind", models.CharField(max_length=40)),
                    ("market", models.CharField(max_length=2)),
                    ("subject_kind", models.CharField(max_length=20)),
                    ("subject_id", models.BigIntegerField()),
                    ("payload", models.JSONField()),
                    ("payload_hash", models.CharField(max_length=64)),
                    ("right", models.CharField(max_length=80)),
                    ("batch", models.CharField(max_length=80)),
                    ("amount_minor", models.BigIntegerField(null=True)),
                    ("currency", models.CharField(default="", max_length=3)),
                    ("flag", models.CharField(max_length=5)),
                    ("reasons", models.JSONField(default=list)),
                    ("note", models.TextField(default="")),
                    ("evidence_id", models.BigIntegerField(null=True)),
                    ("state", models.CharField(default="pending", max_length=10)),
                    ("asked_by_id", models.BigIntegerField(null=True)),
                    ("asked_by", models.CharField(max_length=80)),
                    ("asked_at", models.DateTimeField()),
                    ("expires_at", models.DateTimeField()),
                    ("decided_by_id", models.BigIntegerField(null=True)),
                    ("decided_by", models.CharField(default="", max_length=80)),
                    ("decided_for_id", models.BigIntegerField(null=True)),
                    ("decided_at", models.DateTimeField(null=True)),
                    ("decision_note", models.TextField(default="")),
                ],
                options={
                    "indexes": [
                        models.Index(
                            condition=models.Q(("state", "pending")),
                            fields=["market", "asked_at"],
                            name="approval_pending",
                        ),
                        models.Index(fields=["subject_kind", "subject_id"], name="approval_subject"),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("state__in", ["pending", "approved", "rejected", "withdrawn", "expired"])
                            ),
                            name="approval_state_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("flag__in", ["green", "amber"])), name="approval_flag_known"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("state", "approved"), _negated=True),
                                models.Q(
                                    ("decided_at__isnull", False),
                                    ("decided_by_id__isnull", False),
                                    models.Q(
                                        ("asked_by_id__isnull", True),
                                        models.Q(("decided_by_id", models.F("asked_by_id")), _negated=True),
                                        _connector="OR",
                                    ),
                                ),
                                _connector="OR",
                            ),
                            name="approval_decided_by_another",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("amount_minor__isnull", True),
                                models.Q(("currency", ""), _negated=True),
                                _connector="OR",
                            ),
                            name="approval_amount_has_currency",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("state", "pending")),
                            fields=("kind", "subject_kind", "subject_id"),
                            name="approval_asked_once",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Delegation",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("person_id", models.BigIntegerField()),
                    ("stands_in_id", models.BigIntegerField()),
                    ("from_on", models.DateField()),
                    ("through_on", models.DateField()),
                    ("made_by", models.CharField(max_length=80)),
                    ("made_at", models.DateTimeField()),
                    ("ended_at", models.DateTimeField(null=True)),
                ],
                options={
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("through_on__gte", models.F("from_on"))),
                            name="delegation_days_in_order",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("person_id", models.F("stands_in_id")), _negated=True),
                            name="delegation_to_another",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Limit",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("right", models.CharField(max_length=60)),
                    ("market", models.CharField(max_length=2)),
                    ("currency", models.CharField(max_length=3)),
                    ("amount_minor", models.BigIntegerField()),
                    ("set_by", models.CharField(max_length=80)),
                    ("set_at", models.DateTimeField()),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(fields=("right", "market", "currency"), name="limit_once"),
                        models.CheckConstraint(
                            condition=models.Q(("amount_minor__gte", 0)), name="limit_not_negative"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Relation",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("person_id", models.BigIntegerField()),
                    ("party_kind", models.CharField(max_length=20)),
                    ("party_id", models.BigIntegerField()),
                    ("declared_by", models.CharField(max_length=80)),
                    ("declared_at", models.DateTimeField()),
                    ("ended_by", models.CharField(default="", max_length=80)),
                    ("ended_at", models.DateTimeField(null=True)),
                ],
                options={
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("ended_at", None)),
                            fields=("person_id", "party_kind", "party_id"),
                            name="relation_once_at_a_time",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("ended_at", None), models.Q(("ended_by", ""), _negated=True), _connector="OR"
                            ),
                            name="relation_ended_by_somebody",
                        ),
                    ],
                },
            ),
        ),
    ]
