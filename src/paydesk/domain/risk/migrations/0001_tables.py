"""The tables of risk."""

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
                name="Escalation",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("market", models.CharField(max_length=2)),
                    ("subject_kind", models.CharField(max_length=20)),
                    ("subject_id", models.BigIntegerField()),
                    ("kind", models.CharField(max_length=10)),
                    ("severity", models.CharField(max_length=8)),
                    ("state", models.CharField(default="raised", max_length=14)),
                    ("reason", models.TextField()),
                    ("is_restricted", models.BooleanField(default=False)),
                    ("raised_by_id", models.BigIntegerField(null=True)),
                    ("raised_by", models.CharField(max_length=80)),
                    ("raised_at", models.DateTimeField()),
                    ("acknowledged_by", models.CharField(db_default="", default="", max_length=80)),
                    ("acknowledged_at", models.DateTimeField(null=True)),
                    ("decision", models.CharField(db_default="", default="", max_length=14)),
                    ("decision_note", models.TextField(db_default="", default="")),
                    ("document_ids", models.JSONField(db_default=[], default=list)),
                    ("decided_by", models.CharField(db_default="", default="", max_length=80)),
                    ("decided_at", models.DateTimeField(null=True)),
                    ("version", models.IntegerField(db_default=1, default=1)),
                    (
                        "owner",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["market", "state", "-raised_at"], name="escalation_queue")
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("state__in", ["raised", "acknowledged", "decided"])),
                            name="escalation_state_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("kind__in", ["risk", "legal", "regulator"])),
                            name="escalation_kind_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("severity__in", ["low", "normal", "high", "urgent"])),
                            name="escalation_severity_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("decided_at__isnull", False),
                                    ("decision__in", ["confirmed", "not_confirmed", "passed_on", "settled"]),
                                    ("state", "decided"),
                                ),
                                models.Q(
                                    models.Q(("state", "decided"), _negated=True),
                                    ("decided_at", None),
                                    ("decision", ""),
                                ),
                                _connector="OR",
                            ),
                            name="escalation_decided_says_what",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("state", "acknowledged"), _negated=True),
                                ("acknowledged_at__isnull", False),
                                _connector="OR",
                            ),
                            name="escalation_acknowledged_by_somebody",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("state", "decided"), _negated=True),
                            fields=("subject_kind", "subject_id", "kind"),
                            name="escalation_open_once",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Enforcement",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("market", models.CharField(max_length=2)),
                    ("party_kind", models.CharField(max_length=12)),
                    ("party_id", models.BigIntegerField(null=True)),
                    ("party_key", models.CharField(db_default="", default="", max_length=15)),
                    ("kind", models.CharField(max_length=6)),
                    ("scope", models.CharField(max_length=14)),
                    ("reason", models.CharField(max_length=20)),
                    ("note", models.TextField()),
                    ("limit_minor", models.BigIntegerField(null=True)),
                    ("currency", models.CharField(db_default="", default="", max_length=3)),
                    ("state", models.CharField(default="asked", max_length=8)),
                    ("asked_by_id", models.BigIntegerField(null=True)),
                    ("asked_by", models.CharField(max_length=80)),
                    ("asked_at", models.DateTimeField()),
                    ("set_by_id", models.BigIntegerField(null=True)),
                    ("set_by", models.CharField(db_default="", default="", max_length=80)),
                    ("set_at", models.DateTimeField(null=True)),
                    ("expires_at", models.DateTimeField()),
                    ("lift_asked_by_id", models.BigIntegerField(null=True)),
                    ("lift_asked_by", models.CharField(db_default="", default="", max_length=80)),
                    ("lift_asked_at", models.DateTimeField(null=True)),
                    ("lift_reason", models.TextField(db_default="", default="")),
                    ("ended_by", models.CharField(db_default="", default="", max_length=80)),
                    ("ended_at", models.DateTimeField(null=True)),
                    ("appeal", models.CharField(db_default="", default="", max_length=8)),
                    ("appeal_case_id", models.BigIntegerField(null=True)),
                    ("appeal_at", models.DateTimeField(null=True)),
                    ("appeal_note", models.TextField(db_default="", default="")),
                    ("appeal_decided_by", models.CharField(db_default="", default="", max_length=80)),
                    ("appeal_decided_at", models.DateTimeField(null=True)),
                    ("version", models.IntegerField(db_default=1, default=1)),
                    (
                        "escalation",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="enforcements",
                            to="risk.escalation",
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(
                            condition=models.Q(("state", "active")),
                            fields=["party_kind", "party_id"],
                            name="enforcement_of_party",
                        ),
                        models.Index(
                            condition=models.Q(("party_kind", "payer_phone"), ("state", "active")),
                            fields=["party_key"],
                            name="enforcement_of_phone",
                        ),
                        models.Index(
                            condition=models.Q(("state", "active")),
                            fields=["expires_at"],
                            name="enforcement_to_end",
                        ),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("state__in", ["asked", "active", "refused", "lifted", "expired"])
                            ),
                            name="enforcement_state_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("appeal__in", ["", "open", "upheld", "granted"]),
                                ("kind__in", ["hold", "block", "limit"]),
                                (
                                    "party_kind__in",
                                    ["customer", "contract", "payer_phone", "merchant", "seller"],
                                ),
                                (
                                    "reason__in",
                                    [
                                        "fraud_suspected",
                                        "account_takeover",
                                        "stolen_device",
                                        "stolen_money",
                                        "disputes",
                                        "identity",
                                        "order",
                                        "terms",
                                    ],
                                ),
                                ("scope__in", ["money_out", "identification", "all"]),
                            ),
                            name="enforcement_words_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("party_id", None),
                                    ("party_key__regex", "^[0-9]{5,15}$"),
                                    ("party_kind", "payer_phone"),
                                ),
                                models.Q(
                                    ("party_id", None),
                                    ("party_key", ""),
                                    ("party_kind", "payer_phone"),
                                    ("state__in", ["lifted", "expired"]),
                                ),
                                models.Q(
                                    models.Q(("party_kind", "payer_phone"), _negated=True),
                                    ("party_id__isnull", False),
                                    ("party_key", ""),
                                ),
                                _connector="OR",
                            ),
                            name="enforcement_of_one_party",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("kind", "limit"),
                                    ("limit_minor__gt", 0),
                                    models.Q(("currency", ""), _negated=True),
                                ),
                                models.Q(
                                    models.Q(("kind", "limit"), _negated=True),
                                    ("currency", ""),
                                    ("limit_minor", None),
                                ),
                                _connector="OR",
                            ),
                            name="enforcement_limit_has_an_amount",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("state__in", ["asked", "refused"]),
                                ("set_at__isnull", False),
                                _connector="OR",
                            ),
                            name="enforcement_set_by_somebody",
                        ),
                    ],
                },
            ),
        ),
    ]
