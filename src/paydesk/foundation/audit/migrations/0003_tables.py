"""The records of the audit trail and their seals."""

import django.db.models.deletion
from django.db import migrations, models

import paydesk.foundation.audit.transaction_id
from paydesk.foundation.audit import append_only
from paydesk.foundation.migrating.tables_at_once import CreateModels

INSERTABLE = ("at", "actor", "person_id", "verb", "subject_kind", "subject_id", "market", "changes", "note")


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_append_only_function"),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="AuditRecord",
                fields=[
                    ("id", models.BigAutoField(primary_key=True, serialize=False)),
                    (
                        "tx_id",
                        paydesk.foundation.audit.transaction_id.TransactionIdField(
                            db_default=paydesk.foundation.audit.transaction_id.CurrentTransactionId(),
                            editable=False,
                        ),
                    ),
                    ("at", models.DateTimeField()),
                    ("actor", models.CharField(max_length=80)),
                    ("person_id", models.BigIntegerField(null=True)),
                    ("verb", models.CharField(max_length=60)),
                    ("subject_kind", models.CharField(max_length=40)),
                    ("subject_id", models.CharField(max_length=40)),
                    ("market", models.CharField(max_length=2, null=True)),
                    ("changes", models.JSONField(default=dict)),
                    ("note", models.TextField(blank=True, db_default="", default="")),
                ],
                options={
                    "db_table": "audit_record",
                    "indexes": [
                        models.Index(fields=["tx_id", "id"], name="audit_record_in_sealing_order"),
                        models.Index(
                            fields=["subject_kind", "subject_id", "id"], name="audit_record_of_subject"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="AuditSeal",
                fields=[
                    ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                    ("hash", models.BinaryField()),
                    ("previous_hash", models.BinaryField()),
                    ("sealed_at", models.DateTimeField()),
                    (
                        "record",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="seal",
                            to="audit.auditrecord",
                        ),
                    ),
                ],
                options={
                    "db_table": "audit_seal",
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("number__gte", 1)), name="audit_seal_numbers_from_one"
                        )
                    ],
                },
            ),
        ),
        # Not id and tx_id: nobody chooses the place of a record in the trail.
        *append_only.operations("audit_record", insert=INSERTABLE),
        *append_only.operations("audit_seal"),
    ]
