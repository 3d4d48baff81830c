"""The tables of statements."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

from paydesk.foundation.migrating.tables_at_once import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("parties", "0001_trigrams"),
        ("providers", "0001_tables"),
    ]

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="StagedLine",
                fields=[
                    ("line_no", models.IntegerField()),
                    ("line_key", models.UUIDField()),
                    ("kind", models.CharField(max_length=16)),
                    ("status", models.CharField(max_length=8)),
                    ("amount", models.DecimalField(decimal_places=8, max_digits=30)),
                    ("amount_minor", models.BigIntegerField(null=True)),
                    ("currency", models.CharField(max_length=3)),
                    ("fee", models.DecimalField(decimal_places=8, max_digits=30, null=True)),
                    ("reference", models.TextField()),
                    ("provider_ref", models.TextField()),
                    ("network_ref", models.TextField()),
                    ("batch_key", models.TextField()),
                    ("account", models.TextField()),
                    ("msisdn", models.CharField(max_length=15)),
                    ("payer_name", models.TextField()),
                    ("text", models.TextField()),
                    ("channel", models.TextField()),
                    ("balance", models.DecimalField(decimal_places=8, max_digits=30, null=True)),
                    ("occurred_at", models.DateTimeField(null=True)),
                    ("booked_on", models.DateField(null=True)),
                    ("value_on", models.DateField()),
                    (
                        "account_keys",
                        django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None),
                    ),
                    (
                        "text_keys",
                        django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None),
                    ),
                    ("raw", models.TextField()),
                    (
                        "pk",
                        models.CompositePrimaryKey(
                            "file_id",
                            "line_no",
                            blank=True,
                            editable=False,
                            primary_key=True,
                            serialize=False,
                        ),
                    ),
                    ("file_id", models.BigIntegerField()),
                ],
                options={
                    "abstract": False,
                },
            ),
            migrations.CreateModel(
                name="SourceFile",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("document_id", models.BigIntegerField(null=True)),
                    ("callbacks_on", models.DateField(null=True)),
                    ("filename", models.CharField(max_length=255)),
                    ("sha256", models.CharField(db_index=True, max_length=64)),
                    ("size_bytes", models.BigIntegerField()),
                    ("mapping", models.JSONField(null=True)),
                    ("format", models.CharField(default="", max_length=40)),
                    ("state", models.CharField(default="uploaded", max_length=20)),
                    ("problem", models.TextField(default="")),
                    ("warnings", models.JSONField(default=list)),
                    ("uploaded_by", models.CharField(max_length=80)),
                    ("uploaded_at", models.DateTimeField()),
                    ("line_count", models.IntegerField(default=0)),
                    ("rejected_count", models.IntegerField(default=0)),
                    ("new_count", models.IntegerField(default=0)),
                    ("known_count", models.IntegerField(default=0)),
                    ("payment_count", models.IntegerField(default=0)),
                    ("posted_through", models.IntegerField(default=0)),
                    ("covers_from", models.DateTimeField(null=True)),
                    ("covers_to", models.DateTimeField(null=True)),
                    ("bytes_read", models.BigIntegerField(default=0)),
                    ("confirmed_by", models.CharField(default="", max_length=80)),
                    ("posted_at", models.DateTimeField(null=True)),
                    ("revision", models.IntegerField(default=1)),
                    (
                        "profile",
                        models.ForeignKey(
                            null=True, on_delete=django.db.models.deletion.PROTECT, to="providers.fileprofile"
                        ),
                    ),
                    (
                        "source_account",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="files",
                            to="providers.sourceaccount",
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["source_account", "covers_to"], name="source_file_coverage"),
                        django.contrib.postgres.indexes.GinIndex(
                            django.contrib.postgres.indexes.OpClass(
                                django.db.models.functions.text.Upper("filename"), name="gin_trgm_ops"
                            ),
                            name="source_file_name_part",
                        ),
                    ],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "state__in",
                                    [
                                        "uploaded",
                                        "mapping_needed",
                                        "reading",
                                        "refused",
                                        "previewed",
                                        "posting",
                                        "posted",
                                        "unposting",
                                        "unposted",
                                        "discarded",
                                    ],
                                )
                            ),
                            name="source_file_state_known",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("document_id__isnull", False),
                                ("callbacks_on__isnull", False),
                                _connector="OR",
                            ),
                            name="source_file_has_document_or_day",
                        ),
                        models.UniqueConstraint(
                            fields=("source_account", "callbacks_on"), name="callbacks_of_a_day_once"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="RejectedLine",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("line_no", models.IntegerField()),
                    ("reason", models.TextField()),
                    ("raw", models.TextField()),
                    (
                        "file",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="rejected",
                            to="statements.sourcefile",
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        django.contrib.postgres.indexes.GinIndex(
                            django.contrib.postgres.indexes.OpClass(
                                django.db.models.functions.text.Upper("raw"), name="gin_trgm_ops"
                            ),
                            name="rejected_line_part",
                        )
                    ],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("file", "line_no", "reason"), name="rejected_line_once"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="StatementHead",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("account", models.CharField(default="", max_length=64)),
                    ("currency", models.CharField(default="", max_length=3)),
                    ("number", models.CharField(default="", max_length=64)),
                    ("opening", models.DecimalField(decimal_places=6, max_digits=24, null=True)),
                    ("closing", models.DecimalField(decimal_places=6, max_digits=24, null=True)),
                    ("opened_on", models.DateField(null=True)),
                    ("closed_on", models.DateField(null=True)),
                    (
                        "file",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="statements",
                            to="statements.sourcefile",
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="StatementLine",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("line_no", models.IntegerField()),
                    ("line_key", models.UUIDField()),
                    ("kind", models.CharField(max_length=16)),
                    ("status", models.CharField(max_length=8)),
                    ("amount", models.DecimalField(decimal_places=8, max_digits=30)),
                    ("amount_minor", models.BigIntegerField(null=True)),
                    ("currency", models.CharField(max_length=3)),
                    ("fee", models.DecimalField(decimal_places=8, max_digits=30, null=True)),
                    ("reference", models.TextField()),
                    ("provider_ref", models.TextField()),
                    ("network_ref", models.TextField()),
                    ("batch_key", models.TextField()),
                    ("account", models.TextField()),
                    ("msisdn", models.CharField(max_length=15)),
                    ("payer_name", models.TextField()),
                    ("text", models.TextField()),
                    ("channel", models.TextField()),
                    ("balance", models.DecimalField(decimal_places=8, max_digits=30, null=True)),
                    ("occurred_at", models.DateTimeField(null=True)),
                    ("booked_on", models.DateField(null=True)),
                    ("value_on", models.DateField()),
                    (
                        "account_keys",
                        django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None),
                    ),
                    (
                        "text_keys",
                        django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None),
                    ),
                    ("raw", models.TextField()),
                    ("withdrawn", models.BooleanField(db_default=False, default=False)),
                    (
                        "file",
                        models.ForeignKey(
                            db_constraint=False,
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="lines",
                            to="statements.sourcefile",
                        ),
                    ),
                    (
                        "source_account",
                        models.ForeignKey(
                            db_constraint=False,
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="lines",
                            to="providers.sourceaccount",
                        ),
                    ),
                ],
                options={
                    "indexes": [
                        models.Index(fields=["file", "line_no"], name="statement_line_file"),
                        models.Index(
                            fields=["provider_ref"],
                            name="statement_line_provider_ref",
                            opclasses=["text_pattern_ops"],
                        ),
                        models.Index(
                            condition=models.Q(("network_ref", ""), _negated=True),
                            fields=["network_ref"],
                            name="statement_line_network_ref",
                            opclasses=["text_pattern_ops"],
                        ),
                        models.Index(
                            condition=models.Q(("batch_key", ""), _negated=True),
                            fields=["batch_key"],
                            name="statement_line_batch",
                            opclasses=["text_pattern_ops"],
                        ),
                        models.Index(
                            django.contrib.postgres.indexes.OpClass(
                                models.F("account_keys__0"), name="text_pattern_ops"
                            ),
                            condition=models.Q(("account_keys__0__isnull", False)),
                            name="statement_line_typed",
                        ),
                        models.Index(
                            django.contrib.postgres.indexes.OpClass(
                                django.db.models.functions.text.Reverse("msisdn"), name="text_pattern_ops"
                            ),
                            condition=models.Q(("msisdn", ""), _negated=True),
                            name="statement_line_phone_ends",
                        ),
                    ],
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("withdrawn", False)),
                            fields=("source_account", "line_key"),
                            name="statement_line_once",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="LineConfirmation",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("at", models.DateTimeField()),
                    (
                        "file",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="statements.sourcefile",
                        ),
                    ),
                    (
                        "line",
                        models.OneToOneField(
                            db_constraint=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="confirmation",
                            to="statements.statementline",
                        ),
                    ),
                ],
            ),
        ),
    ]
