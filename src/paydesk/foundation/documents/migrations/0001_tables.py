"""The tables of documents."""

import django.db.models.deletion
from django.db import migrations, models

from paydesk.foundation.migrating.tables_at_once import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="StoredContent",
                fields=[
                    ("id", models.BigAutoField(primary_key=True, serialize=False)),
                    ("sha256", models.CharField(max_length=64, unique=True)),
                    ("size_bytes", models.BigIntegerField()),
                    ("content_type", models.CharField(max_length=100)),
                    ("stored_at", models.DateTimeField()),
                ],
                options={
                    "db_table": "documents_stored_content",
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("size_bytes__gt", 0)), name="stored_content_is_not_empty"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")),
                            name="stored_content_has_a_checksum",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Document",
                fields=[
                    ("id", models.BigAutoField(primary_key=True, serialize=False)),
                    ("file_name", models.CharField(max_length=200)),
                    ("uploaded_by", models.CharField(max_length=80)),
                    ("person_id", models.BigIntegerField(null=True)),
                    ("uploaded_at", models.DateTimeField()),
                    ("retention", models.CharField(max_length=12)),
                    (
                        "content",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="documents",
                            to="documents.storedcontent",
                        ),
                    ),
                ],
                options={
                    "db_table": "documents_document",
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("retention__in", ["books", "evidence", "working"])),
                            name="document_retention_is_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("file_name", ""), _negated=True), name="document_has_a_name"
                        ),
                    ],
                },
            ),
        ),
    ]
