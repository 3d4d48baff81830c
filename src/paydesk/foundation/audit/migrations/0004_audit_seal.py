"""The seals: committed records numbered without gaps, each hash holding the one before."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

from paydesk.foundation.audit import append_only


class Migration(migrations.Migration):
    dependencies: ClassVar = [("audit", "0003_audit_record")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                (
                    "record",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seal",
                        to="audit.auditrecord",
                    ),
                ),
                ("hash", models.BinaryField()),
                ("previous_hash", models.BinaryField()),
                ("sealed_at", models.DateTimeField()),
            ],
            options={
                "db_table": "audit_seal",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(number__gte=1), name="audit_seal_numbers_from_one"
                    ),
                ],
            },
        ),
        *append_only.operations("audit_seal"),
    ]
