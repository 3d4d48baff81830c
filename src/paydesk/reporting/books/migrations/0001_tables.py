"""The tables of books."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from paydesk.foundation.migrating.tables_at_once import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        CreateModels(
            migrations.CreateModel(
                name="DailySum",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("market", models.CharField(max_length=2)),
                    ("code", models.CharField(max_length=4)),
                    ("currency", models.CharField(max_length=3)),
                    ("key_id", models.BigIntegerField()),
                    ("booked_on", models.DateField()),
                    ("debit_minor", models.BigIntegerField()),
                    ("credit_minor", models.BigIntegerField()),
                    ("postings", models.BigIntegerField()),
                ],
                options={
                    "db_table": "books_daily_sum",
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("market", "booked_on", "code", "currency", "key_id"),
                            name="books_daily_sum_once",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("credit_minor__gte", 0), ("debit_minor__gte", 0), ("postings__gt", 0)
                            ),
                            name="books_daily_sum_sound",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="DayClosing",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("market", models.CharField(max_length=2)),
                    ("kind", models.CharField(max_length=6)),
                    ("day", models.DateField()),
                    ("reason", models.CharField(blank=True, max_length=300)),
                    ("open_points", models.JSONField(default=dict)),
                    ("state", models.CharField(default="pending", max_length=10)),
                    ("approval_id", models.BigIntegerField()),
                    ("asked_by", models.CharField(max_length=80)),
                    ("asked_at", models.DateTimeField()),
                    ("decided_by", models.CharField(blank=True, max_length=80)),
                    ("decided_at", models.DateTimeField(null=True)),
                ],
                options={
                    "db_table": "books_day_closing",
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("state", "pending")),
                            fields=("market",),
                            name="books_day_closing_one_pending",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("kind__in", ["close", "reopen"])),
                            name="books_day_closing_kind",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("state__in", ["pending", "done", "refused", "withdrawn"])),
                            name="books_day_closing_state",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("decided_by", models.F("asked_by")),
                                ("state__in", ["done", "refused"]),
                                _negated=True,
                            ),
                            name="books_day_closing_by_two",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Horizon",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("summed_through", models.BigIntegerField(default=0)),
                    ("asked_through", models.BigIntegerField(null=True)),
                    (
                        "waits_for",
                        django.contrib.postgres.fields.ArrayField(
                            base_field=models.TextField(), default=list, size=None
                        ),
                    ),
                ],
                options={
                    "db_table": "books_horizon",
                    "constraints": [
                        models.CheckConstraint(condition=models.Q(("pk", 1)), name="books_horizon_is_one_row")
                    ],
                },
            ),
            migrations.CreateModel(
                name="JournalExport",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("market", models.CharField(max_length=2)),
                    ("number", models.PositiveIntegerField()),
                    ("earlier_through_on", models.DateField(null=True)),
                    ("through_on", models.DateField()),
                    ("earlier_entry_id", models.BigIntegerField(default=0)),
                    ("last_entry_id", models.BigIntegerField()),
                    ("entries", models.BigIntegerField()),
                    ("late_entries", models.BigIntegerField()),
                    ("postings", models.BigIntegerField()),
                    ("content_hash", models.CharField(max_length=64)),
                    ("exported_by", models.CharField(max_length=80)),
                    ("exported_at", models.DateTimeField()),
                ],
                options={
                    "db_table": "books_journal_export",
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("market", "number"), name="books_journal_export_once"
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("last_entry_id__gte", models.F("earlier_entry_id")),
                                models.Q(
                                    models.Q(("earlier_through_on__isnull", True), ("number", 1)),
                                    models.Q(
                                        ("number__gt", 1), ("through_on__gte", models.F("earlier_through_on"))
                                    ),
                                    _connector="OR",
                                ),
                            ),
                            name="books_journal_export_only_grows",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="JournalCopy",
                fields=[
                    (
                        "id",
                        models.BigAutoField(
                            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                        ),
                    ),
                    ("number", models.PositiveIntegerField()),
                    ("form", models.CharField(max_length=20)),
                    ("handed_to", models.CharField(max_length=80)),
                    ("handed_at", models.DateTimeField()),
                    (
                        "export",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="copies",
                            to="books.journalexport",
                        ),
                    ),
                ],
                options={
                    "db_table": "books_journal_copy",
                    "constraints": [
                        models.UniqueConstraint(fields=("export", "number"), name="books_journal_copy_once")
                    ],
                },
            ),
        ),
    ]
